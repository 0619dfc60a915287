"""GetCapabilities: what the caller may see, and nothing of anybody else's."""

from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from lxml import etree

from gis_core import crs
from gis_core.access import Scope
from gis_core.hot import Answer, Request
from layers.catalogue import catalogue
from layers.layer import CoverageLayer, FeatureLayer
from layers.presentation import presentation
from layers.styling.scales import scale_denominator
from tiles.drawing.answering import in_thread
from tiles.drawing.painting import FORMATS, MAX_PIXELS
from tiles.wms.drawables import Drawable, style_title, styles_of
from tiles.wms.failure import NO_STORE
from tiles.wms.places import Place, place_of
from tiles.wms.reading import MAX_LAYERS, OFFERED, Kvp
from tiles.wms.vocabulary import (
    DOCTYPE,
    INFO_FORMATS,
    LEGEND_FORMATS,
    Vocabulary,
    online,
    vocabulary,
)  # fmt: skip

# Diagonal of a pixel, which WMS 1.1.1 hints at scales with.
_HINT = 0.00028 * 2**0.5
_EXCEPTIONS = {
    "1.3.0": ("XML", "INIMAGE", "BLANK"),
    "1.1.1": ("application/vnd.ogc.se_xml", "application/vnd.ogc.se_inimage", "application/vnd.ogc.se_blank"),
}


async def capabilities_answer(request: Request, kvp: Kvp, version: str) -> Answer:
    """The document. It is not to be kept: QGIS would show one person's layers to the next."""
    body = await in_thread(partial(document, request.origin, request.identify(), version))
    kind = "text/xml" if version == "1.3.0" else "application/vnd.ogc.wms_xml"
    return Answer(200, body, {**NO_STORE, "Content-Type": f"{kind}; charset=UTF-8"})


def document(origin: str, scope: Scope, version: str) -> bytes:
    """The capabilities of `scope` as XML."""
    words = vocabulary(version)
    address = f"{origin}/wms?"
    root = etree.Element(words.name(words.root), {"version": version}, nsmap=words.nsmap)
    _service(root, words, address)
    capability = words.add(root, "Capability")
    _requests(capability, words, address)
    exceptions = words.add(capability, "Exception")
    for name in _EXCEPTIONS[version]:
        words.add(exceptions, "Format", name)
    if version == "1.1.1":
        words.add(capability, "UserDefinedSymbolization", SupportSLD="0", UserLayer="0", UserStyle="0", RemoteWFS="0")
    visible = presentation.ordered(catalogue.visible_to(scope, "wms"))
    layers = [layer for layer in visible if isinstance(layer, FeatureLayer | CoverageLayer)]
    _root_layer(capability, words, [(layer, place_of(layer, layer.reach(scope))) for layer in layers], address)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=DOCTYPE if version == "1.1.1" else None))


