"""What a kind of report is: its question, and the content that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from layers.analysis.contract import Analysis
from layers.analysis.parameters import Parameter
from layers.analysis.work import Work
from layers.briefings.content import Content
from layers.catalogue import catalogue
from layers.layer import Title
from layers.queries.asking import Asked


class _Question(Analysis):
    """A report's parameters are read like those of an analysis."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self.parameters = parameters  # type: ignore[misc]


@dataclass
class Desk(Work):
    """A run of a report: the rows of the reader, what they were asked for, and in whose name."""

    reader: str = ""
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.now = timezone.localtime()

    @property
    def place(self) -> Any:
        """The outline of the unit, where there is one for sure."""
        assert self.area is not None
        return self.area

    def layer(self, name: str) -> Asked | None:
        """A layer as the reader sees it; None where it does not exist for them: a report then says less."""
        try:
            found = catalogue.features(name, self.scope, "query")
        except NotFound:
            return None
        return Asked(found, found.reach(self.scope))


class Report:
    """A kind of report."""

    name: ClassVar[str] = ""
    title: ClassVar[Title] = ""
    abstract: ClassVar[Title] = ""
    parameters: ClassVar[Sequence[Parameter]] = ()

    def build(self, desk: Desk) -> Content:
        """What it says. Raises ServiceError when it cannot be answered."""
        raise NotImplementedError

    def desk(self, given: Mapping[str, Any], scope: Any, reader: str, tell: Any = None) -> Desk:
        """The place to build at. Raises BadParameter, NotFound."""
        more = {"tell": tell} if tell is not None else {}
        return Desk(_Question(self.parameters), given, scope, reader=reader, **more)

    def described(self) -> dict[str, Any]:
        """For forms."""
        named = {"name": self.name, "title": str(self.title), "abstract": str(self.abstract)}
        return {**named, "parameters": [parameter.described() for parameter in self.parameters]}


_kinds: dict[str, Report] = {}
R = TypeVar("R", bound=type[Report])


def report(kind: R) -> R:
    """Make a kind known."""
    _kinds[kind.name] = kind()
    return kind


def kinds() -> Mapping[str, Report]:
    """All kinds by name."""
    import_module("layers.briefings.kinds")
    return _kinds


def kind_of(name: str) -> Report:
    """Raises NotFound."""
    found = kinds().get(name)
    if found is None:
        accepted = ", ".join(kinds())
        sentence = _("There is no report “%(name)s”; there are: %(accepted)s.")
        raise NotFound(sentence % {"name": name[:40], "accepted": accepted}, field="kind")
    return found
