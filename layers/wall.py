"""What the wall shows: its tiles, the maps by unit, and its scenes. Addresses and numbers come from elsewhere."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from layers.models import Indicator, WallScene

# now: as things stand; day, week: of the last 24 hours and 7 days; month: of the last month that has figures.
Period = Literal["now", "day", "week", "month"]
# Of many indicators the first by code has a tile, the first few can colour the map.
MAX_INDICATORS = 3
DWELL_S = 45


@dataclass(frozen=True)
class Shown:
    """A metric on the wall. `filter` is CQL2; `course`: it has a line of 24 hours (or of months)."""

    metric: str
    title: str | Promise
    period: Period = "now"
    course: bool = False
    filter: str = ""

    def told(self) -> dict[str, Any]:
        """For the page."""
        return {**asdict(self), "title": str(self.title)}


_TILES = (
    Shown("incidents.count", _("Reports in 24 hours"), "day", course=True),
    Shown("incidents.on_time", _("On time, 7 days"), "week"),
    Shown("incidents.overdue", _("Overdue")),
    Shown("incidents.open", _("Open reports")),
    Shown("stations.rain", _("Most rain in one hour"), course=True),
    Shown("stations.water_level", _("Highest water level"), course=True),
    Shown("stations.air", _("Worst air (AQI)"), course=True),
)
_LAST_TILES = (Shown("parcels.count", _("Land parcels")), Shown("facilities.count", _("Public facilities")))
_MAPS = (
    Shown("incidents.on_time", _("Handled on time"), "week"),
    Shown("incidents.open", _("Open reports")),
    Shown("incidents.overdue", _("Overdue")),
    Shown("stations.rain", _("Rain")),
    Shown("roads.flowing", _("Traffic flows")),
)
_GROUND = ("admin_units", "water")
# Until an administrator writes others (Scenes of the wall).
_SCENES: tuple[dict[str, Any], ...] = (
    {"title": _("Overview"), "layers": [*_GROUND, "parcels", "roads", "incidents", "stations"], "map": "incidents.on_time"},
    {"title": _("Environment"), "layers": [*_GROUND, "roads", "stations"], "map": "stations.rain"},
    {"title": _("Socio-economic indicators"), "layers": [*_GROUND, "facilities", "tourism_places"], "map": "indicators.fulfilled"},
)


def wall_data() -> dict[str, Any]:
    """The member `wall` of the page's data (layers/frontend/wall/page.ts). What a person may not see, the page leaves out."""
    figures = list(Indicator.objects.all()[:MAX_INDICATORS])
    money = [Shown("indicators.actual", one.name, "month", course=True, filter=_only(one)) for one in figures[:1]]
    plans = [Shown("indicators.fulfilled", one.name, "month", filter=_only(one)) for one in figures]
    return {
        "metrics": reverse("query:metrics"),
        "tiles": [shown.told() for shown in (*_TILES, *money, *_LAST_TILES)],
        "maps": [shown.told() for shown in (*_MAPS, *plans)],
        "units": {one.code: one.unit_of_measure for one in figures},
        "scenes": _scenes(),
    }


def _only(indicator: Indicator) -> str:
    code = indicator.code.replace("'", "''")
    return f"indicator='{code}'"


def _scenes() -> list[dict[str, Any]]:
    written = [
        {"title": scene.title, "layers": scene.layers, "map": scene.map, "dwell": scene.dwell_s}
        for scene in WallScene.objects.filter(shown=True)
    ]
    return written or [{**scene, "title": str(scene["title"]), "dwell": DWELL_S} for scene in _SCENES]
