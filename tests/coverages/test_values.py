"""What rasters say: at a position, along a line, inside of areas."""

from typing import Any

import numpy as np
import pytest
import shapely

from gis_core import crs
from layers.coverages.scene import Scene
from layers.coverages.zonal import STATISTICS, Zone, zonal
from tests.coverages.conftest import PLACE, SIDE, SIZE, Shelf, colour, corner, slope
from tests.service import Service


def degrees(column: float, row: float) -> tuple[float, float]:
    """The position of a pixel of the rasters, columns from the west, rows from the north."""
    left, top = corner()
    return crs.transform(5899, crs.WGS84, left + column * SIZE, top - row * SIZE)


def test_the_value_at_a_position(asgi: Service, committed: Shelf) -> None:
    """The pixel's own, exactly; with its unit, and arithmetic over it."""
    lon, lat = degrees(73.5, 60.5)
    found = asgi.get(f"/query/coverages/heights/value?lon={lon}&lat={lat}&expression=b1*2").json()
    assert found["values"] == [{"band": 1, "name": "b1", "value": 73.0, "unit": "m"}]
    assert found["expression"]["value"] == 146.0
    (here,) = (one for one in asgi.get(f"/query/at-point?lon={lon}&lat={lat}").json()["results"] if one["layer"] == "heights")
    assert here["values"] == found["values"] and here["features"] == []


def test_where_nothing_is_known(asgi: Service, committed: Shelf) -> None:
    """A gap of the raster, and beside it."""
    for place in (degrees(50.5, 3.5), (107.0, 15.0)):
        found = asgi.get(f"/query/coverages/heights/value?lon={place[0]}&lat={place[1]}").json()
        assert found["values"][0]["value"] is None
        at = asgi.get(f"/query/at-point?lon={place[0]}&lat={place[1]}&layers=heights").json()
        assert at["results"][0]["values"] == []


def test_values_of_a_day(asgi: Service, committed: Shelf) -> None:
    """Of the newest scene by then."""
    officer = committed.world.cast["officer"]
    path = f"/query/coverages/town/value?lon={PLACE[0]}&lat={PLACE[1]}"
    assert [one["value"] for one in asgi.get(path, officer).json()["values"]] == [40, 40, 200]
    assert [one["value"] for one in asgi.get(f"{path}&datetime=2022-01-01", officer).json()["values"]] == [200, 40, 40]


def test_a_profile(asgi: Service, committed: Shelf) -> None:
    """From west to east it climbs a metre every ten; its length is the ellipsoid's."""
    start, end = degrees(20.5, 60.5), degrees(100.5, 60.5)
    line = f"LINESTRING({start[0]} {start[1]},{end[0]} {end[1]})"
    found = asgi.get(f"/query/coverages/heights/profile?geometry={line}&samples=81").json()
    assert [round(point[3]) for point in found["points"]] == list(range(20, 101))
    assert (found["min"], found["max"], found["up"], found["down"], found["unit"]) == (20, 100, 80, 0, "m")
    assert found["length_m"] == pytest.approx(800, abs=0.5)
    assert found["points"][-1][0] == found["length_m"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("value?lon=108", "lat"),
        ("value?lon=108&lat=15&expression=b2", "expression"),
        ("value?lon=x&lat=15", "lon"),
        ("profile", "geometry"),
        ("profile?geometry=POINT(1 1)", "geometry"),
        ("profile?geometry=LINESTRING(0 0,170 80)", "geometry"),
        ("profile?geometry=LINESTRING(108 15,108.1 15)&samples=1", "samples"),
        ("profile?geometry=LINESTRING(108 15,108.1 15)&samples=5000", "samples"),
        ("profile?geometry=LINESTRING(108 15,108.1 15)&band=4", "band"),
        ("zonal", "geometry"),
        ("zonal?geometry=POINT(108 15)", "geometry"),
        ("zonal?layer=roads", "layer"),
        ("zonal?layer=admin_units&statistics=mode", "statistics"),
        ("zonal?layer=admin_units&geometry=POINT(108 15)", "layer"),
        ("zonal?layer=admin_units&limit=0", "limit"),
        ("zonal?layer=admin_units&colour=1", "colour"),
    ],
)
def test_bad_questions_are_told(asgi: Service, committed: Shelf, path: str, field: str) -> None:
    """By the parameter's name."""
    answer = asgi.get(f"/query/coverages/heights/{path}")
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


