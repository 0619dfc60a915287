"""Every query in every format, CRS and moment: each person's own rows, page after page."""

import csv
import io
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import geopandas
import mapbox_vector_tile
import orjson
import pytest

from gis_core import crs
from tests.cast import Person
from tests.service import Service
from tests.world import BOUNDS, World

PEOPLE = ("officer", "sibling", "leader")
NEAREST = {"lon": str(BOUNDS[0]), "lat": str(BOUNDS[1]), "layers": "parcels", "k": "100"}
QUERIES: dict[str, dict[str, str]] = {"nearest": NEAREST, "search": {"q": "markparcels", "layers": "parcels", "limit": "50"}}
FORMATS = ("json", "geojson", "csv", "flatgeobuf", "mvt")


def _get(asgi: Service, query: str, person: Person | None, **asked: Any) -> Any:
    return asgi.request("GET", f"/query/{query}", person, params=asked)


def _keys(query: str, f: str, content: bytes) -> set[int]:
    """The rows of layer `parcels` that an answer shows."""
    if f == "mvt":
        layers = mapbox_vector_tile.decode(content)
        return {feature["id"] for feature in layers.get("parcels", {"features": []})["features"]}
    if f == "csv":
        return {int(row["id"]) for row in csv.DictReader(content.decode("utf-8-sig").splitlines())}
    if f == "flatgeobuf":
        return {int(key) for key in geopandas.read_file(io.BytesIO(content))["id"]}
    document = orjson.loads(content)
    if f == "geojson":
        return {feature["id"] for feature in document["features"]}
    if query == "search":
        return {hit["id"] for hit in document["results"]}
    return {feature["id"] for result in document["results"] for feature in result["features"]}


@pytest.mark.parametrize("f", FORMATS)
@pytest.mark.parametrize("query", QUERIES)
def test_each_gets_the_own_rows_in_every_format(asgi: Service, world: World, query: str, f: str) -> None:
    """Those of the contract's oracle, never a neighbour's."""
    homes = {"officer": "A", "sibling": "B"}
    for name in PEOPLE:
        answer = _get(asgi, query, world.cast[name], **QUERIES[query], f=f)
        assert answer.status_code == 200, answer.text
        expected = {row.pk for row in world.rows["parcels"] if homes.get(name) in (None, row.home)}
        found = _keys(query, f, answer.content)
        assert found == expected if f != "mvt" else found <= expected, (name, query, f)


@pytest.mark.parametrize("f", FORMATS)
def test_what_stands_at_a_point_in_every_format(asgi: Service, world: World, f: str) -> None:
    """The officer's parcel, and nothing for the neighbour."""
    row = world.row("parcels", "A")
    asked = {"lon": str(row.at[0] + 0.00002), "lat": str(row.at[1] + 0.00002), "layers": "parcels", "f": f}
    assert _keys("at-point", f, _get(asgi, "at-point", world.cast["officer"], **asked).content) == {row.pk}
    assert _keys("at-point", f, _get(asgi, "at-point", world.cast["sibling"], **asked).content) == set()


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("f", ["csv", "geojson", "flatgeobuf"])
def test_groups_count_the_own_rows(asgi: Service, world: World, name: str, f: str) -> None:
    """By unit with outlines; the counts of all formats are those of JSON."""
    asked = {"layer": "parcels", "by": "unit", "level": "commune"}
    whole = _get(asgi, "aggregate", world.cast[name], **asked).json()
    content = _get(asgi, "aggregate", world.cast[name], **asked, f=f).content
    if f == "geojson":
        counts = [feature["properties"]["count"] for feature in orjson.loads(content)["features"]]
    elif f == "csv":
        counts = [orjson.loads(row["attributes"])["count"] for row in csv.DictReader(content.decode("utf-8-sig").splitlines())]
    else:
        counts = [orjson.loads(text)["count"] for text in geopandas.read_file(io.BytesIO(content))["attributes"]]
    assert sum(counts) == whole["count"]


def test_metrics_as_a_table(asgi: Service, world: World) -> None:
    """A row a unit, with what JSON says."""
    asked = {"metrics": "facilities.count", "by": "unit"}
    whole = _get(asgi, "metrics", None, **asked).json()["metrics"][0]
    rows = list(csv.DictReader(_get(asgi, "metrics", None, **asked, f="csv").content.decode("utf-8-sig").splitlines()))
    assert [int(row["value"]) for row in rows] == [group["value"] for group in whole["groups"]]


