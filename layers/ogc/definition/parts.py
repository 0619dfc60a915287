"""The components of the API definition: parameters, headers, responses, schemas, ways to sign in."""

from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from gis_core import crs
from layers.filters.reading import LANGUAGES, MAX_BYTES
from layers.ogc.definition.operations import in_path, in_query
from layers.ogc.media import HTML
from layers.ogc.paging import DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET
from layers.ogc.resource import MAX_SEQ
from layers.ogc.schemas.schema import PURPOSES

Part = dict[str, Any]
_FAILURES = (400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 500, 503)


def components() -> Part:
    """The OpenAPI components object."""
    return {
        "parameters": {**_selecting(), **_paging(), **_other()},
        "headers": {
            "ETag": {"description": _("Changes with every change that touches the answer, and only then."), "schema": {"type": "string"}},
            "seq": {"description": _("The number of the last change that this answer contains."), "schema": {"type": "integer"}},
        },
        "responses": {str(status): _problem(HTTPStatus(status)) for status in _FAILURES},
        "schemas": _schemas(),
        "securitySchemes": {
            "basic": {"type": "http", "scheme": "basic", "description": _("Account name, and an access token as the password.")},
            "bearer": {"type": "http", "scheme": "bearer", "description": _("An access token.")},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": _("The session of a signed-in browser.")},
        },
    }


def _selecting() -> Part:
    box = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    named = {"type": "string", "format": "uri", "default": crs.CRS84}
    return {
        "bbox": in_query("bbox", _("Only features that meet this box: west,south,east,north (heights may stand third and sixth)."), box),
        "bbox-crs": in_query("bbox-crs", _("The CRS of bbox; one of the collection's list."), named),
        **_filtering(),
        "crs": in_query("crs", _("The CRS of the answer; one of the collection's list."), named),
        "properties": in_query("properties", _("Only these properties, separated by commas."), _names("name")),
        "datetime": in_query(
            "datetime",
            _("An instant or an interval (RFC 3339); a date is a day in Vietnamese time, .. an open end. Without it units are today's."),
            {"type": "string", "example": "2025-07-01/.."},
        ),
    }


def _filtering() -> Part:
    example = "casei(name) LIKE casei('nguyễn%') AND S_INTERSECTS(geom, BBOX(108.4, 15.5, 108.5, 15.6))"
    language = {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}
    return {
        "filter": in_query(
            "filter",
            _("Only features that this CQL2 expression is true of; its names are the collection's queryables."),
            {"type": "string", "maxLength": MAX_BYTES, "example": example},
        ),
        "filter-lang": in_query("filter-lang", _("The language of filter."), language),
        "filter-crs": in_query(
            "filter-crs", _("The CRS of coordinates in filter."), {"type": "string", "format": "uri", "default": crs.CRS84}
        ),
    }


def _paging() -> Part:
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return {
        "limit": in_query(
            "limit",
            _("How many features at most; more than the maximum counts as the maximum. Files hold everything unless it is given."),
            limit,
        ),
        "offset": in_query("offset", _("How many features to skip. The links next and prev are faster and stable."), _whole(MAX_OFFSET)),
        "cursor": in_query(
            "cursor", _("The place in the list, as the links next and prev carry it."), {"type": "string", "maxLength": 4000}
        ),
        "sortby": in_query(
            "sortby", _("Names to sort by, with commas between; - before a name turns the order round."), _names("-valid_from")
        ),
        "count": in_query("count", _("true: tell numberMatched even where counting takes time."), {"type": "boolean", "default": False}),
    }


def _other() -> Part:
    identifier = in_path("featureId", _("The feature's id."), {"type": "string"})
    purposes = {"type": "string", "enum": list(PURPOSES), "default": PURPOSES[0]}
    return {
        "featureId": identifier,
        "ifMatch": {
            "name": "If-Match",
            "in": "header",
            "required": False,
            "description": _("The ETag of the feature as it was read; the write fails with 412 when it is no longer that."),
            "schema": {"type": "string"},
        },
        "contentCrs": {
            "name": "Content-Crs",
            "in": "header",
            "required": False,
            "description": _("The CRS of the body's coordinates in <>; CRS84 when absent."),
            "schema": {"type": "string"},
        },
        "type": in_query("type", _("What the schema is for: reading, or a write."), purposes),
        "min_seq": in_query("min_seq", _("Never answer from a state older than this change (from X-Change-Seq)."), _whole(MAX_SEQ)),
    }


def _names(example: str) -> Part:
    return {"type": "array", "items": {"type": "string"}, "example": [example]}


def _whole(maximum: int) -> Part:
    return {"type": "integer", "minimum": 0, "maximum": maximum}


def _problem(status: HTTPStatus) -> Part:
    content = {"application/problem+json": {"schema": _ref("problem")}, HTML.type: {"schema": {"type": "string"}}}
    return {"description": status.phrase, "content": content}


def _object(required: list[str], **properties: Any) -> Part:
    return {"type": "object", **({"required": required} if required else {}), "properties": properties}


def _array(schema: Part) -> Part:
    return {"type": "array", "items": schema}


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> Part:
    text = {"type": "string"}
    links = _array(_ref("link"))
    return {
        "anyObject": {"type": "object"},
        "link": _object(["href", "rel"], href={"type": "string", "format": "uri"}, rel=text, type=text, title=text),
        "landingPage": _object(["links"], title=text, description=text, links=links),
        "confClasses": _object(["conformsTo"], conformsTo=_array(text), links=links),
        "collections": _object(["links", "collections"], links=links, collections=_array(_ref("collection"))),
        "collection": _collection(text, links),
        **_features(text, links),
        "problem": _object(["title", "status"], type=text, title=text, status={"type": "integer"}, detail=text, field=text, instance=text),
    }


def _collection(text: Part, links: Part) -> Part:
    spatial = _object([], bbox=_array({"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}), crs=text)
    temporal = _object([], interval=_array(_array({"type": "string", "format": "date-time", "nullable": True})), trs=text)
    return _object(
        ["id", "links"],
        id=text,
        title=text,
        description=text,
        links=links,
        extent=_object([], spatial=spatial, temporal=temporal),
        itemType=text,
        crs=_array(text),
        storageCrs=text,
        stewardship={"type": "object", "description": _("Who answers for the data: owner, contact, cadence, licence, last change.")},
    )


def _features(text: Part, links: Part) -> Part:
    count = {"type": "integer", "minimum": 0}
    shape = {"type": text, "coordinates": {"type": "array", "items": {}}}
    geometry = {"type": "object", "nullable": True, "required": ["type"], "properties": shape}
    return {
        "featureGeoJSON": _object(
            ["type", "geometry", "properties"],
            type={"type": "string", "enum": ["Feature"]},
            id={"oneOf": [{"type": "string"}, {"type": "integer"}]},
            geometry=geometry,
            properties={"type": "object", "nullable": True},
            links=links,
        ),
        "featurePatch": _object([], geometry=geometry, properties={"type": "object", "nullable": True}),
        "featureCollectionGeoJSON": _object(
            ["type", "features"],
            type={"type": "string", "enum": ["FeatureCollection"]},
            features=_array(_ref("featureGeoJSON")),
            links=links,
            timeStamp={"type": "string", "format": "date-time"},
            numberMatched=count,
            numberReturned=count,
        ),
    }
