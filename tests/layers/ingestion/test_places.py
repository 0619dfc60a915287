"""Where rows of feeds stand: units by the code of their day, points, surfaces, other rows; never outside of what is one's own."""

from datetime import date
from typing import Any

import pytest

from gis_core.access import Reach
from layers.feed import Feed, Sent
from layers.ingestion.batch import RowFault
from layers.ingestion.named import AtNamedUnit
from layers.ingestion.places import AtPoint, AtRow, AtUnit, OnSurface, may_write
from layers.models import Facility
from tests.themes.cases import LAT, LON
from tests.world import CELL, World

pytestmark = pytest.mark.django_db
ALL = Reach(everything=True)
SQUARE = f"POLYGON(({LON} {LAT},{LON + 0.001} {LAT},{LON + 0.001} {LAT + 0.001},{LON} {LAT}))"


def _own(world: World, *keys: str) -> Reach:
    return Reach(units=frozenset(world.units[key].pk for key in keys))


def _locate(place: Any, reach: Reach, values: dict[str, Any] | None = None, geometry: Any = None, **sent: Any) -> Any:
    row = Sent(sent, geometry)
    return place.prepare([row], reach)(row, values or {})


@pytest.mark.parametrize(
    ("day", "unit"), [(date(2024, 6, 1), "an mỹ"), (date(2025, 6, 30), "an mỹ"), (date(2025, 7, 1), "A"), (date(2026, 1, 1), "A")]
)
def test_a_code_means_the_unit_of_its_day(world: World, day: date, unit: str) -> None:
    found, point = _locate(AtUnit("day"), ALL, {"day": day}, unit="20341")
    assert found == world.units[unit]
    assert found.geom.contains(point)


def test_the_end_of_a_period_is_its_last_day(world: World) -> None:
    """A period until the first of July 2025 belongs to the units of June."""
    found, _point = _locate(AtUnit("period_to", before=True), ALL, {"period_to": date(2025, 7, 1)}, unit="20341")
    assert found == world.units["an mỹ"]


def test_a_unit_of_somebody_else_is_like_none(world: World) -> None:
    sentences = []
    for code in ("203410", "99999"):
        with pytest.raises(RowFault) as caught:
            _locate(AtUnit(), _own(world, "A"), unit=code)
        assert caught.value.field == "unit"
        sentences.append(caught.value.detail.replace(code, "…"))
    assert sentences[0] == sentences[1]


def test_a_point_lies_in_the_unit_of_today(world: World) -> None:
    unit, point = _locate(AtPoint(), _own(world, "A"), lon=str(LON), lat=f"{LAT}".replace(".", ","))
    assert (unit, point.srid) == (world.units["A"], 4326)
    unit, _point = _locate(AtPoint(), _own(world, "A"), geometry={"type": "Point", "coordinates": [LON, LAT]})
    assert unit == world.units["A"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"lon": LON + 1.5 * CELL, "lat": LAT}, "geometry"),  # unit B
        ({"lon": LON, "lat": LAT + 5}, "geometry"),
        ({"lon": "", "lat": LAT}, "lon"),
        ({"lon": LON}, "lat"),
        ({"lon": LAT, "lat": LON}, "geometry"),
    ],
)
def test_other_points_are_refused(world: World, sent: dict[str, Any], field: str) -> None:
    with pytest.raises(RowFault) as caught:
        _locate(AtPoint(), _own(world, "A"), **sent)
    assert caught.value.field == field


@pytest.mark.parametrize("kind", ["text", "object"])
def test_a_surface_by_its_middle(world: World, kind: str) -> None:
    shape: Any = {"type": "Polygon", "coordinates": [[[LON, LAT], [LON + 0.001, LAT], [LON, LAT + 0.001], [LON, LAT]]]}
    unit, area = _locate(OnSurface(), _own(world, "A"), geometry=shape) if kind == "object" else _locate_text(world)
    assert unit == world.units["A"]
    assert area.geom_type == "MultiPolygon"


def _locate_text(world: World) -> Any:
    row = Sent({"geometry": SQUARE})
    return OnSurface().prepare([row], _own(world, "A"))(row, {})


@pytest.mark.parametrize(
    "text", ["", "POINT(108.47 15.57)", "POLYGON((0 0,1 1,1 0,0 1,0 0))", "POLYGON((", "{", SQUARE.replace("108", "109")]
)
def test_other_surfaces_are_refused(world: World, text: str) -> None:
    row = Sent({"geometry": text})
    with pytest.raises(RowFault) as caught:
        OnSurface().prepare([row], _own(world, "A"))(row, {})
    assert caught.value.field == "geometry"


def test_a_row_stands_where_its_office_stands(world: World) -> None:
    office = Facility.objects.within(ALL).get(pk=world.row("facilities", "A").pk)
    code = getattr(office, "code")  # noqa: B009  the base class knows no codes
    unit, point = _locate(AtRow(Facility, "office"), _own(world, "A"), office=code)
    assert (unit, point) == (world.units["A"], getattr(office, "geom"))  # noqa: B009
    for reach, wrong in ((_own(world, "B"), code), (ALL, "nowhere"), (ALL, "")):
        with pytest.raises(RowFault):
            _locate(AtRow(Facility, "office"), reach, office=wrong)


def test_a_text_that_names_nothing_needs_one_widest_unit(world: World) -> None:
    """Whoever works in two units has to say which is meant."""
    assert _locate(AtNamedUnit("text"), _own(world, "A"), text="mưa")[0] == world.units["A"]
    with pytest.raises(RowFault):
        _locate(AtNamedUnit("text"), _own(world, "A", "B"), text="mưa")
    assert _locate(AtNamedUnit("text"), _own(world, "A", "B"), text="Phường Hương Trà")[0] == world.units["B"]


def test_who_may_write_where(world: World) -> None:
    assert may_write(ALL, None)
    assert may_write(_own(world, "A"), world.units["A"])
    assert not may_write(_own(world, "A"), world.units["B"])
    assert not may_write(_own(world, "A"), None)


def test_a_feed_says_what_is_sent() -> None:
    feed = Feed(("office", "period_from", "period_to"), ("received", "late"), AtRow(Facility, "office"))
    assert feed.sent == ("office", "received", "late", "period")
    assert Feed(("digest",), ("tone",), AtNamedUnit("text"), digests=("id", "digest")).sent == ("id", "text", "tone")
    assert Feed(("topic", "admin_unit"), ("due_on",), AtUnit()).sent == ("unit", "topic", "due_on")
