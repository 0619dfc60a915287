"""How an imported layer is drawn until somebody chooses better: one colour from its name, labels where it has names."""

import colorsys
import hashlib
from typing import Any

from layers.layer import StyleLayer
from layers.palette import HALO, TEXT_FONT

_LABELS_FROM = {"point": 14, "line": 15, "polygon": 16}


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
            {"id": "line", "type": "line", "paint": {"line-color": dark, "line-width": _widths(0.4, 1.4)}},
        ),
    }
    return (*drawn[kind], _label(kind, label_field, dark)) if label_field else drawn[kind]


def dark_paint(name: str) -> dict[str, dict[str, Any]]:
    """The same hue, lighter, for the wall."""
    light = _hex(_hue(name), 0.6)
    return {"circle": {"circle-color": light}, "line": {"line-color": light}, "fill": {"fill-color": light, "fill-opacity": 0.25}}


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
