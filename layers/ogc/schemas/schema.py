"""`/collections/<layer>/schema`: what a feature of the layer is, with domains in words (OGC API - Features Part 5).

`type=create`, `replace` and `update` describe what a body of Part 4 may hold.
"""

from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db import models
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.attributes import Attribute, attributes
from layers.catalogue import catalogue
from layers.freshness import declaration
from layers.layer import FeatureLayer
from layers.ogc.media import HTML, SCHEMA
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.schemas.queryables import geometry_schema, schema_document, schema_of

# What a schema is for: reading, or one of the writes of Part 4.
PURPOSES = ("returnables", "create", "replace", "update")


@resource(SCHEMA, HTML)
def schema(call: Call, name: str) -> Document:
    """The schema of a layer's features."""
    layer = catalogue.features(name, call.scope, "features")
    purpose = call.parameters("type").text("type") or PURPOSES[0]
    if purpose not in PURPOSES:
        raise BadParameter(_("type must be one of: %(accepted)s.") % {"accepted": ", ".join(PURPOSES)}, field="type")

    def build() -> Content:
        document = schema_document(call, layer, "schema", properties(layer, purpose))
        required = [one.name for one in attributes(layer) if _must_be_given(one)] if purpose in ("create", "replace") else []
        return {**document, "required": [*required, layer.geometry]} if purpose in ("create", "replace") else document

    def page(_content: Content) -> Content:
        twins = call.twins(layer.title)[1:]
        lead = _("Every property of a feature; values of codes stand with their words.")
        return {"layer": layer, "attributes": attributes(layer), "heading": _("Schema"), "lead": lead, "alternates": twins}

    return Document(build, "layers/ogc/queryables.html", [declaration(layer)], page)


def properties(layer: FeatureLayer, purpose: str = PURPOSES[0]) -> dict[str, Any]:
    """Schemas by property name: the id, the geometry, the attributes, in this order."""
    found: dict[str, Any] = {"id": _identifier(layer)} if purpose == PURPOSES[0] else {}
    found[layer.geometry] = geometry_schema(layer)
    for attribute in attributes(layer):
        if purpose == PURPOSES[0] or not attribute.part:
            found[attribute.name] = _described(layer, attribute)
    return {name: {**one, "x-ogc-propertySeq": place} for place, (name, one) in enumerate(found.items(), start=1)}


def _identifier(layer: FeatureLayer) -> dict[str, Any]:
    column = layer.model._meta.pk
    assert column is not None
    kind = "integer" if isinstance(column, models.IntegerField | models.AutoField) else "string"
    return {"title": _("Id"), "type": kind, "x-ogc-role": "id", "readOnly": True}


def _described(layer: FeatureLayer, attribute: Attribute) -> dict[str, Any]:
    described = schema_of(attribute)
    if role := _role(layer, attribute):
        described["x-ogc-role"] = role
    if attribute.part:
        described["readOnly"] = True
    return described


def _role(layer: FeatureLayer, attribute: Attribute) -> str | None:
    """The roles of times (Part 5, 8.3)."""
    begins, ends = layer.time_fields or (None, None)
    if attribute.name == begins:
        return "primary-interval-start" if ends else "primary-instant"
    return "primary-interval-end" if ends and attribute.name == ends else None


def _must_be_given(attribute: Attribute) -> bool:
    column = attribute.column
    derived = attribute.part or isinstance(column, GeometryField | models.GeneratedField)
    return not derived and not column.null and not column.blank and not column.has_default()
