"""How an imported layer is drawn: as its owner chose (`look`), else in one colour from its name; labels where it has names.

A look is {kind, field, colour, classes, breaks, colours}: one colour, a colour a value, a colour an interval, or heat.
"""

import colorsys
import hashlib
from collections.abc import Mapping
from typing import Any

from layers.layer import StyleLayer
from layers.palette import HALO, TEXT_FONT
from layers.styling.expressions import LOWEST, NOTHING

# Zooms from which single points are drawn over their heat, and names.
_POINTS_FROM = 14
_LABELS_FROM = {"point": 14, "line": 15, "polygon": 16}


Look = Mapping[str, Any]
_HEAT = ("rgba(33,102,172,0)", "#67a9cf", "#d1e5f0", "#fddbc7", "#ef8a62", "#b2182b")


def style(name: str, geometry_type: str, label_field: str, look: Look | None) -> tuple[StyleLayer, ...]:
    """MapLibre layers for a layer with this look."""
    drawn = default_style(name, geometry_type, label_field)
    if not look:
        return drawn
    if look["kind"] == "heat":
        return (_heat(look), *(_from_zoom(part, _POINTS_FROM) for part in drawn))
    colour = colour_of(look)
    return tuple(_coloured(part, colour, single=look["kind"] == "single") for part in drawn)


def colour_of(look: Look) -> Any:
    """The MapLibre expression of a look's colour."""
    if look["kind"] == "single":
        return look["colour"]
    if look["kind"] == "categorised":
        pairs = [part for value, colour in look["classes"] for part in (value, colour)]
        return ["match", ["get", look["field"]], *pairs, look["colour"]]
    first, *others = look["colours"]
    # A row without a number has the colour that stands first, below every number.
    steps = [part for pair in zip(look["breaks"], others, strict=True) for part in pair]
    return ["step", ["coalesce", ["get", look["field"]], NOTHING], look["colour"], LOWEST, first, *steps]


def _coloured(part: StyleLayer, colour: Any, *, single: bool) -> StyleLayer:
    """A part of the default style in another colour; outlines of surfaces stay dark, names stay readable."""
    paint = dict(part.get("paint", {}))
    if part["type"] == "fill":
        paint.update({"fill-color": colour, "fill-opacity": 0.6})
    elif part["type"] == "circle":
        paint["circle-color"] = colour
    elif part["type"] == "line" and part["id"] == "line":
        paint["line-color"] = colour
    elif part["type"] == "line":
        paint["line-color"] = _darker(colour) if single else "#5b6770"
        if not single:
            # From afar the outlines of ten thousand parcels would be all that is seen of their colours.
            paint["line-opacity"] = ["interpolate", ["linear"], ["zoom"], 12, 0.12, 14, 0.35, 17, 0.9]
    return {**part, "paint": paint}


def _heat(look: Look) -> StyleLayer:
    weight: Any = 1
    if look.get("field"):
        weight = ["interpolate", ["linear"], ["coalesce", ["get", look["field"]], 0], 0, 0, max(float(look["top"]), 1e-9), 1]
    ramp = [part for number, colour in enumerate(_HEAT) for part in (number / (len(_HEAT) - 1), colour)]
    paint = {
        "heatmap-weight": weight,
        "heatmap-radius": ["interpolate", ["linear"], ["zoom"], 6, 4, 12, 18, 16, 40],
        "heatmap-intensity": ["interpolate", ["linear"], ["zoom"], 6, 0.6, 16, 2],
        "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], *ramp],
        "heatmap-opacity": ["interpolate", ["linear"], ["zoom"], _POINTS_FROM, 0.85, _POINTS_FROM + 2, 0.2],
    }
    return {"id": "heat", "type": "heatmap", "paint": paint}


def _from_zoom(part: StyleLayer, zoom: int) -> StyleLayer:
    return {**part, "minzoom": max(part.get("minzoom", 0), zoom)}


def _darker(colour: str) -> str:
    return "#" + "".join(f"{int(colour[at : at + 2], 16) * 6 // 10:02x}" for at in (1, 3, 5))


def default_style(name: str, geometry_type: str, label_field: str) -> tuple[StyleLayer, ...]:
    """MapLibre layers for a kind of geometry."""
    kind = "point" if "Point" in geometry_type else "line" if "Line" in geometry_type else "polygon"
    colour, dark = colours(name)
    drawn: dict[str, tuple[StyleLayer, ...]] = {
        "point": (
            {
                "id": "circle",
                "type": "circle",
                "paint": {"circle-radius": 5, "circle-color": colour, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.4},
            },
        ),
        "line": ({"id": "line", "type": "line", "paint": {"line-color": colour, "line-width": _widths(0.8, 3.0)}},),
        "polygon": (
            {"id": "fill", "type": "fill", "paint": {"fill-color": colour, "fill-opacity": 0.35}},
            {"id": "edge", "type": "line", "paint": {"line-color": dark, "line-width": _widths(0.4, 1.4)}},
        ),
    }
    return (*drawn[kind], _label(kind, label_field, dark)) if label_field else drawn[kind]


def dark_paint(name: str, look: Look | None = None) -> dict[str, dict[str, Any]]:
    """The same hue, lighter, for the wall; chosen colours stay."""
    if look:
        return {"edge": {"line-color": "#9fb2c4"}, "fill": {"fill-opacity": 0.5}}
    light = _hex(_hue(name), 0.6)
    return {
        "circle": {"circle-color": light},
        "line": {"line-color": light},
        "edge": {"line-color": light},
        "fill": {"fill-color": light, "fill-opacity": 0.25},
    }


def colours(name: str) -> tuple[str, str]:
    """A colour and a darker one of the same hue: always the same for the same name, and of even lightness."""
    hue = _hue(name)
    return _hex(hue, 0.45), _hex(hue, 0.28)


def _hue(name: str) -> float:
    return hashlib.blake2b(name.encode(), digest_size=1).digest()[0] / 256


def _hex(hue: float, lightness: float) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, lightness, 0.6))


def _widths(far: float, near: float) -> list[Any]:
    return ["interpolate", ["linear"], ["zoom"], 12, far, 18, near]


def _label(kind: str, field: str, colour: str) -> StyleLayer:
    text: dict[str, Any] = {"text-field": ["to-string", ["get", field]], "text-font": TEXT_FONT, "text-size": 11}
    placed: dict[str, dict[str, Any]] = {
        "point": {"text-anchor": "top", "text-offset": [0, 0.8]},
        "line": {"symbol-placement": "line"},
        "polygon": {},
    }
    return {
        "id": "label",
        "type": "symbol",
        "minzoom": _LABELS_FROM[kind],
        "layout": {**text, **placed[kind]},
        "paint": {"text-color": colour, **HALO},
    }
