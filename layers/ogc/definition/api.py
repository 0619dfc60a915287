"""`/api`: the definition of this API (OpenAPI 3.0), made from the catalogue for the caller: only layers that exist for them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from layers.attributes import Attribute
from layers.freshness import declaration
from layers.layer import FeatureLayer
from layers.ogc.collections import visible_layers
from layers.ogc.definition.parts import components
from layers.ogc.definition.writes import writes_of
from layers.ogc.editing.writes import OF_ITEM, OF_ITEMS, allowed
from layers.ogc.exports import EXPORTS
from layers.ogc.landing import description, title
from layers.ogc.media import CSV, GEOJSON, HTML, JSON, JSONFG, OPENAPI, SCHEMA, Media
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.schemas.queryables import schema_of
from layers.ogc.selection import RESERVED, filters

VERSION = "1.0.0"
_ERRORS = ("400", "404", "406", "500", "503")


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
    return {
        "openapi": "3.0.3",
        "info": {"title": title(), "description": description(), "version": VERSION},
        "servers": [{"url": call.links.to("landing").rstrip("/")}],
        "tags": [{"name": "API"}, *({"name": layer.name, "description": str(layer.title)} for layer in layers)],
        "paths": {**_common_paths(), **{path: entry for layer in layers for path, entry in _layer_paths(call, layer)}},
        "components": components(),
        "security": [{}, {"basic": []}, {"bearer": []}, {"session": []}],
    }


def _common_paths() -> dict[str, Any]:
    return {
        "/": _get("getLandingPage", _("Landing page"), "API", (JSON, HTML), "landingPage"),
        "/api": _get("getApiDefinition", _("API definition (OpenAPI 3.0)"), "API", (OPENAPI, HTML), "anyObject"),
        "/conformance": _get("getConformance", _("Conformance classes"), "API", (JSON, HTML), "confClasses"),
        "/functions": _get("getFunctions", _("Functions of filters"), "API", (JSON, HTML), "anyObject"),
        "/collections": _get("getCollections", _("Collections"), "API", (JSON, HTML), "collections"),
    }


def _layer_paths(call: Call, layer: FeatureLayer) -> Iterator[tuple[str, Any]]:
    name, words, root = layer.name, str(layer.title), f"/collections/{layer.name}"
    own = [_filter(attribute) for attribute in filters(layer).values()]
    selecting = [*(_shared(parameter) for parameter in RESERVED), *own]
    schemas = (SCHEMA, HTML)
    yield root, _get(f"{name}.describe", words, name, (JSON, HTML), "collection")
    yield f"{root}/schema", _get(f"{name}.getSchema", _("Schema"), name, schemas, "anyObject", [_shared("type")])
    yield f"{root}/queryables", _get(f"{name}.getQueryables", _("Queryable properties"), name, schemas, "anyObject")
    yield f"{root}/sortables", _get(f"{name}.getSortables", _("Sortable properties"), name, schemas, "anyObject")
    features = (GEOJSON, HTML, JSONFG, *EXPORTS)
    listed = _get(f"{name}.getFeatures", words, name, features, "featureCollectionGeoJSON", selecting)
    yield f"{root}/items", {**listed, **writes_of(call.request, layer, OF_ITEMS)}
    one = [_shared("featureId"), _shared("crs")]
    single = _get(f"{name}.getFeature", _("One feature"), name, (GEOJSON, HTML), "featureGeoJSON", one)
    yield f"{root}/items/{{featureId}}", {**single, **writes_of(call.request, layer, OF_ITEM)}


def _get(
    operation: str, summary: str, tag: str, media: Sequence[Media], schema: str, parameters: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "tags": [tag],
            "parameters": [*parameters, _format(media), _shared("min_seq")],
            "responses": {
                "200": {
                    "description": summary,
                    "headers": {"ETag": _header("ETag"), "X-Change-Seq": _header("seq")},
                    "content": {kind.type: {"schema": _body(kind, schema)} for kind in media},
                },
                "304": {"description": _("Not modified: what the client holds is current.")},
                **{status: {"$ref": f"#/components/responses/{status}"} for status in _ERRORS},
            },
        }
    }


def _body(kind: Media, schema: str) -> dict[str, Any]:
    if kind in (HTML, CSV):
        return {"type": "string"}
    return {"type": "string", "format": "binary"} if kind in EXPORTS else {"$ref": f"#/components/schemas/{schema}"}


def _shared(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _format(media: Sequence[Media]) -> dict[str, Any]:
    return {
        "name": "f",
        "in": "query",
        "required": False,
        "description": _("The format; it wins over the header Accept."),
        "schema": {"type": "string", "enum": list(dict.fromkeys(key for kind in media for key in kind.keys))},
        "style": "form",
        "explode": False,
    }


def _filter(attribute: Attribute) -> dict[str, Any]:
    # A text longer than its column can hold is no mistake: no feature has it.
    schema = {name: value for name, value in schema_of(attribute).items() if name not in ("title", "oneOf", "maxLength")}
    return {
        "name": attribute.name,
        "in": "query",
        "required": False,
        "description": _("Only features whose “%(label)s” equals this value.") % {"label": attribute.label},
        "schema": schema,
        "style": "form",
        "explode": False,
    }


def _readable(content: Content) -> Iterator[dict[str, Any]]:
    """Operations with their parameters resolved, for the page."""
    shared = content["components"]["parameters"]
    for path, entry in content["paths"].items():
        for method, operation in entry.items():
            parameters = [shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in operation["parameters"]]
            address = content["servers"][0]["url"] + path
            yield {"method": method.upper(), "address": address, "summary": operation["summary"], "parameters": parameters}
