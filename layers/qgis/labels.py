"""Labels of QGIS from the text of a style."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from layers.layer import FeatureLayer
from layers.qgis.options import data_defined
from layers.qgis.symbols import rgba
from layers.styling.bound import is_constant
from layers.styling.classes import TEXT
from layers.styling.expressions import NotHeld
from layers.styling.qgis_expression import ZOOM, qgis_expression

# QGIS's numbers of placements.
_OVER_POINT, _ALONG_LINE, _HORIZONTAL = "1", "2", "4"
_BOLD = {"Be Vietnam Pro Bold": "75"}


def add_labeling(parent: etree._Element, layer: FeatureLayer, parts: Sequence[Mapping[str, Any]]) -> None:
    """The labels of the first part with text; none where there is no text or QGIS has no words for it."""
    for part in parts:
        if part["type"] == "symbol" and TEXT in part.get("layout", {}):
            try:
                _add(parent, layer, part)
            except NotHeld:
                continue
            return


def _add(parent: etree._Element, layer: FeatureLayer, part: Mapping[str, Any]) -> None:
    layout, paint = part.get("layout", {}), part.get("paint", {})
    text, size = qgis_expression(layout[TEXT]), layout.get("text-size", 16)
    labeling = etree.SubElement(parent, "labeling", {"type": "simple"})
    settings = etree.SubElement(labeling, "settings", {"calloutType": "simple"})
    font = (layout.get("text-font") or [""])[0]
    style = etree.SubElement(
        settings,
        "text-style",
        {
            "fieldName": text,
            "isExpression": "1",
            "fontFamily": "Be Vietnam Pro",
            "fontWeight": _BOLD.get(font, "57"),
            "fontSize": f"{float(size):g}" if is_constant(size) else "12",
            "fontSizeUnit": "Pixel",
            "textColor": rgba(str(paint.get("text-color", "#000000")), 1.0),
            "textOpacity": "1",
            "multilineHeight": f"{float(layout.get('text-line-height', 1.2)) / 1.2:g}",
        },
    )
    _halo(style, paint)
    etree.SubElement(settings, "text-format", {"wrapChar": "", "multilineAlign": "1", "autoWrapLength": _wrap(layout)})
    etree.SubElement(settings, "placement", _placement(layer, layout, size))
    etree.SubElement(
        settings,
        "rendering",
        {"drawLabels": "1", "obstacle": "0", "scaleVisibility": "0", "limitNumLabels": "0"},
    )
    defined = {} if is_constant(size) else {"Size": qgis_expression(size)}
    if shown := _shown(part):
        defined["Show"] = shown
    data_defined(settings, defined, tag="dd_properties")


def _halo(style: etree._Element, paint: Mapping[str, Any]) -> None:
    width = float(paint.get("text-halo-width", 0))
    values = {
        "bufferDraw": "1" if width else "0",
        "bufferSize": f"{width:g}",
        "bufferSizeUnits": "Pixel",
        "bufferColor": rgba(str(paint.get("text-halo-color", "#ffffff")), 1.0),
        "bufferOpacity": "1",
        "bufferJoinStyle": "128",
    }
    etree.SubElement(style, "text-buffer", values)


def _wrap(layout: Mapping[str, Any]) -> str:
    """Letters a line: MapLibre says ems, and a letter of this typeface is about half as wide as it is high."""
    if layout.get("symbol-placement") == "line":
        return "0"
    return str(round(2 * float(layout.get("text-max-width", 10))))


def _placement(layer: FeatureLayer, layout: Mapping[str, Any], size: Any) -> dict[str, str]:
    values = {"priority": "5", "distUnits": "Pixel", "offsetUnits": "Pixel", "repeatDistanceUnits": "Pixel", "placementFlags": "9"}
    if layer.geometry_kind == "line" or layout.get("symbol-placement") == "line":
        return {**values, "placement": _ALONG_LINE, "repeatDistance": f"{layout.get('symbol-spacing', 250)}", "dist": "0"}
    if layer.geometry_kind == "polygon":
        return {**values, "placement": _HORIZONTAL}
    offset = layout.get("text-offset") or [0, 0]
    down = float(offset[1]) * (float(size) if is_constant(size) else 12)
    below = "7" if layout.get("text-anchor") == "top" else "4"
    return {**values, "placement": _OVER_POINT, "quadOffset": below, "yOffset": f"{down:g}", "xOffset": "0"}


def _shown(part: Mapping[str, Any]) -> str:
    conditions = []
    if (wanted := part.get("filter")) is not None:
        conditions.append(qgis_expression(wanted))
    if low := float(part.get("declared_minzoom", 0)):
        conditions.append(f"{ZOOM} >= {low:g}")
    if high := part.get("maxzoom"):
        conditions.append(f"{ZOOM} < {float(high):g}")
    return " AND ".join(conditions)
