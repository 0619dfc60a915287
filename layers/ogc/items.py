"""`/collections/<layer>/items`: features (OGC API - Features 7.15, 7.16)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach
from layers.catalogue import catalogue
from layers.freshness import layer_state
from layers.layer import FeatureLayer
from layers.ogc.feature import columns, feature_maker
from layers.ogc.links import Link, link
from layers.ogc.media import GEOJSON, HTML, JSON
from layers.ogc.paging import Slice, read_slice
from layers.ogc.render import table
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.selection import RESERVED, Selection, filters, read_selection

EVERY_TIME = (None, None)


@resource(GEOJSON, HTML)
def items(call: Call, name: str) -> Document:
    """The features of a layer that the query selects, page by page."""
    layer = catalogue.features(name, call.scope, "features")
    reach = layer.reach(call.scope)
    selection = read_selection(call.parameters(*RESERVED, *filters(layer)), layer)

    def build() -> Content:
        return _collection(call, selection, reach)

    def page(content: Content) -> Content:
        return {"layer": layer, "table": table(layer, content["features"]), **_neighbours(content["links"])}

    state = layer_state(layer, reach, selection.boxes, dated=selection.when is not None)
    return Document(build, "layers/ogc/items.html", [state], page, is_weak=True, headers={"Content-Crs": f"<{selection.crs.uri}>"})


def _collection(call: Call, selection: Selection, reach: Reach) -> Content:
    layer = selection.layer
    wanted = columns(layer, selection.crs, with_geometry=call.media is not HTML)
    part = read_slice(layer.rows(reach, EVERY_TIME), selection.rows(reach), selection.page, wanted)
    make = feature_maker(layer)
    content: dict[str, Any] = {
        "type": "FeatureCollection",
        "timeStamp": timezone.now().isoformat(),
        "numberReturned": len(part.rows),
        "links": _links(call, layer, part),
        "features": [make(row) for row in part.rows],
    }
    return content if part.matched is None else {**content, "numberMatched": part.matched}


def _links(call: Call, layer: FeatureLayer, part: Slice) -> list[Link]:
    pages = {"next": (part.following, _("Next page")), "prev": (part.previous, _("Previous page"))}
    neighbours = [
        link(rel, call.links.here(drop=("offset",), cursor=cursor), call.media.type, title)
        for rel, (cursor, title) in pages.items()
        if cursor
    ]
    return [
        *call.twins(layer.title),
        *neighbours,
        link("collection", call.links.to("collection", layer.name), JSON.type, str(layer.title)),
    ]


def _neighbours(links: list[Link]) -> dict[str, str]:
    return {f"{entry['rel']}_page": entry["href"] for entry in links if entry["rel"] in ("next", "prev")}
