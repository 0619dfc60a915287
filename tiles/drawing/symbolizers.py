"""Mapnik symbolizers of one class of a style part. Sizes are in pixels of the style; Mapnik scales them."""

from collections.abc import Callable
from typing import Any

from lxml import etree

from layers.styling.classes import TEXT, Class
from layers.styling.expressions import NotHeld
from layers.styling.icons import ICON_PIXELS
from tiles.drawing.fonts import FACES
from tiles.drawing.icons import icon_file
from tiles.drawing.text import text_expression

_BLACK = "#000000"
_ANCHORS = {"top": "bottom", "bottom": "top", "center": "middle"}


def symbolize(rule: etree._Element, kind: str, drawn: Class, zoom: float) -> None:
    """Add to a rule what draws a class of a part of type `kind`; nothing for kinds that WMS does not draw."""
    writer = _WRITERS.get(kind)
    if writer is not None and _visible(drawn):
        writer(rule, drawn, zoom)


def _visible(drawn: Class) -> bool:
    return bool(drawn.get("visibility", "visible") == "visible")


def _fill(rule: etree._Element, drawn: Class, _zoom: float) -> None:
    opacity = float(drawn.get("fill-opacity", 1))
    if opacity <= 0:
        return
    colour = str(drawn.get("fill-color", _BLACK))
    _add(rule, "PolygonSymbolizer", {"fill": colour, "fill-opacity": opacity, "gamma": 1})
    if outline := drawn.get("fill-outline-color"):
        _add(rule, "LineSymbolizer", {"stroke": outline, "stroke-width": 1, "stroke-opacity": opacity})


def _line(rule: etree._Element, drawn: Class, _zoom: float) -> None:
    width, opacity = float(drawn.get("line-width", 1)), float(drawn.get("line-opacity", 1))
    # A blurred edge is drawn as a narrower line of the same weight.
    width = max(width - float(drawn.get("line-blur", 0)) / 2, width / 2)
    if width <= 0 or opacity <= 0:
        return
    values = {
        "stroke": drawn.get("line-color", _BLACK),
        "stroke-width": round(width, 3),
        "stroke-opacity": round(opacity, 3),
        "stroke-linecap": drawn.get("line-cap", "butt"),
        "stroke-linejoin": drawn.get("line-join", "miter"),
    }
    if dashes := drawn.get("line-dasharray"):
        dashes = dashes[1] if dashes[0] == "literal" else dashes
        values["stroke-dasharray"] = ",".join(f"{float(dash) * width:.2f}" for dash in dashes)
    _add(rule, "LineSymbolizer", values)


def _circle(rule: etree._Element, drawn: Class, _zoom: float) -> None:
    radius, border = float(drawn.get("circle-radius", 5)), float(drawn.get("circle-stroke-width", 0))
    if radius <= 0 and border <= 0:
        return
    # MapLibre's stroke lies outside of the radius, Mapnik's on the middle of it.
    size = round(2 * radius + border, 3)
    values = {
        "marker-type": "ellipse",
        "width": size,
        "height": size,
        "fill": drawn.get("circle-color", _BLACK),
        "fill-opacity": round(float(drawn.get("circle-opacity", 1)), 3),
        "stroke": drawn.get("circle-stroke-color", _BLACK),
        "stroke-width": round(border, 3),
        "stroke-opacity": round(float(drawn.get("circle-stroke-opacity", 1)), 3),
    }
    _add(rule, "MarkersSymbolizer", {**values, "allow-overlap": "true", "ignore-placement": "true"})


def _symbol(rule: etree._Element, drawn: Class, zoom: float) -> None:
    if image := drawn.get("icon-image"):
        size = round(ICON_PIXELS * float(drawn.get("icon-size", 1)), 2)
        overlap = "true" if drawn.get("icon-allow-overlap") else "false"
        _add(rule, "MarkersSymbolizer", {"file": icon_file(str(image)), "width": size, "height": size, "allow-overlap": overlap})
    if TEXT in drawn.layout:
        _text(rule, drawn, zoom)


def _text(rule: etree._Element, drawn: Class, zoom: float) -> None:
    try:
        text = text_expression(drawn.layout[TEXT], zoom)
    except NotHeld:
        return
    if not text:
        return
    size = float(drawn.get("text-size", 16))
    along = drawn.get("symbol-placement") in ("line", "line-center")
    values: dict[str, Any] = {
        "face-name": FACES.get((drawn.get("text-font") or ["Be Vietnam Pro"])[0], FACES["Be Vietnam Pro"]),
        "size": round(size, 2),
        "fill": drawn.get("text-color", _BLACK),
        "halo-fill": drawn.get("text-halo-color", "#ffffff"),
        "halo-radius": round(float(drawn.get("text-halo-width", 0)), 2),
        "opacity": drawn.get("text-opacity", 1),
        "allow-overlap": "true" if drawn.get("text-allow-overlap") else "false",
        "placement": "line" if along else "interior",
        "line-spacing": round((float(drawn.get("text-line-height", 1.2)) - 1.2) * size, 2),
        "margin": float(drawn.get("text-padding", 2)),
        "character-spacing": round(float(drawn.get("text-letter-spacing", 0)) * size, 2),
        "clip": "false",
    }
    values.update(_along(drawn) if along else _wrapped(drawn, size))
    element = _add(rule, "TextSymbolizer", values)
    element.text = text


def _along(drawn: Class) -> dict[str, Any]:
    return {
        "spacing": drawn.get("symbol-spacing", 250),
        "max-char-angle-delta": drawn.get("text-max-angle", 45),
        "repeat-distance": 40,
        "label-position-tolerance": 60,
    }


def _wrapped(drawn: Class, size: float) -> dict[str, Any]:
    offset = drawn.get("text-offset") or [0, 0]
    offset = offset[1] if offset[0] == "literal" else offset
    anchor = str(drawn.get("text-anchor", "center")).split("-")[0]
    return {
        "wrap-width": round(float(drawn.get("text-max-width", 10)) * size, 1),
        "dx": round(float(offset[0]) * size, 2),
        "dy": round(float(offset[1]) * size, 2),
        "vertical-alignment": _ANCHORS.get(anchor, "middle"),
    }


_WRITERS: dict[str, Callable[[etree._Element, Class, float], None]] = {
    "fill": _fill,
    "line": _line,
    "circle": _circle,
    "symbol": _symbol,
}


def _add(rule: etree._Element, name: str, values: dict[str, Any]) -> etree._Element:
    return etree.SubElement(rule, name, {key: str(value) for key, value in values.items()})
