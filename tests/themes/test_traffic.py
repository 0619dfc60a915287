"""`POST /api/traffic`: from a detector to the colour of the road; closures that begin and end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from gis_core.access import Reach
from layers.ingestion.gazetteer import Gazetteer, Name
from layers.ingestion.inside import rows_inside
from layers.ingestion.traffic import apply_closures
from layers.models import RoadEvent, RoadSegment, TrafficReading
from tests.service import Service
from tests.sql import execute
from tests.themes.cases import LAT, LON
from tests.themes.feeding import items, metric, send
from tests.world import World

NOON = "2026-01-15T12:00:00+07:00"
PATH = "/api/traffic"
ALL = Reach(everything=True)


@pytest.fixture
def road(scratch: World) -> RoadSegment:
    """A's first stretch of road: 60 km/h are allowed."""
    pk = scratch.row("roads", "A").pk
    execute("UPDATE layers_roadsegment SET closed_by = ''")
    execute("UPDATE layers_roadsegment SET code = 'R1', speed_limit_kmh = 60, traffic_state = 'free' WHERE id = %s", pk)
    return RoadSegment(pk=pk)


def _stored(road: RoadSegment) -> Any:
    return rows_inside(RoadSegment, ALL).get(pk=road.pk)


def _reading(speed: Any, at: str = NOON, road: Any = "R1") -> dict[str, Any]:
    return {"road": road, "at": at, "speed_kmh": speed}


@pytest.mark.parametrize(
    ("speed", "state"), [(60, "free"), (37.2, "free"), (37.1, "slow"), (21.6, "slow"), (21.5, "jammed"), (0, "jammed")]
)
def test_a_speed_is_a_state(asgi: Service, cast: Any, road: RoadSegment, speed: float, state: str) -> None:
    """On the map, in the services and in the wall's numbers from the answer on; sent again it changes nothing."""
    before = metric(asgi, cast["leader"], "roads.jammed")["value"]
    answer = send(asgi, cast["analyst"], PATH, [_reading(speed)])
    assert answer.json() == {"received": 1, "created": 1, "corrected": 0, "repeated": 0}, answer.text
    assert send(asgi, cast["analyst"], PATH, [_reading(speed, road=road.pk)]).json()["repeated"] == 1
    assert (_stored(road).speed_kmh, _stored(road).traffic_state) == (speed, state)
    (item,) = [row for row in items(asgi, cast["leader"], "roads") if row["id"] == road.pk]
    assert item["properties"]["traffic_state"] == state
    assert metric(asgi, cast["leader"], "roads.jammed")["value"] == before + (state == "jammed")


def test_an_older_reading_leaves_the_present_alone(asgi: Service, cast: Any, road: RoadSegment) -> None:
    send(asgi, cast["analyst"], PATH, [_reading(10), _reading(55, "2026-01-15T11:00:00+07:00")])
    assert (_stored(road).speed_kmh, TrafficReading.objects.filter(road=road.pk).count()) == (10, 2)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (_reading(-1), "speed_kmh"),
        (_reading(900), "speed_kmh"),
        (_reading(5, "2026-01-15T12:00:00"), "at"),
        (_reading(5, "2199-01-15T12:00:00+07:00"), "at"),
        (_reading(5, road="nowhere"), "road"),
    ],
)
def test_a_bad_reading_is_named_and_nothing_is_written(
    asgi: Service, cast: Any, road: RoadSegment, row: dict[str, Any], field: str
) -> None:
    answer = send(asgi, cast["analyst"], PATH, [_reading(5), row])
    assert answer.status_code == 422, answer.text
    assert (answer.json()["faults"][0]["row"], answer.json()["faults"][0]["field"]) == (2, field)
    assert not TrafficReading.objects.filter(road=road.pk).exists()


def test_only_who_answers_for_a_road_writes_its_speed(asgi: Service, cast: Any, road: RoadSegment, scratch: World) -> None:
    for name in ("leader", "stranger"):
        assert send(asgi, cast[name], PATH, [_reading(5)]).status_code == 404
    assert send(asgi, cast["sibling"], PATH, [_reading(5)]).status_code == 422  # a dispatcher of unit B


def test_a_closure_closes_its_road_while_it_lasts(asgi: Service, cast: Any, road: RoadSegment) -> None:
    """Readings come in meanwhile; when it ends the road is what the last of them says."""
    begins = datetime(2026, 1, 15, 1, tzinfo=UTC)
    event = {"code": "e1", "kind": "closure", "title": "Cấm đường", "road_code": "R1", "lon": LON, "lat": LAT}
    times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=2)).isoformat()}
    assert send(asgi, cast["analyst"], "/api/feeds/road_events", [{**event, **times}]).json()["created"] == 1
    assert apply_closures(begins - timedelta(minutes=1)) == 0
    assert apply_closures(begins) == 1
    assert apply_closures(begins + timedelta(hours=1)) == 0
    assert (_stored(road).traffic_state, _stored(road).closed_by) == ("closed", "e1")
    send(asgi, cast["analyst"], PATH, [_reading(12)])
    assert (_stored(road).traffic_state, _stored(road).speed_kmh) == ("closed", 12)
    assert apply_closures(begins + timedelta(hours=2)) == 1
    assert (_stored(road).traffic_state, _stored(road).closed_by) == ("jammed", "")


def test_events_show_on_their_days(asgi: Service, cast: Any, scratch: World) -> None:
    """Today's by themselves, others by `datetime`; what is over stays in the archive."""
    now = timezone.now()
    rows = [
        {"code": code, "kind": "event", "title": code, "lon": LON, "lat": LAT, "starts_at": begins.isoformat(), "ends_at": ends.isoformat()}
        for code, begins, ends in (
            ("now", now - timedelta(hours=1), now + timedelta(hours=1)),
            ("over", now - timedelta(days=9), now - timedelta(days=8)),
        )
    ]
    assert send(asgi, cast["analyst"], "/api/feeds/road_events", rows).json()["created"] == 2
    shown = {row["properties"]["code"] for row in items(asgi, cast["leader"], "road_events")}
    assert "now" in shown and "over" not in shown
    day = timezone.localdate() - timedelta(days=9)
    assert "over" in {row["properties"]["code"] for row in items(asgi, cast["leader"], "road_events", f"&datetime={day}")}
    assert rows_inside(RoadEvent, ALL).filter(code="over").exists()


NAMES = Gazetteer(
    [Name("Phường Tam Kỳ", 1), Name("Phường Hương Trà", 2), Name("Xã An Sơn", 3), Name("Thành phố Đà Nẵng", 4), Name("Phường An Sơn", 5)]
)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Ngập sâu tại phường Tam Kỳ sáng nay", 1),
        ("NGẬP TẠI PHƯỜNG TAM KỲ", 1),
        ("Tam Kỳ đông khách", 1),
        ("phuong tam ky dong khach", 1),
        ("tam ky", None),  # without marks a bare name may be any words
        ("Tam Kỳnh", None),
        ("An Sơn", None),  # two units have the name
        ("xã An Sơn", 3),
        ("Phường Hương Trà, thành phố Đà Nẵng", 4),  # the longest name
        ("phường Tam Kỳ và phường Tam Kỳ", 1),
        ("", None),
        ("không có tên nào", None),
    ],
)
def test_a_text_names_a_unit_or_none(text: str, unit: int | None) -> None:
    assert NAMES.find(text) == unit


def test_a_gazetteer_without_names_finds_nothing() -> None:
    assert Gazetteer([]).find("phường Tam Kỳ") is None
