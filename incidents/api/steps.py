"""Steps of one incident, and one step of many."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router

from gis_core.errors import ServiceError
from gis_core.views.matching import version_of
from incidents.api.board import one_of
from incidents.api.caller import IfMatch, Key, reach_of, stamp, user_of
from incidents.api.schemas import BulkIn, Detail, Outcome, StepIn
from incidents.board.detail import detail_out
from incidents.workflow import steps

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


def _one_of_many(request: HttpRequest, verb: str, asked: BulkIn, code: str, key: str) -> dict[str, Any]:
    try:
        taken = steps.take(user_of(request), code[:20], verb, asked.asked(key), asked.versions.get(code))
    except ServiceError as error:
        return {"code": code[:20], "ok": False, "error": error.detail}
    return {"code": code, "ok": True, "status": taken.incident.status, "version": taken.incident.version}
