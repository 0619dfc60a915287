"""Symbols of QGIS for one class of features: a symbol layer for each part of the style.

What is the same for all features of the class and at all scales stands as a plain value; the rest is data-defined, so that
QGIS draws the same widths and colours at the same scales as every other service.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from layers.layer import FeatureLayer, GeometryKind
from layers.qgis.options import add_option, data_defined
from layers.styling.bound import bind, is_constant
from layers.styling.classes import classes
from layers.styling.colours import rgb
from layers.styling.expressions import NotHeld
from layers.styling.icons import embedded
from layers.styling.qgis_expression import ZOOM, field_name, qgis_expression

KINDS: Mapping[GeometryKind, str] = {"polygon": "fill", "line": "line", "point": "marker"}
Part = Mapping[str, Any]


@dataclass
class Values:
    """Plain values and expressions of a symbol layer, collected from a part's properties."""

    part: Part
    known: Mapping[str, Any]
    plain: dict[str, Any] = field(default_factory=dict)
    defined: dict[str, str] = field(default_factory=dict)

    def get(self, name: str, default: Any) -> Any:
        """A property with what is known put in."""
        value = self.part.get("paint", {}).get(name, self.part.get("layout", {}).get(name, default))
        return bind(value, self.known)

    def number(self, target: str, key: str, value: Any, add: float = 0.0, times: float = 1.0) -> None:
        """A size: `times` the value and `add`."""
        if is_constant(value):
            self.plain[target] = f"{float(value) * times + add:g}"
            return
        self.plain[target] = "1"
        self.defined[key] = f"({qgis_expression(value)}) * {times:g} + {add:g}"

    def colour(self, target: str, key: str, colour: Any, opacity: Any) -> None:
        """A colour with its opacity."""
        if is_constant(colour) and is_constant(opacity):
            self.plain[target] = rgba(str(colour), float(opacity))
            return
        self.plain[target] = rgba(str(colour) if is_constant(colour) else "#808080", 1.0)
        base, alpha = qgis_expression(colour), qgis_expression(opacity)
        self.defined[key] = f"set_color_part({base}, 'alpha', round(255 * ({alpha})))"


def rgba(colour: str, opacity: float) -> str:
    """A colour as QGIS writes it."""
    return ",".join(map(str, (*rgb(colour), round(255 * max(0.0, min(1.0, opacity))))))


def add_symbol(parent: etree._Element, name: str, layer: FeatureLayer, parts: Sequence[Part], known: Mapping[str, Any]) -> None:
    """A symbol for the features whose properties in `known` have these values."""
    kind = KINDS[layer.geometry_kind]
    symbol = etree.SubElement(
        parent, "symbol", {"name": name, "type": kind, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0", "is_animated": "0"}
    )
    number = 0
    for part in parts:
        writer = _WRITERS.get(part["type"])
        if writer is None or (shown := _shown(part, known)) == "false":
            continue
        values = Values(part, known)
        try:
            class_name = writer(values, layer)
        except NotHeld:
            continue
        if class_name is None:
            continue
        if shown:
            values.defined["enabled"] = shown
        element = etree.SubElement(symbol, "layer", {"class": class_name, "enabled": "1", "locked": "0", "pass": str(number)})
        add_option(element, values.plain)
        data_defined(element, values.defined)
        number += 1


def _shown(part: Part, known: Mapping[str, Any]) -> str:
    """The condition under which a part is drawn: its filter and its zooms; "" for always, "false" for never."""
    conditions = []
    wanted = bind(part.get("filter"), known)
    if wanted is False:
        return "false"
    if wanted is not None and wanted is not True:
        conditions.append(qgis_expression(wanted))
    if low := float(part.get("declared_minzoom", 0)):
        conditions.append(f"{ZOOM} >= {low:g}")
    if high := part.get("maxzoom"):
        conditions.append(f"{ZOOM} < {float(high):g}")
    return " AND ".join(conditions)


def _fill(values: Values, _layer: FeatureLayer) -> str | None:
    values.plain.update(style="solid", outline_style="no", joinstyle="bevel")
    values.colour("color", "fillColor", values.get("fill-color", "#000000"), values.get("fill-opacity", 1))
    return "SimpleFill"


def _line(values: Values, _layer: FeatureLayer) -> str | None:
    values.plain.update(line_style="solid", line_width_unit="Pixel", use_custom_dash="0")
    values.plain["capstyle"] = {"butt": "flat"}.get(cap := str(values.get("line-cap", "butt")), cap)
    values.plain["joinstyle"] = {"miter": "miter"}.get(join := str(values.get("line-join", "miter")), join)
    values.colour("line_color", "outlineColor", values.get("line-color", "#000000"), values.get("line-opacity", 1))
    width = values.get("line-width", 1)
    values.number("line_width", "outlineWidth", width)
    if dashes := values.get("line-dasharray", None):
        thick = float(values.plain["line_width"]) or 1.0
        values.plain.update(use_custom_dash="1", customdash=";".join(f"{float(d) * thick:g}" for d in dashes), customdash_unit="Pixel")
    return "SimpleLine"


def _circle(values: Values, layer: FeatureLayer) -> str | None:
    if layer.geometry_kind != "point":
        return None
    border = values.get("circle-stroke-width", 0)
    edge = float(border) if is_constant(border) else 1.0
    values.plain.update(name="circle", size_unit="Pixel", outline_width_unit="Pixel", outline_style="solid" if edge else "no")
    values.number("size", "size", values.get("circle-radius", 5), add=edge, times=2)
    values.number("outline_width", "outlineWidth", border)
    values.colour("color", "fillColor", values.get("circle-color", "#000000"), values.get("circle-opacity", 1))
    values.colour("outline_color", "outlineColor", values.get("circle-stroke-color", "#000000"), values.get("circle-stroke-opacity", 1))
    return "SimpleMarker"


def _icon(values: Values, layer: FeatureLayer) -> str | None:
    image = values.get("icon-image", None)
    if layer.geometry_kind != "point" or image is None:
        return None
    values.plain.update(name=embedded(str(image) if is_constant(image) else ""), size_unit="Pixel", outline_width="0")
    if not is_constant(image):
        values.defined["name"] = _chosen_icon(image)
    values.number("size", "size", values.get("icon-size", 1), times=24)
    return "SvgMarker"


def _chosen_icon(image: Any) -> str:
    """An expression that yields the pin of each feature."""
    tests, other = [], "NULL"
    for found in classes({"type": "symbol", "layout": {"icon-image": image}}, 16):
        svg = f"'{embedded(str(found.layout['icon-image']))}'"
        for conditions in found.alternatives:
            wanted = [
                f"{field_name(c.field)} IN ({', '.join(qgis_expression(value) for value in c.values)})" for c in conditions if not c.negated
            ]
            if wanted:
                tests.append(f"WHEN {' AND '.join(wanted)} THEN {svg}")
            else:
                other = svg
    return f"CASE {' '.join(tests)} ELSE {other} END" if tests else other


_WRITERS: dict[str, Callable[[Values, FeatureLayer], str | None]] = {"fill": _fill, "line": _line, "circle": _circle, "symbol": _icon}
