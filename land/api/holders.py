"""Holders: personal data, for officers and approvers; each reading is logged."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.params.functions import Query

from gis_core.views.signed_in import SignedIn
from land import holders
from land.api.schemas import PartyIn, PartyOut, Purpose
from land.holders import RULE

router = Router(auth=SignedIn(RULE.reach))


@router.get("", response=list[PartyOut], summary="Holders by name or identity number (the reading is logged)")
def find(
    request: HttpRequest,
    purpose: Purpose,
    q: str = Query(min_length=3, max_length=80, description="The beginning of a name or of an identity number"),
) -> list[dict[str, Any]]:
    """Holders of parcels in your units, and those that you wrote down yourself; at most 50."""
    return holders.search(request.user, q, purpose)  # type: ignore[arg-type]


@router.post("", response={201: PartyOut}, summary="Write a new holder down")
def create(request: HttpRequest, asked: PartyIn) -> Status[dict[str, Any]]:
    """For officers. The answer's uid is what transfers and mortgages name."""
    party = holders.create(request.user, **asked.model_dump())  # type: ignore[arg-type]
    return Status(201, holders.plain(party))
