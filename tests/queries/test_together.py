"""What every query takes besides its own question: CQL2 as text and as JSON, a CRS, a moment, in every format at once."""

import csv
import io
import json
import statistics
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import geopandas
import mapbox_vector_tile
import orjson
import pytest
import shapely

from gis_core import crs
from tests.cast import Person
from tests.service import Service
from tests.world import BOUNDS, World

CORNER = {"lon": str(BOUNDS[0]), "lat": str(BOUNDS[1])}
AREA = shapely.box(BOUNDS[0] - 0.01, BOUNDS[1] - 0.01, BOUNDS[2] + 0.01, BOUNDS[3] + 0.01).wkt
FORMATS = ("json", "csv", "flatgeobuf")


def _ask(asgi: Service, query: str, person: Person | None = None, /, **asked: Any) -> Any:
    answer = asgi.request("GET", f"/query/{query}", person, params=asked)
    assert answer.status_code == 200, answer.text
    return answer


def _question(query: str, world: World) -> dict[str, str]:
    """One that finds every facility of the world, or the one at a place."""
    row = world.row("facilities", "A")
    return {
        "nearest": {**CORNER, "layers": "facilities", "k": "100"},
        "within": {"layer": "facilities", "geometry": AREA, "limit": "1000"},
        "search": {"q": "mark", "layers": "facilities", "limit": "50"},
        "at-point": {"lon": str(row.at[0]), "lat": str(row.at[1]), "layers": "facilities"},
    }[query]


def _found(query: str, f: str, content: bytes) -> dict[int, Any]:
    """Keys and shapes, whatever the format."""
    if f == "csv":
        rows = csv.DictReader(content.decode("utf-8-sig").splitlines())
        return {int(row["id"]): shapely.from_wkt(row["WKT"]) for row in rows}
    if f == "flatgeobuf":
        frame = geopandas.read_file(io.BytesIO(content))
        return {int(key): shape for key, shape in zip(frame["id"], frame.geometry, strict=True)}
    document = orjson.loads(content)
    if query == "within":
        features = document["features"]
    elif query == "search":
        return {hit["id"]: shapely.Point(hit["position"]) for hit in document["results"]}
    else:
        features = [feature for result in document["results"] for feature in result["features"]]
    return {feature["id"]: shapely.geometry.shape(feature["geometry"]) for feature in features}


QUERIES = ("nearest", "within", "search", "at-point")


@pytest.mark.parametrize("f", FORMATS)
@pytest.mark.parametrize("query", QUERIES)
def test_a_filter_is_the_same_as_text_and_as_json(asgi: Service, world: World, query: str, f: str) -> None:
    """One row by its name, in every format; nothing where nothing has it."""
    row = world.row("facilities", "A")
    question = {**_question(query, world), "f": f}
    text = {"filter": f"name = '{row.label} name'"}
    as_json = {"filter": json.dumps({"op": "=", "args": [{"property": "name"}, f"{row.label} name"]}), "filter-lang": "cql2-json"}
    for only in (text, as_json):
        assert set(_found(query, f, _ask(asgi, query, **question, **only).content)) == {row.pk}
    nothing = _ask(asgi, query, **question, filter="name = 'so heißt niemand'")
    assert _found(query, f, nothing.content) == {}


@pytest.mark.parametrize("f", FORMATS)
@pytest.mark.parametrize("query", QUERIES)
def test_the_plane_is_the_same_in_every_format(asgi: Service, world: World, query: str, f: str) -> None:
    """East before north in VN-2000, to the centimetre; the answer names its CRS."""
    row = world.row("facilities", "A")
    question = {**_question(query, world), "filter": f"name = '{row.label} name'", "crs": crs.uri(5899), "f": f}
    answer = _ask(asgi, query, **question)
    (shape,) = _found(query, f, answer.content).values()
    east, north = crs.transform(crs.WGS84, 5899, *row.at)
    assert (shape.centroid.x, shape.centroid.y) == pytest.approx((east, north), abs=0.02)
    assert answer.headers["Content-Crs"] == f"<{crs.uri(5899)}>"
    if f == "flatgeobuf":
        assert geopandas.read_file(io.BytesIO(answer.content)).crs.to_epsg() == 5899


