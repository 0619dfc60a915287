"""Answers as files and as a tile: the rows of the pages, each person's own, with their shares."""

import csv
from pathlib import Path
from typing import Any

import geopandas
import mapbox_vector_tile
import pyogrio
import pytest

from layers.queries.files import tile_around
from tests.cast import Person
from tests.service import Service
from tests.world import BOUNDS, World

AREA = "POLYGON(({0} {1},{2} {1},{2} {3},{0} {3},{0} {1}))".format(*BOUNDS)
HALF = (BOUNDS[0] + BOUNDS[2]) / 2
PART = f"POLYGON(({BOUNDS[0]} {BOUNDS[1]},{HALF} {BOUNDS[1]},{HALF} {BOUNDS[3]},{BOUNDS[0]} {BOUNDS[3]},{BOUNDS[0]} {BOUNDS[1]}))"
NAMES = ("officer", "sibling", "leader")


def _get(asgi: Service, person: Person | None, **query: Any) -> Any:
    return asgi.request("GET", "/query/within", person, params={"layer": "parcels", "geometry": AREA, **query})


def _pages(asgi: Service, person: Person, **query: Any) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = _get(asgi, person, limit=1000, **query).json()["features"]
    return features


def _table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("name", NAMES)
def test_each_gets_the_own_rows_in_every_format(asgi: Service, world: World, tmp_path: Path, name: str) -> None:
    """The keys of the pages, whatever the format."""
    person = world.cast[name]
    expected = {feature["id"] for feature in _pages(asgi, person)}
    assert {int(row["id"]) for row in _table(_get(asgi, person, f="csv").content)} == expected
    for kind, read in (("fgb", pyogrio.read_dataframe), ("parquet", geopandas.read_parquet)):
        path = tmp_path / f"a.{kind}"
        path.write_bytes(_get(asgi, person, f=kind).content)
        assert set(read(path)["id"]) == expected
    tile = _get(asgi, person, f="mvt")
    assert {feature["id"] for feature in mapbox_vector_tile.decode(tile.content)["parcels"]["features"]} == expected
    assert tile.headers["X-Tile"].count("/") == 2


def test_strangers_find_no_layer_in_any_format(asgi: Service, world: World) -> None:
    """The same 404."""
    for kind in ("csv", "fgb", "parquet", "geojsonseq", "mvt"):
        assert _get(asgi, world.cast["stranger"], f=kind).status_code == 404


def test_shares_stand_in_files(asgi: Service, world: World) -> None:
    """As on the pages."""
    person = world.cast["leader"]
    pages = {f["id"]: (f["inside"], f["share"]) for f in _pages(asgi, person, geometry=PART, shares="true")}
    assert pages
    rows = _table(_get(asgi, person, geometry=PART, shares="true", f="csv").content)
    assert {int(row["id"]): pytest.approx((float(row["inside"]), float(row["share"])), abs=1e-3) for row in rows} == pages


def test_a_limit_and_a_place_hold_in_files(asgi: Service, world: World) -> None:
    """`limit` and `after`."""
    person = world.cast["leader"]
    keys = sorted(feature["id"] for feature in _pages(asgi, person))
    rows = _table(_get(asgi, person, f="csv", after=keys[0], limit=2).content)
    assert [int(row["id"]) for row in rows] == keys[1:3]


def test_files_have_validators(asgi: Service, world: World) -> None:
    """304 while nothing changes."""
    person = world.cast["leader"]
    first = _get(asgi, person, f="csv")
    query = {"layer": "parcels", "geometry": AREA, "f": "csv"}
    held = asgi.request("GET", "/query/within", person, params=query, headers={"If-None-Match": first.headers["ETag"]})
    assert held.status_code == 304


@pytest.mark.parametrize(
    ("box", "tile"),
    [
        ((-1.0, -1.0, 1.0, 1.0), (0, 0, 0)),
        ((1.0, 1.0, 2.0, 2.0), (22, 2**21, 2**21 - 1)),
        ((0.0, -20_000_000.0, 20_000_000.0, -1.0), (1, 1, 1)),
    ],
)
def test_the_smallest_tile_around_a_box(box: tuple[float, float, float, float], tile: tuple[int, int, int]) -> None:
    """Of the usual square of the world."""
    assert tile_around(box) == tile
