"""What tiles and styles add to the definition of the API: paths of OGC API - Tiles (20-057, oas30) and Styles, for the caller.

Operations have the names that the standard gives them at the end (20-057, clause 17), so that programs find them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from layers.layer import FeatureLayer
from layers.ogc.definition.contributions import Contribution, contributes
from layers.ogc.definition.operations import Part, choice, formats, get, in_path, in_query, read, shared
from layers.ogc.media import JSON
from layers.ogc.resource import Call
from tiles.asked import MAX_LAYERS
from tiles.drawing.pictures import STYLES
from tiles.matrix import MATRIX_SETS, MAX_ZOOM
from tiles.mvt import CONTENT_TYPE
from tiles.ogc.asgi import FORMATS
from tiles.ogc.maps import KINDS
from tiles.ogc.styles import MAPLIBRE, QML, SLD_10, SLD_11, every_style

_TAG_TILES, _TAG_STYLES = "Tiles", "Styles"
_MATRIX, _ADDRESS = "tileMatrixSetId", "/{tileMatrix}/{tileRow}/{tileCol}"
_BINARY: Part = {"type": "string", "format": "binary"}


@contributes
def tiles_and_styles(call: Call, layers: Sequence[FeatureLayer]) -> Contribution:
    """The paths for these layers."""
    paths = dict(_matrix_sets())
    paths |= dict(_sets("/tiles", "dataset.vector", _("All layers"), _TAG_TILES, _vector_tile([_collections(layers)])))
    paths |= _styles(call, layers)
    for layer in layers:
        paths |= _of_layer(layer)
    return Contribution(paths, _parameters(), _schemas(), (_TAG_TILES, _TAG_STYLES))


def _of_layer(layer: FeatureLayer) -> dict[str, Part]:
    root, name, words = f"/collections/{layer.name}", layer.name, str(layer.title)
    paths: dict[str, Part] = {}
    if "tiles" in layer.services:
        paths |= dict(_sets(f"{root}/tiles", f"{name}.collection.vector", words, name, _vector_tile([])))
        paths[f"{root}/styles"] = get(f"{name}.getStyles", _("Styles"), name, (JSON,), "styles")
    if "wms" in layer.services:
        paths |= dict(_sets(f"{root}/map/tiles", f"{name}.collection.map", words, name, _map_tile()))
    return paths


def _matrix_sets() -> Iterator[tuple[str, Part]]:
    yield "/tileMatrixSets", get("getTileMatrixSetsList", _("Tile matrix sets"), _TAG_TILES, (JSON,), "tileMatrixSets")
    one = get("getTileMatrixSet", _("A tile matrix set"), _TAG_TILES, (JSON,), "tileMatrixSet", [shared(_MATRIX)])
    yield f"/tileMatrixSets/{{{_MATRIX}}}", one


def _sets(root: str, operation: str, words: str, tag: str, tile: tuple[dict[str, Part], list[Part]]) -> Iterator[tuple[str, Part]]:
    """The list of tile sets, one of them, and its tiles."""
    content, parameters = tile
    address = [shared(_MATRIX), shared("tileMatrix"), shared("tileRow"), shared("tileCol")]
    yield root, get(f"{operation}.getTileSetsList", _("Tile sets: %(title)s") % {"title": words}, tag, (JSON,), "tileSets")
    one = f"{root}/{{{_MATRIX}}}"
    yield one, get(f"{operation}.getTileSet", _("A tile set: %(title)s") % {"title": words}, tag, (JSON,), "tileSet", [shared(_MATRIX)])
    entry = read(f"{operation}.getTile", _("A tile: %(title)s") % {"title": words}, tag, content, [*address, *parameters])
    if CONTENT_TYPE in content:
        entry["get"]["responses"]["204"] = {"description": _("Nothing lies in this tile.")}
    yield one + _ADDRESS, entry


def _vector_tile(more: list[Part]) -> tuple[dict[str, Part], list[Part]]:
    selecting = [shared(name) for name in ("datetime", "filter", "filter-lang", "properties")]
    return {CONTENT_TYPE: {"schema": _BINARY}}, [*more, *selecting, formats(FORMATS)]


def _map_tile() -> tuple[dict[str, Part], list[Part]]:
    style = in_query("style", _("The style that the picture is drawn in."), {"type": "string", "enum": list(STYLES)})
    selecting = [shared(name) for name in ("datetime", "filter", "filter-lang")]
    return {kind: {"schema": _BINARY} for kind in dict.fromkeys(KINDS.values())}, [style, *selecting, formats(list(KINDS))]


def _collections(layers: Sequence[FeatureLayer]) -> Part:
    names = [layer.name for layer in layers if "tiles" in layer.services]
    one: Part = {"type": "string", **({"enum": names} if names else {})}
    words = _("Only these collections, separated by commas; without it the first that are open to you.")
    return in_query("collections", words, {"type": "array", "minItems": 1, "maxItems": MAX_LAYERS, "items": one})


def _styles(call: Call, layers: Sequence[FeatureLayer]) -> dict[str, Part]:
    sheets = (MAPLIBRE, SLD_11, SLD_10, QML)
    content = {kind.type: {"schema": {"type": "object"} if kind is MAPLIBRE else {"type": "string"}} for kind in sheets}
    names = [style.id for style in every_style(layers)]
    known = in_path("styleId", _("The style's id."), {"type": "string", **({"enum": names} if names else {})})
    root = "/styles/{styleId}"
    return {
        "/styles": get("getStyles", _("Styles"), _TAG_STYLES, (JSON,), "styles"),
        root: read("getStyle", _("A style"), _TAG_STYLES, content, [known, choice(sheets)]),
        f"{root}/metadata": get("getStyleMetadata", _("What a style draws"), _TAG_STYLES, (JSON,), "anyObject", [known]),
    }


def _parameters() -> dict[str, Part]:
    whole: Part = {"type": "integer", "minimum": 0}
    return {
        _MATRIX: in_path(_MATRIX, _("The tile matrix set."), {"type": "string", "enum": list(MATRIX_SETS)}),
        "tileMatrix": in_path("tileMatrix", _("The zoom of the tile."), {**whole, "maximum": MAX_ZOOM}),
        "tileRow": in_path("tileRow", _("The row of the tile, counted from the north."), whole),
        "tileCol": in_path("tileCol", _("The column of the tile, counted from the west."), whole),
    }


def _schemas() -> dict[str, Part]:
    text, links = {"type": "string"}, {"type": "array", "items": {"$ref": "#/components/schemas/link"}}

    def listed(name: str, entry: Part) -> Part:
        return _object([name], **{name: {"type": "array", "items": entry}, "links": links})

    scheme = {"id": text, "title": text, "uri": text, "crs": text, "links": links}
    tile_set = {"title": text, "dataType": {"type": "string", "enum": ["vector", "map"]}, "crs": text, "tileMatrixSetURI": text}
    return {
        "tileMatrixSets": listed("tileMatrixSets", _object(["id", "links"], **scheme)),
        "tileMatrixSet": _object(["crs", "tileMatrices"], **scheme, tileMatrices={"type": "array", "items": {"type": "object"}}),
        "tileSets": listed("tilesets", _object(["dataType", "crs", "links"], **tile_set, links=links)),
        "tileSet": _object(
            ["dataType", "crs", "links"],
            **tile_set,
            links=links,
            layers={"type": "array", "items": {"type": "object"}},
            boundingBox={"type": "object"},
        ),
        "styles": listed("styles", _object(["id", "links"], id=text, title=text, links=links)),
    }


def _object(required: list[str], **properties: Any) -> Part:
    return {"type": "object", "required": required, "properties": properties}
