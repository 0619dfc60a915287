"""`/land/` and `/land/parcels/<uid>/`: shells without rows; the script reads everything from the API in the reader's name."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.access import scope_of
from gis_core.errors import NotFound
from land.layers import Parcels
from land.models import ParcelChange, ParcelImport
from land.rows import heads
from land.workspace.data import workspace_data


@require_safe
@login_required
def work(request: HttpRequest) -> HttpResponse:
    """The work list and the map, for officers and approvers. Raises NotFound for everybody else."""
    if not ParcelChange.view_rule.reach(scope_of(request.user)):
        raise NotFound(_("The land office's workspace is not open to your account."))
    return _page(request, None)


@require_safe
@login_required
def parcel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A parcel's page, for whoever may see the parcel. Raises NotFound."""
    if not heads(Parcels().reach(scope_of(request.user))).filter(uid=uid).exists():
        raise NotFound(_("There is no such parcel, or it is not open to you."))
    return _page(request, uid)


def _page(request: HttpRequest, uid: UUID | None) -> HttpResponse:
    may_import = bool(ParcelImport.rule.reach(scope_of(request.user), "change"))
    context: dict[str, Any] = {"page": workspace_data(request, uid), "may_import": may_import}
    response = render(request, "land/workspace.html", context)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
