"""How each service shows a layer: the keys of its rows, their number, their bounds, or the layer's name.

A service that comes later adds one function here; the contract then holds it to every layer and all of the cast.
"""

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import mapbox_vector_tile
import pytest

from layers.catalogue import catalogue
from tests.contract.reader import Absent, Reader
from tests.world import BOUNDS

Bounds = tuple[float, float, float, float]
Tile = tuple[int, int, int]

F = TypeVar("F", bound=Callable[[Reader], object])
Keys = Callable[[Reader], set[int]]
Counts = Callable[[Reader], int]
Extents = Callable[[Reader], Bounds | None]
Presence = Callable[[Reader], None]

KEYS: dict[str, Keys] = {}
COUNTS: dict[str, Counts] = {}
EXTENTS: dict[str, Extents] = {}
PRESENCE: dict[str, Presence] = {}


def tile_of(lon: float, lat: float, z: int) -> Tile:
    """The tile of WebMercatorQuad over a position."""
    across = (lon + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return z, int(across * 2**z), int(down * 2**z)


def tiles_over(bounds: Bounds, z: int) -> list[Tile]:
    """All tiles of a zoom that meet `bounds`."""
    _z, left, bottom = tile_of(bounds[0], bounds[1], z)
    _z, right, top = tile_of(bounds[2], bounds[3], z)
    return [(z, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def decode(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """Features by layer of an MVT."""
    return {name: layer["features"] for name, layer in mapbox_vector_tile.decode(content).items()} if content else {}


# Layers of a tile that stand for features at low zooms.
LOW = ("grid", "units", "areas", "blocks", "note")


def features_zoom(name: str) -> int:
    """A zoom at which the layer shows single features, in few tiles."""
    how = next((layer.generalisation for layer in catalogue.feature_layers() if layer.name == name), None)
    return how.detail_zoom if how else 13


def read_tiles(reader: Reader, names: str, tiles: Iterable[Tile]) -> set[int]:
    """The keys of the reader's layer in several tiles."""
    found: set[int] = set()
    for z, x, y in tiles:
        content = decode(reader.get(f"/tiles/{names}/{z}/{x}/{y}.mvt").content)
        asked = {part for name in names.split(",") for part in (name, f"{name}_label", *(f"{name}_{low}" for low in LOW))}
        assert set(content) <= asked, f"layers nobody asked for: {set(content)}"
        # Label points count too: the name of a hidden row is as much a leak as its shape.
        found |= {feature["id"] for part in (reader.name, f"{reader.name}_label") for feature in content.get(part, [])}
    return found


ZOOMS = (0, 3, 6, 8, 9, 10, 11, 12, 13, 14, 16, 18, 20, 22)


def read_zoom(reader: Reader, z: int) -> set[int]:
    """The keys in every tile of a zoom where those are few; else in the tiles in which each row stands, seen or not."""
    tiles = tiles_over(BOUNDS, z) if z <= 13 else sorted({tile_of(*row.at, z) for row in reader.rows})
    return read_tiles(reader, reader.name, tiles)


def service(registry: dict[str, F], name: str) -> Callable[[F], F]:
    """Decorator: this function tells what the service `name` shows."""

    def add(function: F) -> F:
        registry[name] = function
        return function

    return add


@service(KEYS, "tiles from the database")
def tiles_from_database(reader: Reader) -> set[int]:
    """A node that cannot be current asks the database instead of its memory: the same contract, other code."""
    found: set[int] = set()
    for z, x, y in tiles_over(BOUNDS, features_zoom(reader.name)):
        content = decode(reader.get(f"/tiles/{reader.name}/{z}/{x}/{y}.mvt?min_seq=99999999999").content)
        found |= {feature["id"] for feature in content.get(reader.name, [])}
    return found


@service(KEYS, "composite tile")
def composite_tile(reader: Reader) -> set[int]:
    """The layer in one tile together with two others that are open to everybody."""
    names = ",".join(dict.fromkeys(["roads", reader.name, "water"]))
    return read_tiles(reader, names, tiles_over(BOUNDS, features_zoom(reader.name)))


@service(KEYS, "OGC items, page by page")
def items(reader: Reader) -> set[int]:
    """Every page by its `next` link."""
    found: list[int] = []
    path: str | None = f"/ogc/collections/{reader.name}/items?limit=3"
    while path:
        page = reader.get(path, headers={"Accept": "application/geo+json"}).json()
        found += [feature["id"] for feature in page["features"]]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(found) == len(set(found)), "a row stands on two pages"
    return set(found)


@service(KEYS, "OGC items by bbox")
def items_by_bbox(reader: Reader) -> set[int]:
    """All rows lie in the world's bounds."""
    bbox = ",".join(map(str, BOUNDS))
    page = reader.get(f"/ogc/collections/{reader.name}/items?limit=1000&bbox={bbox}", headers={"Accept": "application/geo+json"}).json()
    assert page["numberReturned"] == len(page["features"])
    return {feature["id"] for feature in page["features"]}


@service(KEYS, "OGC items, sorted")
def items_sorted(reader: Reader) -> set[int]:
    """Every page by its `next` link, in another order than that of the keys."""
    names = list(
        reader.get(f"/ogc/collections/{reader.name}/sortables", headers={"Accept": "application/schema+json"}).json()["properties"]
    )
    found: list[int] = []
    path: str | None = f"/ogc/collections/{reader.name}/items?limit=2&sortby=-{names[0]},{names[-1]}"
    while path:
        page = reader.get(path, headers={"Accept": "application/geo+json"}).json()
        found += [feature["id"] for feature in page["features"]]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(found) == len(set(found)), "a row stands on two pages"
    return set(found)


@service(KEYS, "OGC items as a file")
def items_as_file(reader: Reader) -> set[int]:
    """Files hold everything that is open to the person, in one answer."""
    text = reader.get(f"/ogc/collections/{reader.name}/items?f=csv").content.decode("utf-8-sig")
    return {int(row["id"]) for row in csv.DictReader(text.splitlines())}


@service(KEYS, "OGC API tiles")
def ogc_tiles(reader: Reader) -> set[int]:
    """Rows and columns the other way round than in `/tiles/`."""
    found: set[int] = set()
    for z, x, y in tiles_over(BOUNDS, features_zoom(reader.name)):
        answer = reader.get(f"/ogc/collections/{reader.name}/tiles/WebMercatorQuad/{z}/{y}/{x}?f=mvt")
        dataset = reader.get(f"/ogc/tiles/WebMercatorQuad/{z}/{y}/{x}?collections={reader.name}")
        assert answer.content == dataset.content
        found |= {feature["id"] for feature in decode(answer.content).get(reader.name, [])}
    return found


@service(KEYS, "at-point")
def at_point(reader: Reader) -> set[int]:
    """What is told at the place of each row."""
    found: set[int] = set()
    for row in reader.rows:
        lon, lat = row.at
        answer = reader.get(f"/query/at-point?lon={lon + 0.00001}&lat={lat + 0.000005}&layers={reader.name}").json()
        for result in answer["results"]:
            assert result["layer"] == reader.name
            found |= {feature["id"] for feature in result["features"]}
    return found


_WORLD = "POLYGON(({0} {1},{2} {1},{2} {3},{0} {3},{0} {1}))".format(BOUNDS[0] - 0.01, BOUNDS[1] - 0.01, BOUNDS[2] + 0.01, BOUNDS[3] + 0.01)


@service(KEYS, "nearest")
def nearest(reader: Reader) -> set[int]:
    """The hundred nearest to the world's corner are all there are."""
    answer = reader.get(f"/query/nearest?lon={BOUNDS[0]}&lat={BOUNDS[1]}&k=100&layers={reader.name}").json()
    return {feature["id"] for result in answer["results"] for feature in result["features"]}


@service(KEYS, "within an area, page by page")
def within(reader: Reader) -> set[int]:
    """Every page by its `next` link."""
    found: list[int] = []
    path: str | None = f"/query/within?layer={reader.name}&limit=5&geometry={_WORLD}"
    while path:
        page = reader.get(path).json()
        found += [feature["id"] for feature in page["features"]]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(found) == len(set(found)), "a row stands on two pages"
    return set(found)


@service(COUNTS, "aggregate by square")
def aggregated(reader: Reader) -> int:
    """The groups' sum."""
    answer = reader.get(f"/query/aggregate?layer={reader.name}&by=grid&size=700").json()
    assert answer["count"] == sum(group["count"] for group in answer["groups"])
    return int(answer["count"])


@service(COUNTS, "metrics")
def measured(reader: Reader) -> int:
    """The whole, and the same number by unit."""
    whole = reader.get(f"/query/metrics?metrics={reader.name}.count").json()["metrics"][0]
    (by_unit,) = reader.get(f"/query/metrics?metrics={reader.name}.count&by=unit").json()["metrics"]
    assert sum(group["amount"] for group in by_unit["groups"]) == whole["amount"] == whole["value"]
    return int(whole["value"])


@service(COUNTS, "within, counted")
def counted_within(reader: Reader) -> int:
    """`count=true`."""
    return int(reader.get(f"/query/within?layer={reader.name}&limit=1&count=true&geometry={_WORLD}").json()["numberMatched"])


@service(PRESENCE, "search")
def searched(reader: Reader) -> None:
    """Each row that is seen is found by its mark; a hidden one is not (`Reader.get` looks for traces)."""
    reader.get(f"/query/search?q=mark&layers={reader.name}&limit=50")


@service(COUNTS, "catalogue page")
def count_on_page(reader: Reader) -> int:
    """The number beside the layer's name."""
    return int(reader.page_entry("/")["count"])


@service(COUNTS, "wall counts")
def count_on_wall(reader: Reader) -> int:
    """The number on the wall."""
    counts = reader.get("/wall/counts").json()
    if reader.name not in counts:
        raise Absent("/wall/counts")
    return int(counts[reader.name])


@service(COUNTS, "OGC numberMatched")
def number_matched(reader: Reader) -> int:
    """Counted after permission."""
    page = reader.get(f"/ogc/collections/{reader.name}/items?limit=1", headers={"Accept": "application/geo+json"}).json()
    return int(page["numberMatched"])


@service(EXTENTS, "TileJSON")
def tilejson_bounds(reader: Reader) -> Bounds | None:
    """`bounds`."""
    document = reader.get(f"/tiles/{reader.name}.json").json()
    assert {layer["id"] for layer in document["vector_layers"]} <= {
        reader.name,
        f"{reader.name}_label",
        *(f"{reader.name}_{low}" for low in LOW),
    }
    bounds: Bounds | None = document.get("bounds")
    return bounds


@service(EXTENTS, "catalogue page")
def page_bounds(reader: Reader) -> Bounds | None:
    """Where the map jumps to."""
    bounds: Bounds | None = reader.page_entry("/")["bounds"]
    return bounds


@service(EXTENTS, "OGC collection")
def collection_extent(reader: Reader) -> Bounds | None:
    """`extent.spatial.bbox`."""
    document = reader.get(f"/ogc/collections/{reader.name}", headers={"Accept": "application/json"}).json()
    boxes = document.get("extent", {}).get("spatial", {}).get("bbox")
    return boxes[0] if boxes else None


@service(EXTENTS, "OGC API tile set")
def tileset_bounds(reader: Reader) -> Bounds | None:
    """`boundingBox`."""
    document = reader.get(f"/ogc/collections/{reader.name}/tiles/WebMercatorQuad").json()
    box = document.get("boundingBox")
    return (*box["lowerLeft"], *box["upperRight"]) if box else None


def _must_name(reader: Reader, names: Iterable[str], where: str) -> None:
    if reader.name not in set(names):
        raise Absent(where)


@service(PRESENCE, "style")
def in_style(reader: Reader) -> None:
    """The style's sources, and nothing else drawn."""
    style = reader.get("/tiles/style.json").json()
    drawn = {layer["metadata"]["layer"] for layer in style["layers"] if "source" in layer}
    assert drawn <= set(style["sources"])
    _must_name(reader, style["sources"], "/tiles/style.json")


@service(PRESENCE, "style of named layers")
def in_named_style(reader: Reader) -> None:
    """`?layers=`."""
    reader.get(f"/tiles/style.json?layers={reader.name}")


@service(PRESENCE, "TileJSON")
def has_tilejson(reader: Reader) -> None:
    """The document itself."""
    reader.get(f"/tiles/{reader.name}.json")


@service(PRESENCE, "catalogue page")
def on_catalogue_page(reader: Reader) -> None:
    """`/`."""
    reader.page_entry("/")


@service(PRESENCE, "wall page")
def on_wall_page(reader: Reader) -> None:
    """`/wall/`."""
    reader.page_entry("/wall/")


@service(PRESENCE, "OGC API tile set of the dataset")
def in_dataset_tileset(reader: Reader) -> None:
    """The layers of `/ogc/tiles/WebMercatorQuad`."""
    document = reader.get("/ogc/tiles/WebMercatorQuad").json()
    assert reader.get("/ogc/tiles").json()["tilesets"]
    _must_name(reader, [layer["id"] for layer in document["layers"]], "/ogc/tiles")


@service(PRESENCE, "OGC API styles")
def in_styles(reader: Reader) -> None:
    """The list, and what draws all layers."""
    listed = {style["id"] for style in reader.get("/ogc/styles").json()["styles"]}
    drawn = set(reader.get("/ogc/styles/default?f=mbs").json()["sources"])
    assert reader.name not in listed ^ drawn
    _must_name(reader, listed, "/ogc/styles")


@service(PRESENCE, "OGC collections")
def in_collections(reader: Reader) -> None:
    """The list of collections."""
    document = reader.get("/ogc/collections", headers={"Accept": "application/json"}).json()
    _must_name(reader, [collection["id"] for collection in document["collections"]], "/ogc/collections")


@service(PRESENCE, "OGC collection")
def has_collection(reader: Reader) -> None:
    """The collection itself."""
    reader.get(f"/ogc/collections/{reader.name}", headers={"Accept": "application/json"})


@service(PRESENCE, "live stream")
def has_stream(reader: Reader) -> None:
    """Whether a stream opens."""
    with reader.service.stream(f"/live/?layers={reader.name}", reader.person) as stream:
        if stream.status == 404:
            raise Absent("/live/")
        event = stream.event()
        assert event is not None and event.kind == "hello"


def parametrize(registry: Mapping[str, object]) -> pytest.MarkDecorator:
    """One test a service."""
    return pytest.mark.parametrize("service", registry.values(), ids=registry.keys())
