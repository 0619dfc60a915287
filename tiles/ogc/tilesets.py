"""Tile sets and tile matrix sets as documents (OGC API - Tiles Part 1; OGC 17-083r4, clauses 7 and 8)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.changes.clock import clock
from layers.attributes import attributes
from layers.catalogue import catalogue
from layers.freshness import layer_state
from layers.layer import CoverageLayer, FeatureLayer
from layers.ogc.collections import visible_layers
from layers.ogc.extents import extent_of
from layers.ogc.links import link
from layers.ogc.media import JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.schemas.queryables import schema_of
from layers.presentation import presentation
from tiles.matrix import MATRIX_SETS, MatrixSet, definition, matrix_set
from tiles.ogc.asgi import FORMATS, dataset_layers
from tiles.ogc.maps import KINDS
from tiles.tilejson import DETAIL_ZOOM
from tiles.wms.reading import drawable

MVT = "application/vnd.mapbox-vector-tile"
SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
_PICTURES = {key: KINDS[key] for key in ("png", "webp", "jpeg")}
_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}


@resource(JSON)
def matrix_sets(call: Call) -> Document:
    """`/tileMatrixSets`."""
    call.parameters()

    def build() -> Content:
        entries = [
            {"id": one.id, "title": one.title, "crs": crs.uri(one.srid), "links": [_scheme(call, one, rel="self")]}
            for one in MATRIX_SETS.values()
        ]
        return {"tileMatrixSets": entries, "links": call.twins(_("Tile matrix sets"))}

    return Document(build, "", ())


@resource(JSON)
def one_matrix_set(call: Call, matrix: str) -> Document:
    """`/tileMatrixSets/<id>`."""
    found = matrix_set(matrix)
    call.parameters()
    return Document(lambda: definition(found), "", ())


@resource(JSON)
def dataset_tilesets(call: Call) -> Document:
    """`/tiles`: the tile sets of everything that is open to the caller."""
    call.parameters()
    layers = _tiled(call)

    def build() -> Content:
        return {
            "links": call.twins(_("Vector tiles")),
            "tilesets": [_entry(call, one, _("All layers"), "tiles") for one in MATRIX_SETS.values()],
        }

    return Document(build, "", [layer.name for layer in layers])


@resource(JSON)
def dataset_tileset(call: Call, matrix: str) -> Document:
    """`/tiles/<matrix set>`."""
    found = matrix_set(matrix)
    call.parameters()
    layers = _tiled(call)
    return _tileset(call, found, layers, _("All layers"), "tiles")


@resource(JSON)
def collection_tilesets(call: Call, name: str) -> Document:
    """`/collections/<layer>/tiles`."""
    layer = catalogue.features(name, call.scope, "tiles")
    call.parameters()
    path = f"collections/{layer.name}/tiles"

    def build() -> Content:
        return {
            "links": call.twins(layer.title),
            "tilesets": [_entry(call, one, str(layer.title), path) for one in MATRIX_SETS.values()],
        }

    return Document(build, "", ())


@resource(JSON)
def collection_tileset(call: Call, name: str, matrix: str) -> Document:
    """`/collections/<layer>/tiles/<matrix set>`."""
    layer = catalogue.features(name, call.scope, "tiles")
    found = matrix_set(matrix)
    call.parameters()
    return _tileset(call, found, [layer], str(layer.title), f"collections/{layer.name}/tiles")


@resource(JSON)
def map_tilesets(call: Call, name: str) -> Document:
    """`/collections/<layer>/map/tiles`, of a raster too."""
    layer = drawable(name, call.scope)
    call.parameters()
    path = f"collections/{layer.name}/map/tiles"

    def build() -> Content:
        entries = [_entry(call, one, str(layer.title), path, "map") for one in MATRIX_SETS.values()]
        return {"links": call.twins(layer.title), "tilesets": entries}

    return Document(build, "", ())


@resource(JSON)
def map_tileset(call: Call, name: str, matrix: str) -> Document:
    """`/collections/<layer>/map/tiles/<matrix set>`, of a raster too."""
    layer = drawable(name, call.scope)
    found = matrix_set(matrix)
    call.parameters()
    if isinstance(layer, CoverageLayer):
        return _coverage_tileset(call, found, layer)
    return _tileset(call, found, [layer], str(layer.title), f"collections/{layer.name}/map/tiles", "map")


def _coverage_tileset(call: Call, matrix: MatrixSet, layer: CoverageLayer) -> Document:
    path = f"collections/{layer.name}/map/tiles"

    def build() -> Content:
        west, south, east, north = layer.degrees
        entry = _entry(call, matrix, str(layer.title), path, "map")
        return {
            **entry,
            "links": [*entry["links"], *_items(call, matrix, path, str(layer.title), _PICTURES)],
            "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": crs.CRS84},
        }

    return Document(build, "", [layer.state])


def _items(call: Call, matrix: MatrixSet, path: str, title: str, formats: Mapping[str, str]) -> list[dict[str, Any]]:
    """Links to the tiles, a format each."""
    pattern = call.links.at(f"/ogc/{path}/{matrix.id}/")
    return [
        {**link("item", f"{pattern}{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f={key}", media, title), "templated": True}
        for key, media in formats.items()
    ]


def _tiled(call: Call) -> list[FeatureLayer]:
    found = [layer for layer in visible_layers(call) if "tiles" in layer.services]
    names = set(dataset_layers(found))
    return [layer for layer in found if layer.name in names]


def _tileset(call: Call, matrix: MatrixSet, layers: Sequence[FeatureLayer], title: str, path: str, kind: str = "vector") -> Document:
    reaches = {layer: layer.reach(call.scope) for layer in layers}
    marks = {layer: clock.stamp(layer.table, None, reach) for layer, reach in reaches.items()}

    def build() -> Content:
        items = _items(call, matrix, path, title, {FORMATS[0]: MVT} if kind == "vector" else _PICTURES)
        entry = _entry(call, matrix, title, path, kind)
        return {
            **entry,
            "links": [*entry["links"], *items],
            "layers": [_layer(call, layer, matrix) for layer in layers],
            **_bounds([extent_of(layer, reach, marks[layer]).as_json(layer.decimals) for layer, reach in reaches.items()]),
        }

    return Document(build, "", [layer_state(layer, reach) for layer, reach in reaches.items()])


def _entry(call: Call, matrix: MatrixSet, title: str, path: str, kind: str = "vector") -> dict[str, Any]:
    registered = definition(matrix).get("uri")
    return {
        "title": title,
        "dataType": kind,
        "crs": crs.uri(matrix.srid),
        **({"tileMatrixSetURI": registered} if registered else {}),
        "links": [link("self", call.links.at(f"/ogc/{path}/{matrix.id}"), JSON.type, title), _scheme(call, matrix)],
    }


def _scheme(call: Call, matrix: MatrixSet, rel: str = SCHEME) -> dict[str, str]:
    return link(rel, call.links.at(f"/ogc/tileMatrixSets/{matrix.id}"), JSON.type, matrix.title)


def _layer(call: Call, layer: FeatureLayer, matrix: MatrixSet) -> dict[str, Any]:
    shown = [attribute for attribute in attributes(layer) if attribute.lookup in layer.tile_fields]
    return {
        "id": layer.name,
        "title": str(layer.title),
        "description": str(layer.abstract),
        "dataType": "vector",
        "geometryDimension": _DIMENSIONS[layer.geometry_kind],
        "minTileMatrix": str(matrix.zoom(presentation.min_zoom(layer))),
        "maxTileMatrix": str(matrix.zoom(min(presentation.max_zoom(layer), DETAIL_ZOOM))),
        "propertiesSchema": {"type": "object", "properties": {attribute.name: schema_of(attribute) for attribute in shown}},
        "links": [link("geodata", call.links.to("collection", layer.name), JSON.type, str(layer.title))],
    }


def _bounds(extents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The box of the caller's own rows."""
    boxes = [extent["spatial"]["bbox"][0] for extent in extents if "spatial" in extent]
    if not boxes:
        return {}
    west, south, east, north = zip(*boxes, strict=True)
    return {"boundingBox": {"lowerLeft": [min(west), min(south)], "upperRight": [max(east), max(north)], "crs": crs.CRS84}}