def test_statistics_of_an_area(asgi: Service, committed: Shelf) -> None:
    """Half pixels count by half: columns 10 to 20.5 of a slope."""
    corners = [degrees(column, row) for column, row in ((10, 40), (20.5, 40), (20.5, 60), (10, 60), (10, 40))]
    ring = ",".join(f"{lon} {lat}" for lon, lat in corners)
    found = asgi.get(f"/query/coverages/heights/zonal?geometry=POLYGON(({ring}))&statistics=count,mean,min,max,sum").json()["zones"][0]
    shares = np.array([1.0] * 10 + [0.5])
    values = np.arange(10, 21)
    assert found["count"] == pytest.approx(shares.sum() * 20, rel=1e-4)
    assert found["mean"] == pytest.approx((shares * values).sum() / shares.sum(), rel=1e-4)
    assert (found["min"], found["max"]) == (10, 20)


def test_statistics_of_each_unit(asgi: Service, committed: Shelf) -> None:
    """Page by page, the same numbers as one by one."""
    path: str | None = "/query/coverages/heights/zonal?layer=admin_units&statistics=mean,count&limit=2"
    zones: list[Any] = []
    while path:
        page = asgi.get(path).json()
        zones += page["zones"]
        path = next((link["href"].removeprefix("http://testserver") for link in page["links"] if link["rel"] == "next"), None)
    assert len(zones) == len({zone["id"] for zone in zones}) > 4
    known = next(zone for zone in zones if zone["count"])
    alone = asgi.get(f"/query/coverages/heights/zonal?of=admin_units/{known['id']}&statistics=mean,count").json()["zones"][0]
    assert (alone["mean"], alone["count"]) == pytest.approx((known["mean"], known["count"]), rel=1e-4)
    assert any(zone["mean"] is None and zone["count"] == 0 for zone in zones)


def test_only_the_own_rows_are_zones(asgi: Service, committed: Shelf) -> None:
    """Parcels by permission; strangers do not learn that there are any."""
    cast = committed.world.cast
    own = asgi.get("/query/coverages/heights/zonal?layer=parcels", cast["officer"]).json()["zones"]
    everything = asgi.get("/query/coverages/heights/zonal?layer=parcels", cast["leader"]).json()["zones"]
    assert 0 < len(own) < len(everything)
    assert asgi.get("/query/coverages/heights/zonal?layer=parcels", cast["stranger"]).status_code == 404


def test_statistics_over_several_scenes(committed: Shelf) -> None:
    """The topmost scene counts, the next one where that has nothing; alike for one scene and for many areas."""
    target, below = committed.convert(np.full((1, SIDE, SIDE), 5.0, "float32"))
    upper, above = committed.convert(slope())
    scenes = [Scene(str(upper.relative_to(upper.parents[1])), above), Scene(str(target.relative_to(target.parents[1])), below)]
    left, top = corner()
    strips = [shapely.box(left, top - (row + 1) * SIZE, left + SIDE * SIZE, top - row * SIZE) for row in (2, 30)]
    found = dict(zonal(scenes, [Zone(row, shape, 5899) for row, shape in enumerate(strips)], STATISTICS))
    assert found[0]["mean"] == pytest.approx(5.0)
    assert found[1]["mean"] == pytest.approx((SIDE - 1) / 2)
    assert found[1]["count"] == pytest.approx(SIDE)
    alone = dict(zonal(scenes[:1], [Zone("x", strips[1], 5899)], STATISTICS))["x"]
    assert alone == pytest.approx(found[1])
    nothing = dict(zonal([], [Zone(1, strips[0], 5899)], ("mean", "count")))
    assert nothing == {1: {"mean": None, "count": 0.0}}
    with pytest.raises(ValueError, match="colour"):
        list(zonal(scenes, [], ("colour",)))


def test_pixels_with_alpha_count_where_they_show(committed: Shelf) -> None:
    """A transparent half is no value."""
    data = np.concatenate([colour(10, 20, 30), np.where(np.arange(SIDE) < 60, 255, 0).astype("uint8")[None, None, :].repeat(SIDE, 1)])
    target, raster = committed.convert(data, alpha=True)
    scene = Scene(str(target.relative_to(target.parents[1])), raster)
    assert raster.alpha
    left, top = corner()
    whole = shapely.box(left, top - SIDE * SIZE, left + SIDE * SIZE, top)
    assert dict(zonal([scene], [Zone(1, whole, 5899)], ("count", "mean")))[1] == pytest.approx({"count": 60 * SIDE, "mean": 10})
