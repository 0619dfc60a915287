"""TileJSON 3.0.0 of a layer, derived and never typed by hand."""

from typing import Any

from django.db import models

from layers.presentation import presentation
from layers.summary import Summary
from tiles.pyramid.described import aggregation, low_vector_layers
from tiles.source import TileSource

# Deeper zooms are drawn from these tiles: at zoom 18 a tile unit is 3.7 cm.
DETAIL_ZOOM = 18


def tilejson(source: TileSource, found: Summary, origin: str, query: str = "") -> dict[str, Any]:
    """The document; `found` holds the bounds of the caller's own rows (lon/lat), `query` what tile addresses carry on."""
    layer, query = source.layer, f"?{query}" if query else ""
    setting = presentation.of(layer)
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": layer.name,
        "description": str(layer.abstract or layer.title),
        "tiles": [f"{origin}/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt{query}"],
        "minzoom": presentation.min_zoom(layer),
        "maxzoom": min(presentation.max_zoom(layer), DETAIL_ZOOM),
        "scheme": "xyz",
        "vector_layers": [
            *(_vector_layer(source, name) for name in dict.fromkeys((layer.name, layer.label_layer))),
            *low_vector_layers(layer, presentation.min_zoom(layer)),
        ],
        # Nothing is dropped or sampled (docs/architecture.md).
        **aggregation(layer),
    }
    if found.bounds:
        west, south, east, north = found.bounds
        document["bounds"] = list(found.bounds)
        document["center"] = [(west + east) / 2, (south + north) / 2, document["minzoom"]]
    if setting.owner:
        document["attribution"] = setting.owner
    return document


def _vector_layer(source: TileSource, name: str) -> dict[str, Any]:
    layer = source.layer
    # Below these zooms a field is carried only where it is asked for by name.
    later = {"fields_from_zoom": dict(layer.tile_fields_from)} if layer.tile_fields_from and source.fields is None else {}
    return {
        "id": name,
        "description": str(layer.title),
        "minzoom": presentation.features_from(layer),
        "maxzoom": min(presentation.max_zoom(layer), DETAIL_ZOOM),
        "fields": {name: _kind(column) for name, column in source.types()},
        **later,
    }


def _kind(column: "models.Field[Any, Any]") -> str:
    internal = column.get_internal_type()
    if "Integer" in internal or internal in ("FloatField", "DecimalField"):
        return "Number"
    return "Boolean" if internal == "BooleanField" else "String"
