"""Layers' styles as SLD 1.0.0 (OGC 02-070) and SLD 1.1.0 with Symbology Encoding (OGC 05-078r4, 05-077r4).

SLD has no sizes that grow with the zoom: where a style's sizes do, a rule a zoom is written, with the scales between which
it holds.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from layers.layer import FeatureLayer
from layers.portrayal import Theme, style_of
from layers.presentation import presentation
from layers.styling.classes import TEXT, Class, Condition, classes
from layers.styling.expressions import Interval, NotHeld, stops
from layers.styling.icons import icon_address
from layers.styling.scales import scale_denominator

OGC, XLINK = "http://www.opengis.net/ogc", "http://www.w3.org/1999/xlink"
SLD, SE = "http://www.opengis.net/sld", "http://www.opengis.net/se"
# More rules than this are written for one zoom alone: 76 land uses at 5 zooms help nobody.
_MANY = 60
_TITLES: Mapping[Theme, str] = {"light": "Light map", "dark": "Dark map of the wall"}


@dataclass(frozen=True)
class Dialect:
    """A version's namespaces and names."""

    version: str
    symbology: str
    parameter: str
    origin: str = ""

    def add(self, parent: etree._Element, name: str, text: object = None, *, sld: bool = False) -> etree._Element:
        """A child element, of SLD itself or of its symbology."""
        element = etree.SubElement(parent, f"{{{SLD if sld else self.symbology}}}{name}")
        element.text = None if text is None else str(text)
        return element


_DIALECTS = {"1.0.0": Dialect("1.0.0", SLD, "CssParameter"), "1.1.0": Dialect("1.1.0", SE, "SvgParameter")}


def sld_document(layers: Sequence[FeatureLayer], styles: Mapping[str, Theme], version: str = "1.1.0", origin: str = "") -> bytes:
    """One NamedLayer a layer with a UserStyle for each of `styles`. `version` is 1.0.0 or 1.1.0.

    `origin` is the scheme and host of the service: icons are referred to there.
    """
    dialect = replace(_DIALECTS[version], origin=origin)
    nsmap: dict[str | None, str] = {None: SLD, "ogc": OGC, "xlink": XLINK} | ({"se": SE} if dialect.symbology == SE else {})
    root = etree.Element(f"{{{SLD}}}StyledLayerDescriptor", {"version": version}, nsmap=nsmap)
    for layer in layers:
        named = dialect.add(root, "NamedLayer", sld=True)
        dialect.add(named, "Name", layer.name)
        for name, theme in styles.items():
            _user_style(named, dialect, layer, name, theme)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _user_style(named: etree._Element, dialect: Dialect, layer: FeatureLayer, name: str, theme: Theme) -> None:
    style = dialect.add(named, "UserStyle", sld=True)
    dialect.add(style, "Name", name)
    if dialect.symbology == SE:
        dialect.add(dialect.add(style, "Description"), "Title", f"{layer.title}")
    else:
        dialect.add(style, "Title", f"{layer.title}")
    dialect.add(style, "IsDefault", "1" if name == "default" else "0", sld=True)
    own = {layer.name, layer.label_layer}
    for part in style_of(layer, theme):
        if part["source-layer"] in own:
            _feature_style(style, dialect, layer, part)


def _feature_style(style: etree._Element, dialect: Dialect, layer: FeatureLayer, part: Mapping[str, Any]) -> None:
    """A FeatureTypeStyle a part: parts lie over each other as a whole."""
    rules = [(low, high, found) for low, high, zoom in _bands(part, layer) for found in _drawn(part, zoom)]
    if not rules:
        return
    element = dialect.add(style, "FeatureTypeStyle")
    dialect.add(element, "Name", part["id"])
    for low, high, found in rules:
        for conditions in found.alternatives:
            _rule(element, dialect, part, found, conditions, (low, high))


def _drawn(part: Mapping[str, Any], zoom: float) -> list[Class]:
    return [found for found in classes(part, zoom) if part["type"] in _SYMBOLIZERS]


