"""`/collections/<layer>/queryables` and `/sortables`: what filters and `sortby` know, as JSON Schema (OGC API - Features Part 3, 6.2)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from layers.attributes import Attribute, Kind, attributes
from layers.catalogue import catalogue
from layers.freshness import declaration
from layers.layer import FeatureLayer
from layers.ogc.media import HTML, SCHEMA
from layers.ogc.ordering import sortable
from layers.ogc.resource import Call, Content, Document, resource

_SHAPES: Mapping[str, str] = {"point": "point-or-multipoint", "line": "linestring-or-multilinestring", "polygon": "polygon-or-multipolygon"}
_TYPES: Mapping[Kind, Mapping[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
    "array": {"type": "array", "items": {"type": ["string", "number", "boolean"]}},
}


@resource(SCHEMA, HTML)
def queryables(call: Call, name: str) -> Document:
    """What filters can ask about."""
    layer = catalogue.features(name, call.scope, "features")
    call.parameters()
    asked = [attribute for attribute in attributes(layer) if attribute.is_queryable]

    def build() -> Content:
        return schema_document(call, layer, "queryables", {layer.geometry: geometry_schema(layer), **_properties(asked)})

    return Document(build, "layers/ogc/queryables.html", [declaration(layer)], _page(call, layer, asked, _("Queryable properties"), _ASK))


@resource(SCHEMA, HTML)
def sortables(call: Call, name: str) -> Document:
    """What features can be sorted by."""
    layer = catalogue.features(name, call.scope, "features")
    call.parameters()
    known = list(sortable(layer).values())

    def build() -> Content:
        return schema_document(call, layer, "sortables", _properties(known))

    return Document(build, "layers/ogc/queryables.html", [declaration(layer)], _page(call, layer, known, _("Sortable properties"), _SORT))


_ASK = _lazy("Write name=value into the address of the items to get the features that have this value.")
_SORT = _lazy("Write sortby=name into the address of the items; -name turns the order round.")


def schema_document(call: Call, layer: FeatureLayer, resource_name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON schema of the layer's features (OGC API - Features Part 3, 6.2; Part 5)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": call.links.to(resource_name, layer.name),
        "type": "object",
        "title": str(layer.title),
        "description": str(layer.abstract),
        "properties": properties,
        "additionalProperties": False,
    }


def _page(call: Call, layer: FeatureLayer, shown: Sequence[Attribute], heading: str, lead: object) -> Callable[[Content], Content]:
    twins = call.twins(layer.title)[1:]
    return lambda _content: {"layer": layer, "attributes": shown, "heading": heading, "lead": lead, "alternates": twins}


def _properties(shown: Sequence[Attribute]) -> dict[str, Any]:
    return {attribute.name: schema_of(attribute) for attribute in shown}


def geometry_schema(layer: FeatureLayer) -> dict[str, Any]:
    """The layer's geometry."""
    return {"title": layer.geometry, "format": f"geometry-{_SHAPES[layer.geometry_kind]}", "x-ogc-role": "primary-geometry"}


def schema_of(attribute: Attribute) -> dict[str, Any]:
    """The JSON schema of one value. `oneOf` gives the words of codes."""
    schema: dict[str, Any] = {"title": attribute.label, **_TYPES.get(attribute.kind, {"type": "string"})}
    if attribute.choices:
        schema["enum"] = list(attribute.choices)
        schema["oneOf"] = [{"const": code, "title": words} for code, words in attribute.choices.items()]
    elif attribute.kind == "string" and attribute.column.max_length:
        schema["maxLength"] = attribute.column.max_length
    return schema
