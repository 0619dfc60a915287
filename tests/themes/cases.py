"""One row of each theme as its source sends it, and the number on the wall that must follow."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.sql import execute
from tests.world import CELL, SOUTH, WEST, World

# In the column of unit A (20341), in its own row of cells above those of the world.
LON, LAT = round(WEST + 1.5 * CELL, 6), round(SOUTH + 2.5 * CELL, 6)
OFFICE, SIGHT = "T-OFFICE", "T-SIGHT"
OCTOBER = {"period": "2026-10"}
_SCHOOL = {"facility_code": "t", "name": "t", "theme": "education"}
_AREA = f"POLYGON(({LON} {LAT},{LON + 0.001} {LAT},{LON + 0.001} {LAT + 0.001},{LON} {LAT + 0.001},{LON} {LAT}))"


@dataclass(frozen=True)
class Case:
    """`rows` sent to `/api/feeds/<layer>` raise the wall's `metric` of the layer by `by` in unit A and in the whole."""

    layer: str
    metric: str
    by: float
    rows: Callable[[], list[dict[str, Any]]]
    sender: str = "analyst"

    def __str__(self) -> str:
        return self.layer


def _at(**values: Any) -> list[dict[str, Any]]:
    return [{**values, "lon": LON, "lat": LAT}]


def _today(hours: int) -> str:
    return (timezone.localtime().replace(hour=12) + timedelta(hours=hours)).isoformat()


CASES = (
    Case("focal_contacts", "missing", 1, lambda: [{"topic": "t", "unit": "20341", "due_on": "2020-01-31"}]),
    Case("milestones", "overdue", 1, lambda: [{"code": "t", "title": "t", "unit": "20341", "due_on": "2020-01-31", "progress": 40}]),
    Case("dossiers", "received", 70, lambda: [{"office_code": OFFICE, **OCTOBER, "received": 70, "on_time": 60, "late": 5}]),
    Case("road_events", "closures", 1, lambda: _at(code="t", kind="closure", title="t", starts_at=_today(-1), ends_at=_today(1))),
    Case("black_spots", "accidents", 7, lambda: _at(code="t", name="t", year=2025, accidents=7)),
    Case("cameras", "broken", 1, lambda: _at(code="t", name="t", picture_url="http://camera.local/t.jpg", works=False), "operator"),
    Case("tourism_visits", "visitors", 900, lambda: [{"place_code": SIGHT, **OCTOBER, "visitors": 900, "from_abroad": 9}]),
    Case("facilities", "beds", 30, lambda: _at(code="t", name="t", theme="health", capacity=30)),
    Case("service_areas", "people", 500, lambda: [{**_SCHOOL, "people": 500, "geometry": _AREA}]),
    Case("crop_areas", "rice", 12.5, lambda: [{"crop": "rice", "unit": "20341", "period": "2026", "area_ha": "12,5"}]),
    Case("commerce", "orders", 40, lambda: _at(code="t", name="t", kind="ocop", products=2, stars=4, sells_online=True, online_orders=40)),
    Case(
        "mentions", "count", 1,
        lambda: [{"id": "t", "source": "press", "published_at": _today(-13), "sentiment": -0.5, "text": "Tại phường Tam Kỳ"}],
    ),
)  # fmt: skip


def prepare(world: World) -> None:
    """An office and a sight in unit A get the codes that the rows above name."""
    execute("UPDATE layers_facility SET code = %s WHERE id = %s", OFFICE, world.row("facilities", "A").pk)
    execute("UPDATE layers_tourismplace SET code = %s WHERE id = %s", SIGHT, world.row("tourism_places", "A").pk)