@pytest.mark.parametrize("f", FORMATS)
@pytest.mark.parametrize("query", ["nearest", "within", "at-point"])
def test_a_moment_of_the_past_has_its_own_rows(asgi: Service, world: World, query: str, f: str) -> None:
    """Units of before the reform, and none of those that it made; tomorrow's of today."""
    unit = world.units["A"]
    lon, lat = unit.geom.point_on_surface.coords
    question: dict[str, str] = {
        "nearest": {"lon": str(lon), "lat": str(lat), "layers": "admin_units", "k": "50"},
        "within": {"layer": "admin_units", "geometry": f"POINT({lon} {lat})", "buffer": "5"},
        "at-point": {"lon": str(lon), "lat": str(lat), "layers": "admin_units"},
    }[query]
    past = _found(query, f, _ask(asgi, query, **question, f=f, **{"as-of": "2025-01-01"}).content)
    present = _found(query, f, _ask(asgi, query, **question, f=f).content)
    assert unit.pk in present
    assert unit.pk not in past
    assert past
    tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011  any day of the reform's time
    assert set(_found(query, f, _ask(asgi, query, **question, f=f, **{"as-of": tomorrow}).content)) == set(present)


@pytest.mark.parametrize("by", ["unit", "grid", "hexagon"])
def test_groups_have_their_outlines_where_they_lie(asgi: Service, world: World, by: str) -> None:
    """Each row's place is in the outline of a group that counts it; groups of all formats count the same."""
    asked = {"layer": "facilities", "by": by, "size": "400", "level": "commune"}
    document = _ask(asgi, "aggregate", **asked, f="geojson").json()
    outlines = [(shapely.geometry.shape(one["geometry"]), one["properties"]["count"]) for one in document["features"] if one["geometry"]]
    for row in world.rows["facilities"]:
        inside = [count for shape, count in outlines if shape.covers(shapely.Point(row.at))]
        assert inside or by == "unit"
    plain = _ask(asgi, "aggregate", **asked).json()
    tile = mapbox_vector_tile.decode(_ask(asgi, "aggregate", **asked, f="mvt").content)["facilities"]["features"]
    assert sum(feature["properties"]["count"] for feature in tile) == sum(count for _shape, count in outlines)
    assert plain["count"] == document["count"]


@pytest.mark.parametrize("measure", ["count", "sum", "mean", "min", "max"])
def test_measures_are_those_of_the_rows(asgi: Service, world: World, measure: str) -> None:
    """Of the areas of the parcels that the officer sees, by land use."""
    officer = world.cast["officer"]
    rows = _ask(asgi, "within", officer, layer="parcels", geometry=AREA, limit="1000").json()["features"]
    values: dict[Any, list[float]] = {}
    for feature in rows:
        values.setdefault(feature["properties"]["land_use"], []).append(feature["properties"]["area_m2"])
    asked = {"layer": "parcels", "by": "land_use", "measure": measure, **({} if measure == "count" else {"field": "area_m2"})}
    groups = _ask(asgi, "aggregate", officer, **asked).json()["groups"]
    of: dict[str, Callable[[list[float]], float]] = {"count": len, "sum": sum, "mean": statistics.fmean, "min": min, "max": max}
    expected = {use: float(of[measure](all_)) for use, all_ in values.items()}
    assert {group["key"]: group["value"] for group in groups} == pytest.approx(expected)


def test_a_tile_holds_a_layer_each(asgi: Service, world: World) -> None:
    """The smallest tile around everything that was found; its address stands in a header."""
    row = world.row("facilities", "A")
    answer = _ask(asgi, "nearest", lon=str(row.at[0]), lat=str(row.at[1]), layers="facilities,roads", k="3", f="mvt")
    z, x, y = map(int, answer.headers["X-Tile"].split("/"))
    assert 0 <= x < 2**z and 0 <= y < 2**z
    layers = mapbox_vector_tile.decode(answer.content)
    assert set(layers) == {"facilities", "roads"}
    for layer in layers.values():
        for feature in layer["features"]:
            shape = shapely.geometry.shape(feature["geometry"])
            assert shapely.box(-1, -1, 4_097, 4_097).covers(shape)
            assert feature["properties"]["distance_m"] >= 0


@pytest.mark.parametrize("f", ["csv", "flatgeobuf", "mvt", "geojson"])
def test_answers_are_not_sent_again(asgi: Service, world: World, f: str) -> None:
    """Who holds one is told that it stands; formats do not share validators."""
    question = _question("nearest", world)
    first = _ask(asgi, "nearest", **question, f=f)
    tag = first.headers["ETag"]
    again = asgi.request("GET", "/query/nearest", params={**question, "f": f}, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert _ask(asgi, "nearest", **question).headers["ETag"] != tag


def test_spreadsheets_run_nothing(asgi: Service, world: World) -> None:
    """Cells that begin like a formula are texts."""
    content = _ask(asgi, "nearest", **_question("nearest", world), f="csv").content.decode("utf-8-sig")
    for row in csv.reader(content.splitlines()):
        assert not any(cell[:1] in ("=", "+", "@") for cell in row)
