"""Styles of the API (OGC API - Styles): each layer in both themes as MapLibre, SLD and QML, and one of all layers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, NotFound
from layers.catalogue import catalogue
from layers.freshness import declaration
from layers.layer import FeatureLayer
from layers.ogc.collections import visible_layers
from layers.ogc.links import link
from layers.ogc.media import JSON, Media
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.stewardship import settings_state
from layers.portrayal import Theme
from layers.presentation import presentation
from layers.styling.qml import qml_document
from layers.styling.sld import sld_document
from tiles.style import style as maplibre

EVERYTHING = "default"
_DARK = "-dark"
MAPLIBRE = Media(("mbs", "maplibre", "json"), "application/vnd.mapbox.style+json", ("application/json",))
SLD_10 = Media(("sld10",), "application/vnd.ogc.sld+xml;version=1.0", ("application/vnd.ogc.sld+xml",))
SLD_11 = Media(("sld11", "sld"), "application/vnd.ogc.sld+xml;version=1.1")
QML = Media(("qml",), "application/x-qgis-qml", ("text/xml",))


@dataclass(frozen=True)
class Style:
    """A style by its id: the layers that it draws, and the theme."""

    id: str
    layers: tuple[FeatureLayer, ...]
    theme: Theme

    @property
    def title(self) -> str:
        """For people."""
        words = str(self.layers[0].title) if self.id not in (EVERYTHING, EVERYTHING + _DARK) else _("All layers")
        return _("%(title)s, for the dark wall") % {"title": words} if self.theme == "dark" else words

    @property
    def formats(self) -> tuple[Media, ...]:
        """QML is of one layer."""
        return (MAPLIBRE, SLD_11, SLD_10) if self.id.startswith(EVERYTHING) else (MAPLIBRE, SLD_11, SLD_10, QML)


@resource(JSON)
def styles(call: Call) -> Document:
    """`/styles`."""
    call.parameters()
    layers = _styled(call)
    found = every_style(layers)

    def build() -> Content:
        return {"default": EVERYTHING, "styles": [_entry(call, style) for style in found], "links": call.twins(_("Styles"))}

    return Document(build, "", [settings_state(), *map(declaration, layers)])


@resource(JSON)
def collection_styles(call: Call, name: str) -> Document:
    """`/collections/<layer>/styles`."""
    layer = catalogue.features(name, call.scope, "tiles")
    call.parameters()

    def build() -> Content:
        return {"default": layer.name, "styles": [_entry(call, style) for style in _of(layer)], "links": call.twins(layer.title)}

    return Document(build, "", [settings_state(), declaration(layer)])


@resource(MAPLIBRE, SLD_11, SLD_10, QML)
def one_style(call: Call, style: str) -> Document:
    """`/styles/<id>`: the sheet in the asked format."""
    found = _find(call, style)
    call.parameters()
    if call.media not in found.formats:
        accepted = ", ".join(media.key for media in found.formats)
        raise BadParameter(_("This style is offered as: %(accepted)s.") % {"accepted": accepted}, field="f")

    def raw() -> HttpResponse:
        return HttpResponse(_SHEETS[call.media](call, found), content_type=call.media.type)

    state = f"{presentation.stamp}{settings_state()}"
    return Document(dict, "", [state, *map(declaration, found.layers)], raw=raw)


@resource(JSON)
def metadata(call: Call, style: str) -> Document:
    """`/styles/<id>/metadata`."""
    found = _find(call, style)
    call.parameters()

    def build() -> Content:
        sheets = [
            {"title": media.key, "version": "", "specification": _SPECIFICATIONS[media], "native": media is MAPLIBRE, "link": sheet}
            for media, sheet in zip(found.formats, _sheets(call, found), strict=True)
        ]
        layers = [
            {
                "id": layer.name,
                "description": str(layer.title),
                "type": layer.geometry_kind,
                "sampleData": link("data", call.links.to("items", layer.name), "application/geo+json", str(layer.title)),
            }
            for layer in found.layers
        ]
        described = ", ".join(str(layer.title) for layer in found.layers)
        return {
            "id": found.id,
            "title": found.title,
            "description": described,
            "scope": "style",
            "stylesheets": sheets,
            "layers": layers,
            "links": call.twins(found.title),
        }

    return Document(build, "", [settings_state(), *map(declaration, found.layers)])


_SPECIFICATIONS: Mapping[Media, str] = {
    MAPLIBRE: "https://maplibre.org/maplibre-style-spec/",
    SLD_11: "http://www.opengis.net/doc/IS/sld/1.1",
    SLD_10: "http://www.opengis.net/doc/IS/sld/1.0",
    QML: "https://docs.qgis.org/latest/en/docs/user_manual/appendices/qgis_file_formats.html",
}
_SHEETS: Mapping[Media, Callable[[Call, Style], bytes]] = {
    MAPLIBRE: lambda call, style: orjson.dumps(maplibre(list(style.layers), call.links.root, style.theme, None)),
    SLD_11: lambda call, style: sld_document(style.layers, dict.fromkeys([style.theme], style.theme), "1.1.0", call.links.root),
    SLD_10: lambda call, style: sld_document(style.layers, dict.fromkeys([style.theme], style.theme), "1.0.0", call.links.root),
    QML: lambda _call, style: qml_document(style.layers[0], style.theme),
}


def _styled(call: Call) -> list[FeatureLayer]:
    return [layer for layer in visible_layers(call) if "tiles" in layer.services]


def _of(layer: FeatureLayer) -> list[Style]:
    return [Style(layer.name, (layer,), "light"), Style(layer.name + _DARK, (layer,), "dark")]


def every_style(layers: Sequence[FeatureLayer]) -> list[Style]:
    """The styles of these layers that are tiled, those of all together first."""
    layers = [layer for layer in layers if "tiles" in layer.services]
    if not layers:
        return []
    every = tuple(layers)
    whole = [Style(EVERYTHING, every, "light"), Style(EVERYTHING + _DARK, every, "dark")]
    return [*whole, *(style for layer in layers for style in _of(layer))]


def _find(call: Call, name: str) -> Style:
    """Raises NotFound alike for styles of unknown and of forbidden layers."""
    for style in every_style(_styled(call)):
        if style.id == name:
            return style
    raise NotFound(_("There is no style “%(name)s”, or it is not open to you.") % {"name": name[:80]}, field="style")


def _sheets(call: Call, style: Style) -> list[dict[str, str]]:
    return [
        link("stylesheet", call.links.at(f"/ogc/styles/{style.id}", {"f": media.key}), media.type, style.title) for media in style.formats
    ]


def _entry(call: Call, style: Style) -> dict[str, Any]:
    described = link("describedby", call.links.at(f"/ogc/styles/{style.id}/metadata"), JSON.type, style.title)
    return {"id": style.id, "title": style.title, "links": [*_sheets(call, style), described]}
