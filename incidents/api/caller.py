"""What every address of `/api/incidents/` asks of its caller."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.params.functions import Header

from gis_core.access import Reach
from gis_core.changes.position import position
from gis_core.errors import NotFound
from gis_core.models import User
from incidents.rows import staff_reach

IfMatch = Header(None, alias="If-Match", description="The ETag; another version answers 412")
Key = Header("", alias="Idempotency-Key", max_length=80, description="The same key again answers with what was done the first time")


def user_of(request: HttpRequest) -> User:
    """The caller (the API lets nobody in who is not signed in)."""
    return cast(User, request.user)


def reach_of(request: HttpRequest) -> Reach:
    """The incidents that the caller works with. Raises NotFound for accounts without such work."""
    reach = staff_reach(request.user)
    if not reach:
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    return reach


def stamp(response: HttpResponse, version: int) -> None:
    """The new version, and from which state of the map on it is seen."""
    response["ETag"] = f'"{version}"'
    if (seq := position()) is not None:
        response["X-Change-Seq"] = str(seq)
