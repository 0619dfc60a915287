"""What bodies of writes say (OGC API - Features Part 4): GeoJSON features and merge patches, in any CRS that is offered."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, ServiceError
from gis_core.geometry import SENTENCES, GeometryFault, Limits, from_geojson
from layers.editing.contract import FeatureIn
from layers.filters.shapes import flipped, moved
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs, parse

FEATURE = ("application/geo+json", "application/json")
PATCH = ("application/merge-patch+json", *FEATURE)
LIMITS = Limits(depth=5, vertices=100_000)
_MEMBERS = frozenset({"type", "id", "geometry", "properties", "links", "bbox", "crs"})


class UnsupportedMediaType(ServiceError):
    """The body is in a format that is not taken here."""

    status: ClassVar[HTTPStatus] = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported-media-type"


def read_feature(request: HttpRequest, layer: FeatureLayer, fid: str | None = None) -> FeatureIn:
    """A whole feature. Raises UnsupportedMediaType, BadParameter."""
    body = _body(request, FEATURE)
    if body.get("type") != "Feature":
        raise BadParameter(_("The body must be a GeoJSON feature: {“type”: “Feature”, “geometry”: …, “properties”: …}."), field="type")
    return _understood(request, layer, body, fid)


def read_patch(request: HttpRequest, layer: FeatureLayer, fid: str) -> FeatureIn:
    """The parts of a feature that change (RFC 7396); null takes a value away. Raises UnsupportedMediaType, BadParameter."""
    body = _body(request, PATCH)
    if "geometry" in body and body["geometry"] is None:
        raise BadParameter(_("The geometry of a feature cannot be taken away."), field="geometry")
    if str(body.get("id", fid)) != fid:
        raise BadParameter(_("The id of a feature cannot be changed."), field="id")
    return _understood(request, layer, body, fid)


def _body(request: HttpRequest, accepted: tuple[str, ...]) -> dict[str, Any]:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in accepted:
        sentence = _("A body of the type “%(kind)s” is not taken here; accepted are: %(accepted)s.")
        raise UnsupportedMediaType(sentence % {"kind": kind[:80] or "–", "accepted": ", ".join(accepted)}, field="Content-Type")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        sentence = _("The body is no JSON: line %(line)d, column %(column)d.")
        raise BadParameter(sentence % {"line": error.lineno, "column": error.colno}, field="body") from None
    if not isinstance(body, dict):
        raise BadParameter(_("The body must be a JSON object."), field="body")
    if unknown := set(body) - _MEMBERS:
        sentence = _("The body has a member “%(name)s”, which no feature has; attributes stand in “properties”.")
        raise BadParameter(sentence % {"name": min(unknown)[:60]}, field=min(unknown)[:60])
    return body


def _understood(request: HttpRequest, layer: FeatureLayer, body: Mapping[str, Any], fid: str | None) -> FeatureIn:
    properties = body.get("properties")
    if properties is not None and not isinstance(properties, dict):
        raise BadParameter(_("“properties” must be a JSON object."), field="properties")
    values = dict(properties or {})
    # Programs that know the id as an attribute send it along.
    if fid is not None and str(values.get("id")) == fid and not any(name == "id" for name in layer.fields):
        del values["id"]
    named = parse(_content_crs(request), layer, "Content-Crs")
    geometry = body.get("geometry")
    return FeatureIn(values, None if geometry is None else _geometry(geometry, layer, named))


def _content_crs(request: HttpRequest) -> str | None:
    value = request.headers.get("Content-Crs")
    return value.strip().removeprefix("<").removesuffix(">") if value is not None else None


def _geometry(value: Any, layer: FeatureLayer, named: Crs) -> Any:
    """The geometry in the layer's own CRS. Raises BadParameter that says what is wrong with it, and where."""
    if not isinstance(value, dict):
        raise BadParameter(_("“geometry” must be a GeoJSON geometry."), field="geometry")
    try:
        geometry = from_geojson(flipped(value) if named.latitude_first else value, srid=named.srid, limits=LIMITS)
    except GeometryFault as fault:
        params = {name: _(v) if name == "reason" else v for name, v in fault.params.items()}  # type: ignore[arg-type]
        raise BadParameter(_(SENTENCES[fault.code]) % params, field="geometry") from None
    return moved(geometry, named.srid, layer.srid)
