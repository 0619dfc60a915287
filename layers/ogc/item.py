"""`/collections/<layer>/items/<id>`: one feature (OGC API - Features 7.17)."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.errors import NotFound, ServiceError
from layers.catalogue import catalogue
from layers.editing.door import editor_of, may_edit
from layers.freshness import layer_state
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs, parse
from layers.ogc.editing.writes import OF_ITEM, change, options
from layers.ogc.feature import columns, feature_maker
from layers.ogc.items import EVERY_TIME
from layers.ogc.links import link
from layers.ogc.media import GEOJSON, HTML, JSON
from layers.ogc.render import facts
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.selection import layer_key


def item(request: HttpRequest, name: str, fid: str) -> HttpResponseBase:
    """One feature: reading it, replacing, updating and deleting it."""
    if request.method == "OPTIONS":
        return options(request, name, OF_ITEM)
    return change(request, name, fid) if request.method in OF_ITEM else single(request, name, fid)


@resource(GEOJSON, HTML)
def single(call: Call, name: str, fid: str) -> Document:
    """A feature of any time by its id; 404 alike for one that is not there and one that is not open to the caller."""
    layer = catalogue.features(name, call.scope, "features")
    reach = layer.reach(call.scope)
    named = parse(call.parameters("crs").text("crs"), layer, "crs")

    def build() -> Content:
        row = _row(call, layer, reach, fid, named)
        links = [
            *call.twins(f"{layer.title} {fid}"),
            link("collection", call.links.to("collection", layer.name), JSON.type, str(layer.title)),
        ]
        return {**feature_maker(layer)(row), "links": links}

    def page(content: Content) -> Content:
        return {"layer": layer, "facts": facts(layer, content)}

    state = layer_state(layer, reach, dated=True)
    headers = {"Content-Crs": f"<{named.uri}>"}
    return Document(build, "layers/ogc/item.html", [state], page, headers=headers, version=_version(call, layer, fid))


def _version(call: Call, layer: FeatureLayer, fid: str) -> str:
    """The feature's version where the caller may change it: read before the feature is, so never newer than what is shown."""
    if not may_edit(layer, call.request.user):
        return ""
    with suppress(ServiceError, ValueError, ValidationError):
        key = layer_key(layer, fid)
        if isinstance(key, int):
            return editor_of(layer, call.request.user, "update").version(key)
    return ""


def _row(call: Call, layer: FeatureLayer, reach: Reach, fid: str, named: Crs) -> tuple[Any, ...]:
    wanted = columns(layer, named, with_geometry=call.media is not HTML)
    found: list[tuple[Any, ...]] = []
    with suppress(ValueError, ValidationError):
        found = list(layer.rows(reach, EVERY_TIME).filter(pk=layer_key(layer, fid)).values_list("pk", *wanted))
    if not found:
        raise NotFound(_("There is no feature “%(id)s” in this collection, or it is not open to you.") % {"id": fid[:40]}, field="id")
    return found[0]
