"""`/api`: the definition of this API (OpenAPI 3.0), made from the catalogue for the caller: only layers that exist for them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from layers.attributes import Attribute
from layers.freshness import declaration
from layers.layer import FeatureLayer
from layers.ogc.collections import visible_layers
from layers.ogc.definition.contributions import contributed
from layers.ogc.definition.operations import get, in_query, shared
from layers.ogc.definition.parts import components
from layers.ogc.definition.writes import writes_of
from layers.ogc.editing.writes import OF_ITEM, OF_ITEMS, allowed
from layers.ogc.exports import EXPORTS
from layers.ogc.landing import description, title
from layers.ogc.media import GEOJSON, HTML, JSON, JSONFG, OPENAPI, SCHEMA
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.schemas.queryables import schema_of
from layers.ogc.selection import RESERVED, filters

VERSION = "1.0.0"


@resource(OPENAPI, HTML)
def api(call: Call) -> Document:
    """The definition, or the same as a page without any script from elsewhere."""
    call.parameters()
    layers = visible_layers(call)

    def build() -> Content:
        return definition(call, layers)

    def page(content: Content) -> Content:
        return {"operations": list(_readable(content)), "alternates": call.twins(title())[1:]}

    states = [f"{declaration(layer)}{allowed(layer, call.request, {**OF_ITEMS, **OF_ITEM})}" for layer in layers]
    return Document(build, "layers/ogc/api.html", states, page)


def definition(call: Call, layers: Sequence[FeatureLayer]) -> Content:
    """The OpenAPI document."""
    others, own = contributed(call, layers), components()
    return {
        "openapi": "3.0.3",
        "info": {"title": title(), "description": description(), "version": VERSION},
        "servers": [{"url": call.links.to("landing").rstrip("/")}],
        "tags": [
            *({"name": tag} for tag in ("API", *others.tags)),
            *({"name": layer.name, "description": str(layer.title)} for layer in layers),
        ],
        "paths": {**_common_paths(), **{path: entry for layer in layers for path, entry in _layer_paths(call, layer)}, **others.paths},
        "components": {
            **own,
            "parameters": {**own["parameters"], **others.parameters},
            "schemas": {**own["schemas"], **others.schemas},
        },
        "security": [{}, {"basic": []}, {"bearer": []}, {"session": []}],
    }


def _common_paths() -> dict[str, Any]:
    return {
        "/": get("getLandingPage", _("Landing page"), "API", (JSON, HTML), "landingPage"),
        "/api": get("getApiDefinition", _("API definition (OpenAPI 3.0)"), "API", (OPENAPI, HTML), "anyObject"),
        "/conformance": get("getConformance", _("Conformance classes"), "API", (JSON, HTML), "confClasses"),
        "/functions": get("getFunctions", _("Functions of filters"), "API", (JSON, HTML), "anyObject"),
        "/collections": get("getCollections", _("Collections"), "API", (JSON, HTML), "collections"),
    }


def _layer_paths(call: Call, layer: FeatureLayer) -> Iterator[tuple[str, Any]]:
    name, words, root = layer.name, str(layer.title), f"/collections/{layer.name}"
    own = [_filter(attribute) for attribute in filters(layer).values()]
    selecting = [*(shared(parameter) for parameter in RESERVED), *own]
    schemas = (SCHEMA, HTML)
    yield root, get(f"{name}.describe", words, name, (JSON, HTML), "collection")
    yield f"{root}/schema", get(f"{name}.getSchema", _("Schema"), name, schemas, "anyObject", [shared("type")])
    yield f"{root}/queryables", get(f"{name}.getQueryables", _("Queryable properties"), name, schemas, "anyObject")
    yield f"{root}/sortables", get(f"{name}.getSortables", _("Sortable properties"), name, schemas, "anyObject")
    features = (GEOJSON, HTML, JSONFG, *EXPORTS)
    listed = get(f"{name}.getFeatures", words, name, features, "featureCollectionGeoJSON", selecting)
    yield f"{root}/items", {**listed, **writes_of(call.request, layer, OF_ITEMS)}
    one = [shared("featureId"), shared("crs")]
    single = get(f"{name}.getFeature", _("One feature"), name, (GEOJSON, HTML), "featureGeoJSON", one)
    yield f"{root}/items/{{featureId}}", {**single, **writes_of(call.request, layer, OF_ITEM)}


def _filter(attribute: Attribute) -> dict[str, Any]:
    # A text longer than its column can hold is no mistake: no feature has it.
    schema = {name: value for name, value in schema_of(attribute).items() if name not in ("title", "oneOf", "maxLength")}
    return in_query(attribute.name, _("Only features whose “%(label)s” equals this value.") % {"label": attribute.label}, schema)


def _readable(content: Content) -> Iterator[dict[str, Any]]:
    """Operations with their parameters resolved, for the page."""
    shared = content["components"]["parameters"]
    for path, entry in content["paths"].items():
        for method, operation in entry.items():
            parameters = [shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in operation["parameters"]]
            address = content["servers"][0]["url"] + path
            yield {"method": method.upper(), "address": address, "summary": operation["summary"], "parameters": parameters}