def _bands(part: Mapping[str, Any], layer: FeatureLayer) -> Iterator[tuple[float, float, float]]:
    """(from, to, zoom at which sizes are taken) of the zooms that get rules of their own."""
    low, high = float(part["minzoom"]), float(part.get("maxzoom", 24))
    bends = sorted(stop for stop in stops([part.get("paint", {}), part.get("layout", {})]) if low < stop < high)
    edges = [low, *(float(zoom) for zoom in range(int(low) + 1, int(bends[-1]) + 1) if zoom < high), high] if bends else [low, high]
    if len(classes(part, (low + min(high, 20)) / 2)) * (len(edges) - 1) > _MANY:
        edges = [low, high]
    for first, last in itertools.pairwise(edges):
        middle = first + 0.5 if last - first <= 1 else min(max(first, presentation.features_from(layer) + 3), last)
        yield first, last, middle


def _rule(
    parent: etree._Element,
    dialect: Dialect,
    part: Mapping[str, Any],
    found: Class,
    conditions: tuple[Condition, ...],
    zooms: tuple[float, float],
) -> None:
    rule = dialect.add(parent, "Rule")
    words = "; ".join(f"{c.field} {'≠' if c.negated else '='} {', '.join(map(str, c.values))}" for c in conditions)
    dialect.add(rule, "Name", words or part["id"])
    if conditions:
        _filter(rule, conditions)
    low, high = zooms
    if high < 24:
        dialect.add(rule, "MinScaleDenominator", f"{scale_denominator(high):.1f}")
    if low > 0:
        dialect.add(rule, "MaxScaleDenominator", f"{scale_denominator(low):.1f}")
    try:
        _SYMBOLIZERS[part["type"]](rule, dialect, found)
    except NotHeld:
        parent.remove(rule)
        return
    if not len(rule) or etree.QName(rule[-1]).localname.endswith(("Name", "Filter", "Denominator")):
        parent.remove(rule)


def _filter(rule: etree._Element, conditions: Iterable[Condition]) -> None:
    parent = etree.SubElement(rule, f"{{{OGC}}}Filter")
    every = list(conditions)
    if len(every) > 1:
        parent = etree.SubElement(parent, f"{{{OGC}}}And")
    for condition in every:
        inside = etree.SubElement(parent, f"{{{OGC}}}Not") if condition.negated else parent
        if len(condition.values) > 1:
            inside = etree.SubElement(inside, f"{{{OGC}}}Or")
        for value in condition.values:
            if isinstance(value, Interval):
                _between(inside, condition.field, value)
            else:
                _compare(inside, "PropertyIsEqualTo", condition.field, value)


def _between(parent: etree._Element, field: str, value: Interval) -> None:
    """The lower edge belongs to it, the upper one does not."""
    if value.low > -math.inf and value.high < math.inf:
        parent = etree.SubElement(parent, f"{{{OGC}}}And")
    if value.low > -math.inf:
        _compare(parent, "PropertyIsGreaterThanOrEqualTo", field, value.low)
    if value.high < math.inf:
        _compare(parent, "PropertyIsLessThan", field, value.high)


def _compare(parent: etree._Element, name: str, field: str, value: object) -> None:
    test = etree.SubElement(parent, f"{{{OGC}}}{name}")
    etree.SubElement(test, f"{{{OGC}}}PropertyName").text = field
    etree.SubElement(test, f"{{{OGC}}}Literal").text = str(value).lower() if isinstance(value, bool) else str(value)


