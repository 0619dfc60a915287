"""`/collections/<layer>/items`: features (OGC API - Features 7.15, 7.16)."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach
from layers.catalogue import catalogue
from layers.freshness import layer_state
from layers.layer import FeatureLayer
from layers.ogc.editing.writes import OF_ITEMS, create, options
from layers.ogc.exports import EXPORT_LIMITS, EXPORTS, disposition, export
from layers.ogc.feature import columns, features_of
from layers.ogc.jsonfg import as_collection
from layers.ogc.links import Link, link
from layers.ogc.media import GEOJSON, HTML, JSON, JSONFG
from layers.ogc.paging import Limits, Slice, read_slice
from layers.ogc.render import table
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.selection import RESERVED, Selection, filters, read_selection

EVERY_TIME = (None, None)


LIMITS = Limits()


def items(request: HttpRequest, name: str) -> HttpResponseBase:
    """The features of a layer: reading them, and a new one by POST."""
    if request.method == "OPTIONS":
        return options(request, name, OF_ITEMS)
    return create(request, name) if request.method in OF_ITEMS else listing(request, name)


@resource(GEOJSON, HTML, JSONFG, *EXPORTS)
def listing(call: Call, name: str) -> Document:
    """The features of a layer that the query selects, page by page; in formats of files all of them unless `limit` is given."""
    layer = catalogue.features(name, call.scope, "features")
    reach = layer.reach(call.scope)
    limits = EXPORT_LIMITS if call.media in EXPORTS else LIMITS
    selection = read_selection(call.parameters(*RESERVED, *filters(layer)), layer, limits)

    def build() -> Content:
        return _collection(call, selection.placed(reach) if call.standing.vouches else selection, reach)

    def page(content: Content) -> Content:
        return {"layer": layer, "table": table(content["features"], selection.shown), **_neighbours(content["links"])}

    state = layer_state(layer, reach, selection.boxes, dated=selection.when is not None)
    headers = {"Content-Crs": f"<{selection.crs.uri}>"}
    if call.media in EXPORTS:
        headers |= disposition(layer, call.media)
        return Document(build, "", [state], is_weak=True, headers=headers, raw=lambda: export(call, selection, reach))
    return Document(build, "layers/ogc/items.html", [state], page, is_weak=True, headers=headers)


def _collection(call: Call, selection: Selection, reach: Reach) -> Content:
    layer, shown = selection.layer, selection.shown
    wanted = columns(layer, selection.crs, with_geometry=call.media is not HTML, shown=shown)
    part = read_slice(layer.rows(reach, EVERY_TIME), selection.rows(reach), selection.page, wanted)
    content: dict[str, Any] = {
        "type": "FeatureCollection",
        "timeStamp": timezone.now().isoformat(),
        "numberReturned": len(part.rows),
        "links": _links(call, layer, part),
        "features": features_of(part.rows, shown, part.first),
    }
    if part.matched is not None:
        content["numberMatched"] = part.matched
    return as_collection(content, layer, selection.crs) if call.media is JSONFG else content


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