@pytest.mark.parametrize("query", QUERIES)
def test_pages_lead_through_everything_once(asgi: Service, world: World, query: str) -> None:
    """By the link `next`, which stays right when rows come in between."""
    person = world.cast["leader"]
    size = {"nearest": {"k": "3"}, "search": {"limit": "3"}}[query]
    whole = _get(asgi, query, person, **QUERIES[query]).content
    seen: list[int] = []
    asked = {**QUERIES[query], **size}
    while True:
        answer = _get(asgi, query, person, **asked)
        part = _keys(query, "json", answer.content)
        assert not part & set(seen)
        seen += part
        links = [link["href"] for link in answer.json().get("links", [])]
        if not links:
            break
        asked = dict(parse_qsl(urlsplit(links[0]).query))
    assert set(seen) == _keys(query, "json", whole)


@pytest.mark.parametrize("query", ["nearest", "search", "at-point"])
def test_positions_in_vn2000(asgi: Service, world: World, query: str) -> None:
    """The same places, in metres, and the answer says so."""
    row = world.row("facilities", "A")
    uri = crs.uri(5899)
    asked = (
        {"q": row.label, "layers": "facilities"}
        if query == "search"
        else {"lon": str(row.at[0]), "lat": str(row.at[1]), "layers": "facilities"}
    )
    answer = _get(asgi, query, None, **asked, crs=uri)
    assert answer.headers["Content-Crs"] == f"<{uri}>"
    document = answer.json()
    east, north = crs.transform(crs.WGS84, 5899, *row.at)
    first = document["results"][0]
    place = first["position"] if query == "search" else first["features"][0]["geometry"]["coordinates"]
    assert place == pytest.approx([east, north], abs=0.01)


def test_cells_in_vn2000_have_round_corners(asgi: Service, world: World) -> None:
    """They lie on the plane's own grid."""
    answer = _get(asgi, "aggregate", None, layer="facilities", by="grid", size="500", f="geojson", crs=crs.uri(5899)).json()
    corner = answer["features"][0]["geometry"]["coordinates"][0][0]
    assert [value / 500 - round(value / 500) for value in corner] == pytest.approx([0, 0], abs=1e-4)


def test_as_of_shows_what_was_known(asgi: Service, world: World) -> None:
    """Units that were in force; events that had happened; not beside datetime."""
    lon, lat = world.row("incidents", "A").at
    past = _get(asgi, "at-point", world.cast["leader"], lon=str(lon), lat=str(lat), **{"as-of": "2025-01-01"}).json()
    assert past["admin_unit"]["valid_from"] < "2025-01-01"
    assert [result["features"] for result in past["results"] if result["layer"] == "incidents"] == [[]]
    later = _get(asgi, "at-point", world.cast["leader"], lon=str(lon), lat=str(lat), **{"as-of": "2027-01-01"}).json()
    assert [len(result["features"]) > 0 for result in later["results"] if result["layer"] == "incidents"] == [True]
    both = _get(asgi, "aggregate", None, layer="facilities", by="theme", datetime="2025-01-01", **{"as-of": "2025-01-01"})
    assert (both.status_code, both.json()["field"]) == (400, "as-of")


@pytest.mark.parametrize(
    ("query", "asked", "field"),
    [
        ("nearest", {**NEAREST, "after": "x"}, "after"),
        ("nearest", {**NEAREST, "layers": "parcels,facilities", "after": "1.0,2"}, "after"),
        ("nearest", {**NEAREST, "crs": "EPSG:1"}, "crs"),
        ("search", {"q": "mark", "after": "1"}, "after"),
        ("search", {"q": "mark", "f": "shp"}, "f"),
        ("search", {"q": "mark", "filter": "theme = 'health'"}, "filter"),
        ("at-point", {"lon": "108.4", "lat": "15.5", "filter": "theme = 'health'"}, "filter"),
        ("aggregate", {"layer": "facilities", "by": "theme", "f": "mvt"}, "f"),
        ("at-point", {"lon": "108.4", "lat": "15.5", "as-of": "gestern"}, "as-of"),
    ],
)
def test_wrong_values_are_named(asgi: Service, world: World, query: str, asked: dict[str, str], field: str) -> None:
    """400 with the parameter's name."""
    answer = _get(asgi, query, world.cast["leader"], **asked)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
