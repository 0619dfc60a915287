"""What the workspace's page hands to its script (land/frontend/workspace/page.ts is the reader's side)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from gis_core.access import Scope, scope_of
from gis_core.models import AdminUnit
from land import holders
from land.groups import LAND_USE_GROUPS
from land.layers import Parcels
from land.models import Certificate, LandUseCode, Parcel, ParcelChange, ParcelLandUse, Party, Restriction, Right, SourceDocument
from land.workspace.words import words
from layers.page import page_data

_ANY = UUID(int=0)


def workspace_data(request: HttpRequest, uid: UUID | None) -> dict[str, Any]:
    """The common page data with the workspace's own under `land`; no row of any parcel is in it."""
    scope = scope_of(request.user)
    own = {
        "urls": _urls(),
        "parcel": str(uid) if uid else None,
        "user": request.user.get_username(),
        "may": _may(scope),
        "units": _units(scope),
        "labels": _labels(),
        "land_uses": _land_uses(),
        "groups": {group.key: group.colour for group in LAND_USE_GROUPS},
        "words": words(),
    }
    return page_data(request) | {"land": own}


def _urls() -> dict[str, str]:
    """Addresses as templates: `{uid}`, `{version}`, `{layers}`, `{z}`, `{x}`, `{y}` are to be filled in."""
    return {
        "api": f"{reverse('api:api-root')}land/",
        "work": reverse("land:work"),
        "parcel": _template(reverse("land:parcel", args=[_ANY])),
        "version": _template(reverse("land:version", args=[_ANY, 0])).removesuffix("0") + "{version}",
        "import": _template(reverse("land:import", args=[_ANY])),
        "drawing": _template(reverse("land:drawing", args=[_ANY])),
        "tiles": "/tiles/{layers}/{z}/{x}/{y}.mvt",
    }


def _template(address: str) -> str:
    return address.replace(str(_ANY), "{uid}")


def _may(scope: Scope) -> dict[str, bool]:
    return {
        "work": bool(ParcelChange.view_rule.reach(scope)),
        "draw": bool(ParcelChange.write_rule.reach(scope, "change")),
        "approve": bool(ParcelChange.approve_rule.reach(scope, "change")),
        "holders": bool(holders.RULE.reach(scope)),
    }


def _units(scope: Scope) -> list[dict[str, str]]:
    """Present communes that the reader sees parcels of, for the search form."""
    reach = Parcels().reach(scope)
    units = AdminUnit.objects.as_of(timezone.localdate()).filter(level=AdminUnit.Level.COMMUNE)
    chosen = units if reach.everything else units.filter(pk__in=reach.units)
    return [{"code": unit.code, "name": unit.name} for unit in chosen.only("code", "name").order_by("name")]


def _land_uses() -> dict[str, dict[str, Any]]:
    """Codes with name and colour; those that a newer circular ended are for reading old parcels alone."""
    today = timezone.localdate()
    return {
        use.code: {"name": use.name, "fill": use.fill, "in_force": use.valid_to is None or today < use.valid_to}
        for use in LandUseCode.objects.all()
    }


def _labels() -> dict[str, dict[str, str]]:
    """Stored codes in the reader's words."""
    sets: dict[str, Any] = {
        "kind": ParcelChange.Kind,
        "state": ParcelChange.State,
        "status": Parcel.Status,
        "origin": ParcelLandUse.Origin,
        "right": Right.Kind,
        "restriction": Restriction.Kind,
        "party": Party.Kind,
        "paper": SourceDocument.Kind,
        "certificate": Certificate.Status,
    }
    return {name: {str(value): str(label) for value, label in choices.choices} for name, choices in sets.items()}
