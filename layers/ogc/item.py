"""`/collections/<layer>/items/<id>`: one feature (OGC API - Features 7.17)."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.errors import NotFound
from layers.catalogue import catalogue
from layers.freshness import layer_state
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs, parse
from layers.ogc.feature import columns, feature_maker
from layers.ogc.items import EVERY_TIME
from layers.ogc.links import link
from layers.ogc.media import GEOJSON, HTML, JSON
from layers.ogc.render import facts
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.selection import layer_key


@resource(GEOJSON, HTML)
def item(call: Call, name: str, fid: str) -> Document:
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
    return Document(build, "layers/ogc/item.html", [state], page, headers={"Content-Crs": f"<{named.uri}>"})


def _row(call: Call, layer: FeatureLayer, reach: Reach, fid: str, named: Crs) -> tuple[Any, ...]:
    wanted = columns(layer, named, with_geometry=call.media is not HTML)
    found: list[tuple[Any, ...]] = []
    with suppress(ValueError, ValidationError):
        found = list(layer.rows(reach, EVERY_TIME).filter(pk=layer_key(layer, fid)).values_list("pk", *wanted))
    if not found:
        raise NotFound(_("There is no feature “%(id)s” in this collection, or it is not open to you.") % {"id": fid[:40]}, field="id")
    return found[0]