def _parameters(parent: etree._Element, dialect: Dialect, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if value is not None:
            dialect.add(parent, dialect.parameter, _number(value)).set("name", name)


def _number(value: object) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _polygon(rule: etree._Element, dialect: Dialect, found: Class) -> None:
    symbol = dialect.add(rule, "PolygonSymbolizer")
    values = {"fill": found.get("fill-color", "#000000"), "fill-opacity": float(found.get("fill-opacity", 1))}
    _parameters(dialect.add(symbol, "Fill"), dialect, values)
    if outline := found.get("fill-outline-color"):
        _parameters(dialect.add(symbol, "Stroke"), dialect, {"stroke": outline, "stroke-width": 1})


def _line(rule: etree._Element, dialect: Dialect, found: Class) -> None:
    width = float(found.get("line-width", 1))
    if width <= 0:
        return
    dashes = found.get("line-dasharray")
    values = {
        "stroke": found.get("line-color", "#000000"),
        "stroke-width": width,
        "stroke-opacity": float(found.get("line-opacity", 1)),
        "stroke-linejoin": {"miter": "mitre"}.get(found.get("line-join", "miter"), found.get("line-join")),
        "stroke-linecap": found.get("line-cap", "butt"),
        "stroke-dasharray": " ".join(_number(float(dash) * width) for dash in dashes) if dashes else None,
    }
    _parameters(dialect.add(dialect.add(rule, "LineSymbolizer"), "Stroke"), dialect, values)


def _circle(rule: etree._Element, dialect: Dialect, found: Class, icon: str = "") -> None:
    border = float(found.get("circle-stroke-width", 0))
    graphic = dialect.add(dialect.add(rule, "PointSymbolizer"), "Graphic")
    if icon:
        outside = dialect.add(graphic, "ExternalGraphic")
        dialect.add(outside, "OnlineResource").attrib.update({f"{{{XLINK}}}type": "simple", f"{{{XLINK}}}href": dialect.origin + icon})
        dialect.add(outside, "Format", "image/svg+xml")
    mark = dialect.add(graphic, "Mark")
    dialect.add(mark, "WellKnownName", "circle")
    fill = {"fill": found.get("circle-color", "#000000"), "fill-opacity": float(found.get("circle-opacity", 1))}
    _parameters(dialect.add(mark, "Fill"), dialect, fill)
    if border > 0:
        stroke = {"stroke": found.get("circle-stroke-color", "#000000"), "stroke-width": border}
        _parameters(dialect.add(mark, "Stroke"), dialect, {**stroke, "stroke-opacity": float(found.get("circle-stroke-opacity", 1))})
    dialect.add(graphic, "Size", _number(2 * float(found.get("circle-radius", 5)) + border))


def _symbol(rule: etree._Element, dialect: Dialect, found: Class) -> None:
    """An icon by its address on this service, and a circle in its colour for programs that cannot reach it."""
    if image := found.get("icon-image"):
        size = 24 * float(found.get("icon-size", 1))
        colour = f"#{str(image).rpartition('/')[2]}"
        circle = {"circle-radius": size / 2 - 1.5, "circle-color": colour, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.5}
        _circle(rule, dialect, Class((), circle, {}), icon_address(str(image)))
    if TEXT in found.layout:
        _text(rule, dialect, found)


def _text(rule: etree._Element, dialect: Dialect, found: Class) -> None:
    pieces = list(_label(found.layout[TEXT]))
    if not pieces:
        return
    symbol = dialect.add(rule, "TextSymbolizer")
    label = dialect.add(symbol, "Label")
    for field, text in pieces:
        if field:
            etree.SubElement(label, f"{{{OGC}}}PropertyName").text = field
        else:
            last = label[-1] if len(label) else None
            if last is None:
                label.text = (label.text or "") + text
            else:
                last.tail = (last.tail or "") + text
    font = {"font-family": "Be Vietnam Pro", "font-size": float(found.get("text-size", 16))}
    _parameters(dialect.add(symbol, "Font"), dialect, font)
    placement = dialect.add(symbol, "LabelPlacement")
    along = found.get("symbol-placement") == "line"
    if along:
        dialect.add(placement, "LinePlacement")
    else:
        anchor = dialect.add(dialect.add(placement, "PointPlacement"), "AnchorPoint")
        dialect.add(anchor, "AnchorPointX", 0.5)
        dialect.add(anchor, "AnchorPointY", 1 if found.get("text-anchor") == "top" else 0.5)
    if width := float(found.get("text-halo-width", 0)):
        halo = dialect.add(symbol, "Halo")
        dialect.add(halo, "Radius", _number(width))
        _parameters(dialect.add(halo, "Fill"), dialect, {"fill": found.get("text-halo-color", "#ffffff")})
    _parameters(dialect.add(symbol, "Fill"), dialect, {"fill": found.get("text-color", "#000000")})


def _label(expression: Any) -> Iterator[tuple[str, str]]:
    """(field, "") or ("", text) in order. Raises NotHeld."""
    if isinstance(expression, str):
        if expression:
            yield "", expression
        return
    name, *arguments = expression
    if name == "get":
        yield arguments[0], ""
    elif name in ("to-string", "number-format", "coalesce"):
        yield from _label(arguments[0])
    elif name == "concat":
        for argument in arguments:
            yield from _label(argument)
    elif name == "step" and list(arguments[0]) == ["zoom"]:
        yield from _label(arguments[-1])
    else:
        raise NotHeld(str(name))


_SYMBOLIZERS = {"fill": _polygon, "line": _line, "circle": _circle, "symbol": _symbol}
