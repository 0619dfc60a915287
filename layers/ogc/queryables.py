"""`/collections/<layer>/queryables`: what `name=value` can select by, as JSON Schema (shape of OGC API - Features Part 3, 6.2)."""

from collections.abc import Mapping
from typing import Any

from layers.attributes import Attribute, Kind
from layers.catalogue import catalogue
from layers.freshness import declaration
from layers.layer import FeatureLayer
from layers.ogc.media import HTML, SCHEMA
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.selection import filters

_SHAPES: Mapping[str, str] = {"point": "point-or-multipoint", "line": "linestring-or-multilinestring", "polygon": "polygon-or-multipolygon"}
_TYPES: Mapping[Kind, Mapping[str, str]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
}


@resource(SCHEMA, HTML)
def queryables(call: Call, name: str) -> Document:
    """The schema of a layer's published fields."""
    layer = catalogue.features(name, call.scope, "features")
    call.parameters()

    def build() -> Content:
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": call.links.to("queryables", layer.name),
            "type": "object",
            "title": str(layer.title),
            "description": str(layer.abstract),
            "properties": properties(layer),
            "additionalProperties": False,
        }

    def page(_content: Content) -> Content:
        return {"layer": layer, "attributes": list(filters(layer).values()), "alternates": call.twins(layer.title)[1:]}

    return Document(build, "layers/ogc/queryables.html", [declaration(layer)], page)


def properties(layer: FeatureLayer) -> dict[str, Any]:
    """Schemas by property name, the geometry first."""
    geometry = {"title": layer.geometry, "format": f"geometry-{_SHAPES[layer.geometry_kind]}", "x-ogc-role": "primary-geometry"}
    return {layer.geometry: geometry, **{name: schema_of(attribute) for name, attribute in filters(layer).items()}}


def schema_of(attribute: Attribute) -> dict[str, Any]:
    """The JSON schema of one value. `oneOf` gives the words of codes."""
    schema: dict[str, Any] = {"title": attribute.label, **_TYPES[attribute.kind]}
    if attribute.choices:
        schema["enum"] = list(attribute.choices)
        schema["oneOf"] = [{"const": code, "title": words} for code, words in attribute.choices.items()]
    elif attribute.kind == "string" and attribute.column.max_length:
        schema["maxLength"] = attribute.column.max_length
    return schema
