"""Rows as GeoJSON features (RFC 7946; OGC API - Features 8.3)."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.db.models import Expression, TextField, Value

from layers.attributes import as_properties, attributes
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs

Feature = dict[str, Any]


def columns(layer: FeatureLayer, named: Crs, *, with_geometry: bool = True) -> list[str | Expression]:
    """What to read after the key: the geometry as GeoJSON text, then the attributes. A page needs no geometry."""
    geometry = named.geometry(layer) if with_geometry else Value(None, output_field=TextField())
    return [geometry, *(attribute.lookup for attribute in attributes(layer))]


def feature_maker(layer: FeatureLayer) -> Callable[[Sequence[Any]], Feature]:
    """A function from a row (key, geometry text, attributes) to a feature."""
    properties = as_properties(layer)
    fragment = orjson.Fragment

    def make(row: Sequence[Any]) -> Feature:
        geometry = fragment(row[1]) if row[1] is not None else None
        return {"type": "Feature", "id": row[0], "geometry": geometry, "properties": properties(row[2:])}

    return make
