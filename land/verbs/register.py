"""Every verb by its kind."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from gis_core.errors import BadParameter
from land.models import ParcelChange
from land.verbs.base import Verb
from land.verbs.ground import AdjustBoundary, CorrectCorners, Merge, SplitByAreas, SplitByLines
from land.verbs.rights import IssueCertificate, Mortgage, Release, ReplaceCertificate, Restrict, RevokeCertificate, Transfer
from land.verbs.undoing import Undo
from land.verbs.uses import ChangeUse, Correct, Recover

Kind = ParcelChange.Kind
VERBS: Mapping[str, type[Verb]] = {
    Kind.SPLIT_LINES: SplitByLines,
    Kind.SPLIT_AREAS: SplitByAreas,
    Kind.MERGE: Merge,
    Kind.BOUNDARY: AdjustBoundary,
    Kind.CORNERS: CorrectCorners,
    Kind.USE: ChangeUse,
    Kind.RECOVERY: Recover,
    Kind.TRANSFER: Transfer,
    Kind.INHERITANCE: Transfer,
    Kind.GIFT: Transfer,
    Kind.MORTGAGE: Mortgage,
    Kind.RESTRICT: Restrict,
    Kind.RELEASE: Release,
    Kind.ISSUE: IssueCertificate,
    Kind.REPLACE: ReplaceCertificate,
    Kind.REVOKE: RevokeCertificate,
    Kind.CORRECTION: Correct,
    Kind.UNDO: Undo,
}


def verb_of(kind: str, params: Mapping[str, Any]) -> Verb:
    """A verb with checked parameters. Raises BadParameter that names the field, the fault and what is accepted."""
    if kind not in VERBS:
        sentence = _("There is no kind of change “%(kind)s”; accepted are %(kinds)s.")
        raise BadParameter(sentence % {"kind": kind[:40], "kinds": ", ".join(VERBS)}, field="kind")
    try:
        return VERBS[kind].model_validate(params)
    except ValidationError as error:
        raise bad_parameter(error) from None


def bad_parameter(error: ValidationError) -> BadParameter:
    """The first fault of an input, with where it is; what was given is left out, for it may be personal data."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = "params." + ".".join(map(str, first["loc"])) if first["loc"] else "params"
    fault = first["msg"].removeprefix("Value error, ")
    sentence = _("The value of %(field)s is not accepted: %(fault)s.") % {"field": where, "fault": fault}
    return BadParameter(sentence, field=where)
