"""`/collections` and `/collections/<layer>` (OGC API - Features 7.13, 7.14; Part 2, 6.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.changes.clock import Stamp, clock
from layers.catalogue import catalogue
from layers.freshness import layer_state
from layers.layer import FeatureLayer
from layers.models import LayerSetting
from layers.ogc.crs import offered, storage
from layers.ogc.exports import EXPORTS
from layers.ogc.extents import extent_of
from layers.ogc.links import MAP_TILESETS, QUERYABLES, SCHEMA_OF, SORTABLES, STYLES, TILESETS, Link, Links, link
from layers.ogc.media import CSV, FLATGEOBUF, GEOJSON, GEOPARQUET, HTML, JSON, SCHEMA
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.stewardship import last_changes, settings_of, settings_state, stewardship
from layers.presentation import presentation

_FILES = {CSV: "CSV", FLATGEOBUF: "FlatGeobuf", GEOPARQUET: "GeoParquet"}


@resource(JSON, HTML)
def collections(call: Call) -> Document:
    """Every feature layer that exists for the caller."""
    call.parameters()
    layers = visible_layers(call)
    state = State.of(call, layers)

    def build() -> Content:
        described = describe(call, state)
        return {"links": call.twins(_("Collections")), "collections": [described[layer.name] for layer in layers]}

    return Document(build, "layers/ogc/collections.html", state.parts)


@resource(JSON, HTML)
def collection(call: Call, name: str) -> Document:
    """One layer."""
    layer = catalogue.features(name, call.scope, "features")
    call.parameters()
    state = State.of(call, [layer])

    def build() -> Content:
        described = describe(call, state)[layer.name]
        return {**described, "links": [*call.twins(layer.title), *described["links"][1:]]}

    return Document(build, "layers/ogc/collection.html", state.parts)


def visible_layers(call: Call) -> list[FeatureLayer]:
    """The layers of this API for the caller, in the administrators' order."""
    visible = presentation.ordered(catalogue.visible_to(call.scope, "features"))
    return [layer for layer in visible if isinstance(layer, FeatureLayer)]


@dataclass(frozen=True)
class State:
    """What descriptions of layers depend on, read from the clock before any row is: a later stamp would vouch for older rows."""

    reaches: Mapping[FeatureLayer, Reach]
    marks: Mapping[str, Stamp]
    parts: Sequence[str]

    @classmethod
    def of(cls, call: Call, layers: Sequence[FeatureLayer]) -> "State":
        """The state now."""
        reaches = {layer: layer.reach(call.scope) for layer in layers}
        parts = [settings_state(), *(layer_state(layer, reach) for layer, reach in reaches.items())]
        return cls(reaches, {layer.name: clock.stamp(layer.table, None, reach) for layer, reach in reaches.items()}, parts)


def describe(call: Call, state: State) -> dict[str, dict[str, Any]]:
    """Collection objects by layer name."""
    settings = settings_of(list(state.reaches))
    changes = last_changes(state.marks)
    return {
        layer.name: {
            **_description(layer, call.links),
            "extent": extent_of(layer, reach, state.marks[layer.name]).as_json(layer.decimals),
            "stewardship": _stewardship(settings[layer.name], changes.get(layer.name)),
        }
        for layer, reach in state.reaches.items()
    }


def _stewardship(setting: LayerSetting, updated: Any) -> dict[str, Any]:
    return {**stewardship(setting, updated), "overdue": setting.is_overdue(updated)}


def _description(layer: FeatureLayer, links: Links) -> dict[str, Any]:
    return {
        "id": layer.name,
        "title": str(layer.title),
        "description": str(layer.abstract),
        "itemType": "feature",
        "crs": [named.uri for named in offered(layer.srid)],
        "storageCrs": storage(layer).uri,
        "links": collection_links(layer, links),
    }


def collection_links(layer: FeatureLayer, links: Links) -> list[Link]:
    """To the collection, its items, queryables and tiles."""
    title = str(layer.title)
    own = f"/ogc/collections/{layer.name}"
    tiles = [
        link("related", links.at(f"/tiles/{layer.name}.json"), JSON.type, _("Vector tiles (TileJSON)")),
        link(TILESETS, links.at(f"{own}/tiles"), JSON.type, _("Vector tiles")),
        link(STYLES, links.at(f"{own}/styles"), JSON.type, _("Styles")),
    ]
    return [
        link("self", links.to("collection", layer.name), JSON.type, title),
        link("items", links.to("items", layer.name), GEOJSON.type, _("Features as GeoJSON")),
        link("items", links.to("items", layer.name, f="html"), HTML.type, _("Features as a page")),
        *(link("items", links.to("items", layer.name, f=media.key), media.type, _FILES[media]) for media in EXPORTS if media in _FILES),
        link(SCHEMA_OF, links.to("schema", layer.name), SCHEMA.type, _("Schema")),
        link(QUERYABLES, links.to("queryables", layer.name), SCHEMA.type, _("Queryable properties")),
        link(SORTABLES, links.to("sortables", layer.name), SCHEMA.type, _("Sortable properties")),
        *(tiles if "tiles" in layer.services else []),
        *([link(MAP_TILESETS, links.at(f"{own}/map/tiles"), JSON.type, _("Map tiles"))] if "wms" in layer.services else []),
    ]
