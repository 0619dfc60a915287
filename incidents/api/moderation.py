"""The moderation queue over HTTP."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router

from gis_core.views.matching import version_of
from incidents.api.board import one_of
from incidents.api.caller import IfMatch, reach_of, stamp, user_of
from incidents.api.schemas import Detail, ModerationIn
from incidents.board.detail import detail_out
from incidents.workflow.moderation import Decision, moderate

router = Router()


@router.post("/{code}/moderation", response=Detail, summary="Decide what everybody may see")
def decide(request: HttpRequest, response: HttpResponse, code: str, asked: ModerationIn, if_match: str | None = IfMatch) -> dict[str, Any]:
    """For dispatchers. The queue is the list with `moderation=pending`."""
    reach_of(request)
    decision = Decision(asked.publish, asked.title, asked.description, asked.photos, asked.steps)
    with transaction.atomic():
        moderate(user_of(request), code, decision, version_of(if_match))
        incident = one_of(request, code)
        stamp(response, incident.version)
        return detail_out(incident, user_of(request))
