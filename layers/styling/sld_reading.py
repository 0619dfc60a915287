"""SLD 1.0 and 1.1 as a style of ours, as far as the style model holds it; the error names the first thing that it does not."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.styling.colours import is_hex
from layers.styling.expressions import NotHeld
from layers.styling.gathering import Drawing, gathered
from layers.styling.icons import ICON_PIXELS, icon_at
from layers.styling.scales import zoom_of_scale

_HARMLESS = re.compile(rb"<!DOCTYPE qgis[^\[\]<>]{0,120}>")
MAX_BYTES: Final = 1_000_000
_IGNORED = frozenset(
    ("Name", "Title", "Description", "Abstract", "IsDefault", "FeatureTypeName", "SemanticTypeIdentifier", "LegendGraphic", "ElseFilter")
)
_JOINS: Mapping[str, str] = {"mitre": "miter", "miter": "miter", "round": "round", "bevel": "bevel"}
# Words of SLD -> ours, for the fill and for the stroke.
_HREF = "{http://www.w3.org/1999/xlink}href"
_STROKE: Mapping[str, str] = {"stroke": "color", "stroke-width": "width", "stroke-opacity": "opacity"}
_LINE_LAYOUT: Mapping[str, str] = {"stroke-linejoin": "line-join", "stroke-linecap": "line-cap"}


def read_sld(content: bytes, field: str = "style") -> list[dict[str, Any]]:
    """MapLibre layers without source. Raises BadParameter that names what is wrong or not held; fetches nothing."""
    root = parsed_xml(content, field)
    try:
        if _local(root) != "StyledLayerDescriptor":
            raise NotHeld(_local(root))
        refuse_references(root)
        styles = [style for style in root.iter() if _local(style) == "UserStyle"]
        if not styles:
            raise NotHeld("NamedStyle")
        chosen = next((style for style in styles if _text(style, "IsDefault") in ("1", "true")), styles[0])
        parts = [part for one in chosen if _local(one) == "FeatureTypeStyle" for part in gathered(_drawings(one))]
    except (ValueError, KeyError) as error:
        raise not_held(error, field) from error
    for number, part in enumerate(parts):
        part["id"] = f"{part['type']}{number}"
    return parts


def parsed_xml(content: bytes, field: str) -> Element:
    """The root of an XML document without any DOCTYPE. Raises BadParameter."""
    if len(content) > MAX_BYTES:
        raise BadParameter(_("The style file is larger than %(limit)d bytes.") % {"limit": MAX_BYTES}, field=field)
    try:
        # QGIS begins its files with a DOCTYPE that declares nothing; any other is refused.
        root: Element = fromstring(_HARMLESS.sub(b"", content, count=1), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadParameter(_("The style file is no well-formed XML without DOCTYPE and entities."), field=field) from None
    return root


def refuse_references(root: Element) -> None:
    """Raises NotHeld for anything that stands at another address; our own icons are known by theirs."""
    for element in root.iter():
        if _local(element) in ("RemoteOWS", "InlineContent"):
            raise NotHeld(f"{_local(element)} (a reference out of the file)")
        if _local(element) == "OnlineResource" and icon_at(element.get(_HREF, "")) is None:
            raise NotHeld("OnlineResource (a reference out of the file)")


def finite(text: str) -> float:
    """A number. Raises NotHeld for infinity and what is none: JSON has no words for them; ValueError for other texts."""
    number = float(text)
    if not math.isfinite(number):
        raise NotHeld(f"the number “{text.strip()[:20]}”")
    return number


def not_held(error: Exception, field: str) -> BadParameter:
    """The failure in words."""
    sentence = _("The style file uses what layers here cannot hold: %(what)s.")
    return BadParameter(sentence % {"what": str(error)[:200]}, field=field)


def _drawings(style: Element) -> Iterator[Drawing]:
    for rule in style:
        if _local(rule) == "Rule":
            yield from _rule(rule)
        elif _local(rule) not in _IGNORED:
            raise NotHeld(_local(rule))


def _rule(rule: Element) -> Iterator[Drawing]:
    column: str = ""
    values: tuple[Any, ...] = ()
    zooms = {"MaxScaleDenominator": 0.0, "MinScaleDenominator": 24.0}
    symbolizers = []
    for child in rule:
        name = _local(child)
        if name == "Filter":
            column, values = _condition(child)
        elif name in zooms:
            zooms[name] = zoom_of_scale(finite(child.text or "0"))
        elif name in _SYMBOLIZERS:
            symbolizers.append(child)
        elif name not in _IGNORED:
            raise NotHeld(name)
    for symbolizer in symbolizers:
        for drawn, paint, layout in _SYMBOLIZERS[_local(symbolizer)](symbolizer):
            yield Drawing(drawn, paint, layout, column, values, (zooms["MaxScaleDenominator"], zooms["MinScaleDenominator"]))


def _condition(element: Element) -> tuple[str, tuple[Any, ...]]:
    """(field, values); nothing for a filter that says "none of these", which stands for all others."""
    inner = list(element)
    if len(inner) != 1:
        raise NotHeld("Filter")
    test = inner[0]
    if _local(test) == "Not":
        return "", ()
    tests = list(test) if _local(test) == "Or" else [test]
    pairs = []
    for one in tests:
        if _local(one) != "PropertyIsEqualTo" or len(one) != 2:
            raise NotHeld(_local(one))
        pairs.append(((one[0].text or "").strip(), (one[1].text or "").strip()))
    if len({name for name, _value in pairs}) != 1:
        raise NotHeld("Or over different fields")
    return pairs[0][0], tuple(value for _name, value in pairs)


Drawn = tuple[str, dict[str, Any], dict[str, Any]]


def _polygon(symbolizer: Element) -> Iterator[Drawn]:
    fill, stroke = _child(symbolizer, "Fill"), _child(symbolizer, "Stroke")
    _only(symbolizer, "Fill", "Stroke", "Geometry")
    if fill is not None:
        values = _parameters(fill, "fill", "fill-opacity")
        yield "fill", {"fill-color": _colour(values.get("fill", "#808080")), "fill-opacity": finite(values.get("fill-opacity", "1"))}, {}
    if stroke is not None:
        yield _stroke(stroke)


def _line(symbolizer: Element) -> Iterator[Drawn]:
    _only(symbolizer, "Stroke", "Geometry")
    stroke = _child(symbolizer, "Stroke")
    if stroke is not None:
        yield _stroke(stroke)


def _stroke(stroke: Element) -> Drawn:
    values = _parameters(stroke, *_STROKE, *_LINE_LAYOUT, "stroke-dasharray")
    width = finite(values.get("stroke-width", "1"))
    paint: dict[str, Any] = {"line-color": _colour(values.get("stroke", "#000000")), "line-width": width}
    if "stroke-opacity" in values:
        paint["line-opacity"] = finite(values["stroke-opacity"])
    if dashes := values.get("stroke-dasharray"):
        if width <= 0:
            raise NotHeld("stroke-dasharray without width")
        paint["line-dasharray"] = [round(finite(dash) / width, 3) for dash in dashes.replace(",", " ").split()]
    layout = {ours: _JOINS.get(values[name], values[name]) for name, ours in _LINE_LAYOUT.items() if name in values}
    return "line", paint, layout


def _point(symbolizer: Element) -> Iterator[Drawn]:
    _only(symbolizer, "Graphic", "Geometry")
    graphic = _child(symbolizer, "Graphic")
    outside = _child(graphic, "ExternalGraphic")
    if graphic is not None and outside is not None:
        yield _icon(graphic, outside)
        return
    mark = _child(graphic, "Mark") if graphic is not None else None
    if graphic is None or mark is None or _text(mark, "WellKnownName") not in ("circle", ""):
        raise NotHeld("a Graphic other than the circle")
    paint: dict[str, Any] = {}
    if (fill := _child(mark, "Fill")) is not None:
        values = _parameters(fill, "fill", "fill-opacity")
        paint.update({"circle-color": _colour(values.get("fill", "#808080")), "circle-opacity": finite(values.get("fill-opacity", "1"))})
    border = 0.0
    if (stroke := _child(mark, "Stroke")) is not None:
        values = _parameters(stroke, *_STROKE)
        border = finite(values.get("stroke-width", "1"))
        paint.update({"circle-stroke-color": _colour(values.get("stroke", "#000000")), "circle-stroke-width": border})
    paint["circle-radius"] = round((finite(_text(graphic, "Size") or "6") - border) / 2, 3)
    yield "circle", paint, {}


def _icon(graphic: Element, outside: Element) -> Drawn:
    address = _child(outside, "OnlineResource")
    image = icon_at(address.get(_HREF, "")) if address is not None else None
    if image is None:
        raise NotHeld("ExternalGraphic (a reference out of the file)")
    size = finite(_text(graphic, "Size") or str(ICON_PIXELS))
    return "icon", {}, {"icon-image": image, "icon-size": round(size / ICON_PIXELS, 3), "icon-allow-overlap": True}


def _label(symbolizer: Element) -> Iterator[Drawn]:
    _only(symbolizer, "Label", "Font", "LabelPlacement", "Halo", "Fill", "Geometry", "Priority", "VendorOption")
    label = _child(symbolizer, "Label")
    if label is None:
        raise NotHeld("TextSymbolizer without Label")
    pieces: list[Any] = [label.text] if (label.text or "").strip() else []
    for child in label:
        if _local(child) != "PropertyName":
            raise NotHeld(_local(child))
        pieces.append(["to-string", ["get", (child.text or "").strip()]])
        if (child.tail or "").strip():
            pieces.append(child.tail)
    font = _child(symbolizer, "Font")
    values = _parameters(font, "font-family", "font-size", "font-weight", "font-style") if font is not None else {}
    layout: dict[str, Any] = {"text-field": pieces[0] if len(pieces) == 1 else ["concat", *pieces]}
    layout.update({"text-font": ["Be Vietnam Pro"], "text-size": finite(values.get("font-size", "10"))})
    placement = _child(symbolizer, "LabelPlacement")
    if placement is not None and _child(placement, "LinePlacement") is not None:
        layout["symbol-placement"] = "line"
    paint: dict[str, Any] = {"text-color": _filled(_child(symbolizer, "Fill"), "#000000")}
    if (halo := _child(symbolizer, "Halo")) is not None:
        paint["text-halo-width"] = finite(_text(halo, "Radius") or "1")
        paint["text-halo-color"] = _filled(_child(halo, "Fill"), "#ffffff")
    yield "symbol", paint, layout


_SYMBOLIZERS = {"PolygonSymbolizer": _polygon, "LineSymbolizer": _line, "PointSymbolizer": _point, "TextSymbolizer": _label}


def _parameters(element: Element, *known: str) -> dict[str, str]:
    """Css- and SvgParameters with plain values. Raises NotHeld for others."""
    found = {}
    for child in element:
        name = child.get("name", _local(child))
        if name not in known or len(child):
            raise NotHeld(f"{_local(element)}: {name}")
        found[name] = (child.text or "").strip()
    return found


def _filled(fill: Element | None, default: str) -> str:
    values = {} if fill is None else _parameters(fill, "fill", "fill-opacity")
    return _colour(values.get("fill", default))


def _colour(text: str) -> str:
    if not is_hex(text):
        raise NotHeld(f"colour “{text[:20]}”")
    return text.lower()


def _only(element: Element, *known: str) -> None:
    for child in element:
        if _local(child) not in known:
            raise NotHeld(f"{_local(element)}: {_local(child)}")


def _child(element: Element | None, name: str) -> Element | None:
    return None if element is None else next((child for child in element if _local(child) == name), None)


def _text(element: Element, name: str) -> str:
    child = _child(element, name)
    return (child.text or "").strip() if child is not None else ""


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
