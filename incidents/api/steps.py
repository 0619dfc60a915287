"""Steps of one incident, and one step of many."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Status

from gis_core.errors import ServiceError, TooLarge, Unavailable
from gis_core.views.matching import version_of
from incidents.api.board import one_of
from incidents.api.caller import IfMatch, Key, reach_of, stamp, user_of
from incidents.api.schemas import BulkIn, Detail, Outcome, PhotoOut, StepIn
from incidents.board.detail import detail_out, photo_out
from incidents.photos.take_in import MAX_BYTES
from incidents.workflow import steps
from incidents.workflow.work_photos import add_work_photo

router = Router()


@router.post("/bulk/{verb}", response=list[Outcome], summary="One step for several incidents")
def bulk(request: HttpRequest, response: HttpResponse, verb: str, asked: BulkIn, key: str = Key) -> list[dict[str, Any]]:
    """Each by itself: what the rules forbid for one does not keep the others. The answer says what became of each."""
    reach_of(request)
    steps.known(verb)
    outcomes = []
    with transaction.atomic():
        for code in dict.fromkeys(asked.codes):
            outcomes.append(_one_of_many(request, verb, asked, code, key))
        stamp(response, len(outcomes))
        del response["ETag"]
    return outcomes


@router.post("/{code}/steps/{verb}", response=Detail, summary="Take a step")
def take(
    request: HttpRequest, response: HttpResponse, code: str, verb: str, asked: StepIn, if_match: str | None = IfMatch, key: str = Key
) -> dict[str, Any]:
    """409 names the steps that are possible; 412 the present version. `X-Change-Seq` says from when on every map shows it."""
    reach_of(request)
    with transaction.atomic():
        steps.take(user_of(request), code, verb, asked.asked(key), version_of(if_match))
        incident = one_of(request, code)
        stamp(response, incident.version)
        return detail_out(incident, user_of(request))


@router.put("/{code}/photos/{uid}", response={200: PhotoOut, 201: PhotoOut}, summary="Bring in a photo of the work")
def bring_photo(request: HttpRequest, code: str, uid: UUID) -> Any:
    """The photo as it is, under a UUID that you make up; a step names it afterwards in `photos`. JPEG, PNG, WebP or HEIC, at most 15 MB.

    Repeated with the same content it answers 200. Everybody sees it once it was approved.
    """
    reach_of(request)
    content = request.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TooLarge(_("A photo may have at most %(limit)d MB.") % {"limit": MAX_BYTES // 1_000_000}, field="photo")
    try:
        brought = add_work_photo(user_of(request), code[:20], uid, content)
    except OSError as error:
        sentence = _("The photo cannot be stored at the moment: try again later.")
        raise Unavailable(sentence, headers={"Retry-After": "60"}) from error
    return Status(201 if brought.created else 200, photo_out(brought.photo))


def _one_of_many(request: HttpRequest, verb: str, asked: BulkIn, code: str, key: str) -> dict[str, Any]:
    try:
        taken = steps.take(user_of(request), code[:20], verb, asked.asked(key), asked.versions.get(code))
    except ServiceError as error:
        return {"code": code[:20], "ok": False, "error": error.detail}
    return {"code": code, "ok": True, "status": taken.incident.status, "version": taken.incident.version}
