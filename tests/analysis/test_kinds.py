"""What each analysis finds, against what can be drawn and counted by hand."""

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from gis_core import crs
from gis_core.access import Scope
from land.models import Parcel
from layers.analysis.contract import Result, kind_of, kinds
from layers.analysis.kinds.clusters import grouped
from layers.analysis.kinds.density import densities
from layers.analysis.kinds.getis_ord import counted, g_star, level
from layers.analysis.kinds.points import cells_around
from layers.analysis.kinds.site import nearest, shares
from layers.analysis.work import Work
from layers.queries.cells import cells_of, centres
from layers.themes.facilities import Facility
from layers.themes.traffic import RoadSegment
from tests import factories
from tests.world import CELL, SOUTH, WEST, World

ALL = Scope(superuser=True)
# A corner of an empty field in A, in metres.
EAST, NORTH = (round(value) for value in crs.transform(4326, 5899, WEST + 1.5 * CELL, SOUTH + 0.025))


@pytest.fixture(autouse=True)
def _patient(db: None) -> None:
    """Libraries load while the test's transaction waits."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def run(kind: str, **given: Any) -> Result:
    """An analysis over everything."""
    found = kind_of(kind)
    return found.run(Work(found, given, ALL))


def field(world: World, x: float, y: float, wide: float, high: float, **values: Any) -> Parcel:
    """A rectangular parcel at metres from the corner."""
    corners = shapely.box(EAST + x, NORTH + y, EAST + x + wide, NORTH + y + high)
    given = {"sheet_no": 9_901, "land_use": "LUC", "area_m2": wide * high, "valid_from": date(2025, 8, 1), **values}
    shape = GEOSGeometry(shapely.to_wkt(shapely.multipolygons([corners])), srid=5899)
    kind = Parcel._meta.get_field("geom").geom_type
    return factories.feature(Parcel, world.units["A"], (WEST, SOUTH), geom=shape if "MULTI" in kind else shape[0], **given)


def place(x: float, y: float) -> tuple[float, float]:
    """Degrees of a place at metres from the corner."""
    return crs.transform(5899, 4326, EAST + x, NORTH + y)


OURS = {"layer": "parcels", "filter": "sheet_no = 9901"}


def test_every_kind_describes_itself(db: None) -> None:
    """Names, words and defaults of all parameters; every default does for its parameter."""
    assert len(kinds()) >= 10
    for kind in kinds().values():
        about = kind.described()
        assert about["title"] and about["abstract"]
        names = [parameter["name"] for parameter in about["parameters"]]
        assert len(set(names)) == len(names)
        assert set(kind.layers) <= set(names)


def test_buffers_merge_and_ring(world: World, db: None) -> None:
    """Two squares 10 m apart: one area when merged, its second ring without the first."""
    field(world, 0, 0, 10, 10)
    field(world, 20, 0, 10, 10)
    single = run("buffer", **OURS, metres=20, merge="single")
    exact = 100 + 4 * 10 * 20 + np.pi * 400
    assert single.frame.area_m2.tolist() == pytest.approx([exact, exact], rel=0.01)
    merged = run("buffer", **OURS, metres=20, rings=2)
    assert merged.frame.ring.tolist() == [1, 2]
    first, second = merged.frame.geometry
    assert shapely.area(shapely.intersection(first, second)) == pytest.approx(0, abs=1e-6)


def test_overlay_gives_pieces_with_exact_shares(world: World, db: None) -> None:
    """A field cut by two others, a quarter and a half; values carried over."""
    field(world, 0, 0, 40, 10, land_use="ODT")
    field(world, -10, 0, 20, 10, land_use="LUC")
    field(world, 20, -5, 40, 40, land_use="CLN")
    found = run(
        "overlay", layer="parcels", filter="sheet_no = 9901 AND land_use = 'ODT'", field="land_use", over="parcels",
        over_filter="sheet_no = 9901 AND land_use <> 'ODT'", over_field="land_use",
    ).frame  # fmt: skip
    pieces = {row.over_value: (row.area_m2, row.share) for row in found.itertuples()}
    assert pieces == {"LUC": (100.0, 0.25), "CLN": (200.0, 0.5)}


def test_change_finds_what_became_of_the_ground(world: World, db: None) -> None:
    """One field split in two, one of which is built on; a third one that stayed."""
    day = {"valid_to": date(2026, 2, 1)}
    field(world, 0, 0, 40, 10, land_use="LUC", **day)
    field(world, 0, 0, 10, 10, land_use="ODT", valid_from=date(2026, 2, 1))
    field(world, 10, 0, 30, 10, land_use="LUC", valid_from=date(2026, 2, 1))
    field(world, 100, 0, 10, 10, land_use="CLN")
    found = run("change", filter="sheet_no = 9901", before="2026-01-01", after="2026-03-01").frame
    assert [(row.before, row.after, row.area_m2) for row in found.itertuples()] == [("LUC", "ODT", 100.0)]


def test_sites_meet_all_conditions(world: World, db: None) -> None:
    """Large, near a school, outside of a zone: each condition takes some away, and says how many are left."""
    for x, wide in ((0, 30), (100, 10), (200, 30), (300, 30)):
        field(world, x, 0, wide, 30)
    factories.feature(Facility, world.units["A"], place(215, 80), "trường thử")
    factories.feature(Facility, world.units["A"], place(315, 80), "trường thử")
    field(world, 310, 0, 60, 60, sheet_no=9_902)
    found = run(
        "site", **OURS, area=500, near="facilities", near_filter="name LIKE 'trường thử%'", metres=60, outside="parcels",
        outside_filter="sheet_no = 9902",
    )  # fmt: skip
    assert [value for _title, value in found.facts] == [4, 3, 2, 1]
    (row,) = found.frame.itertuples()
    assert (row.area_m2, row.distance_m) == (900.0, pytest.approx(50.0, abs=0.05))


def test_sites_may_lie_in_a_zone_in_part() -> None:
    """Shares are of the union of zones; distances end at the limit."""
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(100, 0, 110, 10)], object)
    zones = np.array([shapely.box(5, 0, 20, 20), shapely.box(5, 0, 7, 20)], object)
    assert shares(shapes, zones).tolist() == [0.5, 0.0]
    near = np.array([shapely.Point(0, 13)], object)
    assert np.nan_to_num(nearest(shapes, near, 20), nan=-1).tolist() == [3.0, -1.0]


def test_the_audit_finds_faults_of_the_cadastre(world: World, db: None) -> None:
    """An overlap and a sliver; neighbours that fit are clean."""
    one, other = field(world, 0, 0, 10, 10), field(world, 9, 0, 10, 10)
    field(world, 19, 0, 10, 10)
    left, right = field(world, 100, 0, 10, 10), field(world, 110.02, 0, 10, 10)
    found = run("topology", **OURS).frame
    overlap = found[found.fault == "overlap"].iloc[0]
    assert ({overlap.feature, overlap.other}, overlap.area_m2) == ({str(one.pk), str(other.pk)}, 10.0)
    assert {str(left.pk), str(right.pk)} <= set(found[found.fault == "border"].feature)


def test_groups_leave_out_what_stands_alone() -> None:
    """Two groups of three and four, one alone."""
    points = np.array([(0, 0), (5, 0), (0, 5), (100, 100), (104, 100), (100, 104), (104, 104), (500, 500)], float)
    assert np.bincount(grouped(points, 8, 3) + 1).tolist() == [1, 3, 4]
    assert len(grouped(np.zeros((0, 2)), 8, 3)) == 0


def test_density_adds_up_to_the_number_of_points() -> None:
    """Over fine hexagons the surface holds as many points as were put in."""
    chance = np.random.default_rng(7)
    points = chance.normal(0, 300, (60, 2)) + 550_000
    size, radius = 20.0, 200.0
    cells = cells_around(points, size, radius)
    values = densities(points, centres("hexagon", cells, size), radius)
    assert values.sum() * (1.5 * 3**0.5 * size**2) / 1e6 == pytest.approx(60, rel=0.02)


def test_getis_ord_finds_the_crowd() -> None:
    """Sixty points in one corner of an even field: hot there, no hot cell far away; nothing where all is alike."""
    chance = np.random.default_rng(3)
    even = chance.uniform(0, 4_000, (150, 2))
    crowd = chance.normal(500, 60, (60, 2))
    points = np.concatenate([even, crowd])
    cells, sums = counted(points, np.ones(len(points)), 250.0, 900.0)
    assert sums.sum() == len(points)
    middles = centres("hexagon", cells, 250.0)
    scores = g_star(middles, sums, 900.0)
    hot = scores >= 2.576
    near = np.hypot(*(middles - 500).T) < 1_200
    assert hot[near].any()
    assert not hot[~near].any()
    assert level(float(scores.max())) == "hot 99"
    assert not g_star(middles, np.ones(len(middles)), 900.0).any()


def test_middles_of_cells_lie_in_them() -> None:
    """Squares and hexagons."""
    cells = np.array([(c, r) for c in range(-4, 5) for r in range(-4, 5)])
    for shape in ("grid", "hexagon"):
        middles = centres(shape, cells, 70.0)
        assert (cells_of(shape, middles[:, 0], middles[:, 1], 70.0) == cells).all()


@pytest.fixture
def roads(world: World, db: None) -> None:
    """A straight street of 1,000 m, a lane of 300 m off its middle; a school at the street's end, another behind the lane's end."""
    from django.contrib.gis.geos import LineString, MultiLineString

    for number, ends in enumerate((((0, 0), (500, 0)), ((500, 0), (1_000, 0)), ((500, 0), (500, 300)))):
        line = LineString(*(place(*end) for end in ends), srid=4326)
        kind = RoadSegment._meta.get_field("geom").geom_type
        shape = MultiLineString(line, srid=4326) if "MULTI" in kind else line
        factories.feature(RoadSegment, world.units["A"], (WEST, SOUTH), f"thử {number}", geom=shape, speed_limit_kmh=30)
    for x, y in ((1_000, 5), (500, 310)):
        factories.feature(Facility, world.units["A"], place(x, y), "trường đường")


ROADS = {"roads_filter": "name LIKE 'thử%'", "by": "metres"}


def test_the_nearest_facility_by_road(world: World, roads: None) -> None:
    """From a field at the street's beginning the lane's school is nearer: 800 m, not 1,000."""
    field(world, -5, -5, 10, 10)
    found = run("nearest_facility", **OURS, facilities="facilities", facilities_filter="name LIKE 'trường đường%'", **ROADS)
    (row,) = found.frame.itertuples()
    assert row.way == pytest.approx(800, abs=1.5)
    by_car = {**ROADS, "by": "minutes", "speed": "speed_limit_kmh"}
    timed = run("nearest_facility", **OURS, facilities="facilities", facilities_filter="name LIKE 'trường đường%'", **by_car)
    assert timed.frame.way.iloc[0] == pytest.approx(800 / 500, abs=0.1)


def test_service_areas_follow_the_roads(world: World, roads: None) -> None:
    """Belts of 20 m: 400 m in the first step, 400 m more in the second, from both schools."""
    found = run("service_area", layer="facilities", filter="name LIKE 'trường đường%'", limit=400, steps=2, width=10, **ROADS)
    areas = dict(zip(found.frame.upto, found.frame.area_m2, strict=True))
    assert set(areas) == {200.0, 400.0}
    # 200 m of the street's end and of the lane's end, with round ends; then the lane's last 100 m, and 200 + 100 + 100 m of the
    # street, of which the one from the end meets the one from the lane in the middle.
    assert areas[200.0] == pytest.approx(2 * 200 * 20 + 2 * np.pi * 100, rel=0.01)
    assert areas[400.0] == pytest.approx((100 + 200 + 100 + 100) * 20, rel=0.08)


def test_without_roads_or_rows_the_reason_is_told(world: World, db: None) -> None:
    """A sentence and the parameter's name."""
    from gis_core.errors import BadParameter

    for kind, given, name in (
        ("service_area", {"layer": "facilities", "roads_filter": "name = 'gibt es nicht'"}, "roads"),
        ("clusters", {"layer": "facilities", "filter": "name = 'gibt es nicht'"}, "layer"),
        ("getis_ord", {"layer": "facilities", "size": 200, "metres": 210}, "metres"),
        ("density", {"layer": "facilities", "radius": 5_000, "size": 5}, "size"),
        ("change", {"before": "2026-03-01", "after": "2026-01-01"}, "after"),
    ):
        with pytest.raises(BadParameter) as refused:
            run(kind, **given)
        assert refused.value.field == name
