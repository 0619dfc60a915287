"""`/land/imports/` and `/land/imports/<uid>/`: shells; the script reads everything from the API in the reader's name."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.access import scope_of
from gis_core.crs import ZONES, name_of
from gis_core.errors import NotFound
from gis_core.models import AdminUnit
from land.importing import office
from land.models import ParcelImport
from land.workspace.data import workspace_data
from land.workspace.import_words import import_words

_ANY = UUID(int=0)


@require_safe
@login_required
def imports(request: HttpRequest) -> HttpResponse:
    """The form for land officers, the imports for approvers too. Raises NotFound for everybody else."""
    if not ParcelImport.rule.reach(scope_of(request.user)):
        raise NotFound(_("Imports are not open to your account."))
    return _page(request, None)


@require_safe
@login_required
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One import, for officers and approvers of its unit. Raises NotFound."""
    office.one(request.user, uid)  # type: ignore[arg-type]
    return _page(request, uid)


def _page(request: HttpRequest, uid: UUID | None) -> HttpResponse:
    data = workspace_data(request, None)
    data["land"]["words"] |= import_words()
    data["land"]["imports"] = {
        "opened": str(uid) if uid else None,
        "page": reverse("land:imports"),
        "one": reverse("land:import", args=[_ANY]).replace(str(_ANY), "{uid}"),
        "units": _units(request),
        "zones": [{"code": f"EPSG:{srid}", "name": name_of(srid)} for srid in (5899, *sorted(set(ZONES) - {5899}))],
    }
    response = render(request, "land/imports.html", {"page": data})
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _units(request: HttpRequest) -> list[dict[str, Any]]:
    """The communes of today in which the reader is an officer."""
    reach = ParcelImport.rule.reach(scope_of(request.user), "change")
    units = AdminUnit.objects.as_of(timezone.localdate()).filter(level=AdminUnit.Level.COMMUNE)
    chosen = units if reach.everything else units.filter(pk__in=reach.units)
    return [{"code": unit.code, "name": unit.name, "bounds": list(unit.geom.extent)} for unit in chosen.order_by("name")]
