"""What the wall shows: its tiles, the maps by unit, and its scenes. Addresses and numbers come from elsewhere."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gis_core.models import ScreenPass
from layers.catalogue import catalogue
from layers.metric import Shown
from layers.models import Indicator, WallScene
from layers.presentation import presentation

# Of many indicators the first by code has a tile, the first few can colour the map.
MAX_INDICATORS = 3
DWELL_S = 45
ALERTS = "/api/alerts"
_GROUND = ("admin_units", "water")
# Until an administrator writes others (Scenes of the wall). No layers: all that are switched on.
_SCENES: tuple[dict[str, Any], ...] = (
    {"title": _("Overview"), "layers": [], "map": "*"},
    {"title": _("Environment"), "layers": [*_GROUND, "roads", "stations"], "map": "stations.rain"},
    {"title": _("Socio-economic indicators"), "layers": [*_GROUND, "facilities", "tourism_places"], "map": "indicators.fulfilled"},
)


def wall_data(user: object = None) -> dict[str, Any]:
    """The member `wall` of the page's data (layers/frontend/wall/page.ts). What a person may not see, the page leaves out."""
    figures = list(Indicator.objects.all()[:MAX_INDICATORS])
    layers = presentation.ordered(list(catalogue))
    declared = [(layer.name, shown) for layer in layers for shown in getattr(layer, "wall", ())]
    tiles = [_told(layer, shown) for layer, shown in declared if shown.place != "map"]
    maps = [_told(layer, shown) for layer, shown in declared if shown.place != "tile"]
    money = [_told("indicators", Shown("actual", one.name, "month", course=True, filter=_only(one))) for one in figures[:1]]
    plans = [_told("indicators", Shown("fulfilled", one.name, "month", filter=_only(one))) for one in figures]
    return {
        "metrics": reverse("query:metrics"),
        "tiles": [*tiles, *money],
        "maps": [*maps, *plans],
        "units": {one.code: one.unit_of_measure for one in figures},
        "scenes": _scenes(),
        "alerts": ALERTS,
        "screen": _screen(user),
        "cameras": settings.CAMERA_ORIGINS,
    }


def _screen(user: object) -> dict[str, Any] | None:
    """The screen or link that the page is opened by; None for a person or a visitor."""
    found = getattr(user, "screen", None)
    if not isinstance(found, ScreenPass):
        return None
    return {"name": found.name, "kind": found.kind, "expires_at": found.expires_at, "state": reverse("screen_state")}


def _told(layer: str, shown: Shown) -> dict[str, Any]:
    told = {"metric": f"{layer}.{shown.metric}", "title": str(shown.title), "period": shown.period}
    return {**told, "course": shown.course, "filter": shown.filter}


def _only(indicator: Indicator) -> str:
    code = indicator.code.replace("'", "''")
    return f"indicator='{code}'"


def _scenes() -> list[dict[str, Any]]:
    written = [
        {"title": scene.title, "layers": scene.layers, "map": scene.map, "dwell": scene.dwell_s}
        for scene in WallScene.objects.filter(shown=True)
    ]
    return written or [{**scene, "title": str(scene["title"]), "dwell": DWELL_S} for scene in _SCENES]