def _service(root: etree._Element, words: Vocabulary, address: str) -> None:
    service = words.add(root, "Service")
    words.add(service, "Name", "WMS" if words.version == "1.3.0" else "OGC:WMS")
    words.add(service, "Title", _("Operations map"))
    words.add(
        service, "Abstract", _("The layers of the provincial operations centre. Each caller sees the rows that are open to that person.")
    )
    online(service, words, address)
    words.add(service, "Fees", "none")
    words.add(service, "AccessConstraints", "none")
    if words.version == "1.3.0":
        words.add(service, "LayerLimit", str(MAX_LAYERS))
        words.add(service, "MaxWidth", str(MAX_PIXELS // 1_000))
        words.add(service, "MaxHeight", str(MAX_PIXELS // 1_000))


def _requests(capability: etree._Element, words: Vocabulary, address: str) -> None:
    request = words.add(capability, "Request")
    own = "text/xml" if words.version == "1.3.0" else "application/vnd.ogc.wms_xml"
    operations: list[tuple[str, tuple[str, ...]]] = [
        ("GetCapabilities", (own,)),
        ("GetMap", tuple(FORMATS)),
        ("GetFeatureInfo", INFO_FORMATS),
        ("DescribeLayer", ("text/xml",)),
        ("GetLegendGraphic", LEGEND_FORMATS),
    ]
    if words.version == "1.1.1":
        operations.append(("GetStyles", ("application/vnd.ogc.sld+xml",)))
    for name, formats in operations:
        extended = name in ("DescribeLayer", "GetLegendGraphic") and words.version == "1.3.0"
        operation = words.add_extended(request, name) if extended else words.add(request, name)
        for format_ in formats:
            words.add(operation, "Format", format_)
        get = words.add(words.add(words.add(operation, "DCPType"), "HTTP"), "Get")
        online(get, words, address)


def _root_layer(capability: etree._Element, words: Vocabulary, layers: list[tuple[Drawable, Place]], address: str) -> None:
    root = words.add(capability, "Layer")
    words.add(root, "Title", _("Operations map"))
    for srid in OFFERED:
        words.add(root, words.crs, f"EPSG:{srid}")
    if words.version == "1.3.0":
        words.add(root, words.crs, "CRS:84")
    _boxes(root, words, Place.around([place for _layer, place in layers]), settings.CADASTRAL_SRID)
    for layer, place in layers:
        _layer(root, words, layer, place, address)


def _layer(root: etree._Element, words: Vocabulary, layer: Drawable, place: Place, address: str) -> None:
    element = words.add(root, "Layer", queryable="1", opaque="0")
    words.add(element, "Name", layer.name)
    words.add(element, "Title", str(layer.title))
    if layer.abstract:
        words.add(element, "Abstract", str(layer.abstract))
    keywords = words.add(element, "KeywordList")
    words.add(keywords, "Keyword", str(layer.group or layer.title))
    _boxes(element, words, place, layer.srid)
    _time(element, words, place)
    if owner := presentation.of(layer).owner:
        words.add(words.add(element, "Attribution"), "Title", owner)
    for style in styles_of(layer):
        _style(element, words, layer, style, address)
    _scales(element, words, layer)


def _boxes(element: etree._Element, words: Vocabulary, place: Place, srid: int) -> None:
    """Bounds in degrees, in the layer's own CRS and in Web Mercator; nothing where the caller sees no rows."""
    if place.box is None:
        return
    west, south, east, north = (f"{value:.7f}" for value in place.degrees())
    if words.version == "1.1.1":
        words.add(element, "LatLonBoundingBox", minx=west, miny=south, maxx=east, maxy=north)
    else:
        geographic = words.add(element, "EX_GeographicBoundingBox")
        named = {"westBoundLongitude": west, "eastBoundLongitude": east, "southBoundLatitude": south, "northBoundLatitude": north}
        for name, value in named.items():
            words.add(geographic, name, value)
        words.add(element, "BoundingBox", CRS="CRS:84", minx=west, miny=south, maxx=east, maxy=north)
    for number in dict.fromkeys((srid, crs.WEB_MERCATOR, crs.WGS84)):
        words.add(element, "BoundingBox", **{words.crs: f"EPSG:{number}"}, **place.edges(number, words.version))


def _time(element: etree._Element, words: Vocabulary, place: Place) -> None:
    if place.interval is None:
        return
    begins, ends = place.interval
    days = f"{(begins or '')[:10]}/{max((ends or timezone.localdate().isoformat())[:10], timezone.localdate().isoformat())}/P1D"
    values: dict[str, Any] = {"default": "current", "nearestValue": "0"}
    if words.version == "1.1.1":
        words.add(element, "Dimension", name="time", units="ISO8601")
        words.add(element, "Extent", days, name="time", **values)
    else:
        words.add(element, "Dimension", days, name="time", units="ISO8601", **values)


def _style(element: etree._Element, words: Vocabulary, layer: Drawable, name: str, address: str) -> None:
    style = words.add(element, "Style")
    words.add(style, "Name", name)
    words.add(style, "Title", style_title(name))
    asked = f"service=WMS&request=GetLegendGraphic&version={words.version}&layer={layer.name}&style={name}&format=image/png"
    legend = words.add(style, "LegendURL", width="260", height="200")
    words.add(legend, "Format", "image/png")
    online(legend, words, address + asked)


def _scales(element: etree._Element, words: Vocabulary, layer: Drawable) -> None:
    lowest = presentation.min_zoom(layer)
    if not lowest:
        return
    limit = scale_denominator(lowest)
    if words.version == "1.1.1":
        words.add(element, "ScaleHint", min="0", max=f"{limit * _HINT:.3f}")
    else:
        words.add(element, "MaxScaleDenominator", f"{limit:.3f}")
