"""Rows as GeoJSON features (RFC 7946; OGC API - Features 8.3)."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.db.models import Expression, TextField, Value

from layers.attributes import Attribute, attributes
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs

Feature = dict[str, Any]


def columns(
    layer: FeatureLayer, named: Crs, *, with_geometry: bool = True, shown: Sequence[Attribute] | None = None
) -> list[str | Expression]:
    """What to read after the key: the geometry as GeoJSON text, then the attributes (or `shown`). A page needs no geometry."""
    geometry = named.geometry(layer) if with_geometry else Value(None, output_field=TextField())
    return [geometry, *(attribute.lookup for attribute in (attributes(layer) if shown is None else shown))]


def feature_maker(layer: FeatureLayer, shown: Sequence[Attribute] | None = None) -> Callable[[Sequence[Any]], Feature]:
    """A function from a row (key, geometry text, attributes) to a feature."""
    names = tuple(attribute.name for attribute in (attributes(layer) if shown is None else shown))
    fragment = orjson.Fragment

    def make(row: Sequence[Any]) -> Feature:
        geometry = fragment(row[1]) if row[1] is not None else None
        return {"type": "Feature", "id": row[0], "geometry": geometry, "properties": dict(zip(names, row[2:], strict=True))}

    return make


def features_of(rows: Sequence[Sequence[Any]], shown: Sequence[Attribute], first: int) -> list[Feature]:
    """Many rows as features; what `columns` asked for begins at `first`. One loop: a call for each row is a third of the time."""
    names, fragment = tuple(attribute.name for attribute in shown), orjson.Fragment
    after, found = first + 1, []
    for row in rows:
        text = row[first]
        found.append(
            {
                "type": "Feature",
                "id": row[0],
                "geometry": None if text is None else fragment(text),
                "properties": dict(zip(names, row[after:], strict=True)),
            }
        )
    return found
