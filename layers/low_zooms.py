"""How a generalised layer is drawn at low zooms: the same for every such layer, in the colours of its groups."""

from typing import Any

from layers.generalisation import Crowding, Generalisation, Grouping
from layers.layer import FeatureLayer
from layers.palette import BOLD_FONT, HALO, by_zoom
from layers.styling.legend_class import LegendClass

GROUP = "group"
"""The attribute by which counters and blocks say their group."""
_OTHER_COLOUR = "#d8d4cc"
# Of n features: nothing at 0, the whole at 3,000 (in logarithms).
_DENSITY: list[Any] = ["ln", ["+", 1, ["get", "n"]]]
_DARK: dict[str, dict[str, Any]] = {
    "grid": {"fill-opacity": ["interpolate", ["linear"], _DENSITY, 0, 0.1, 8, 0.5]},
    "grid-edge": {"line-color": "#081322"},
    "areas": {"fill-opacity": 0.3},
    "areas-edge": {"line-opacity": 0.35},
    "blocks": {"fill-opacity": 0.26},
    "blocks-edge": {"line-opacity": 0.4},
    "units": {"circle-color": "#0d2a44", "circle-stroke-color": "#9fd8e6"},
    "units-label": {"text-color": "#f2f8ff", "text-halo-color": "#081322"},
}


def low_parts(layer: FeatureLayer, theme: str) -> list[dict[str, Any]]:
    """MapLibre layers (without source) of counters and blocks; [] for a layer that always shows its features."""
    how = layer.generalisation
    if how is not None:
        parts = [*_grid(layer, how), *_blocks(layer, how), *_units(layer, how)]
    else:
        parts = _grid(layer, layer.crowding) if layer.crowding else []
    for part in parts:
        name = str(part["id"])
        if theme == "dark" and name in _DARK:
            part["paint"] = {**part["paint"], **_DARK[name]}
    return parts


def low_legend(layer: FeatureLayer) -> list[dict[str, str]]:
    """Legend entries of the groups."""
    how = layer.generalisation
    return [{"label": str(group.title), "color": group.colour, "kind": "fill"} for group in how.groups] if how else []


def is_low(layer: FeatureLayer, zoom: float | None) -> bool:
    """Whether counters or blocks stand for the layer's features at a zoom (None: as near as can be)."""
    return zoom is not None and layer.generalisation is not None and zoom < layer.generalisation.detail_zoom


def low_classes(layer: FeatureLayer) -> list[LegendClass]:
    """The groups as classes of the legend, by the field that they group."""
    how = layer.generalisation
    return [LegendClass(str(group.title), group.colour, "fill", how.field, tuple(group.values)) for group in how.groups] if how else []


def low_swatch(layer: FeatureLayer, theme: str) -> list[dict[str, Any]]:
    """The part that draws the groups' surfaces, at any zoom."""
    found = [part for part in low_parts(layer, theme) if part["id"] == "areas"]
    return [{**part, "minzoom": 0, "maxzoom": 99} for part in found]


def _colour(how: Grouping) -> str | list[Any]:
    other = how.colour if isinstance(how, Crowding) else _OTHER_COLOUR
    pairs = [part for group in how.groups for part in (group.key, group.colour)]
    return ["match", ["get", GROUP], *pairs, other] if pairs else other


def _grid(layer: FeatureLayer, how: Grouping) -> list[dict[str, Any]]:
    """Squares in the colour of what covers most of them, the denser the stronger; also while blocks are being made."""
    shown = {"source-layer": f"{layer.name}_grid", "maxzoom": how.detail_zoom}
    opacity = ["interpolate", ["linear"], _DENSITY, 0, 0.25, 8, 0.85]
    return [
        {"id": "grid", "type": "fill", **shown, "paint": {"fill-color": _colour(how), "fill-opacity": opacity, "fill-antialias": False}},
        {"id": "grid-edge", "type": "line", **shown, "paint": {"line-color": "#ffffff", "line-width": 0.6, "line-opacity": 0.55}},
    ]


def _blocks(layer: FeatureLayer, how: Generalisation) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    last = how.detail_zoom - 1
    for name, low, high in (("areas", how.counter_zoom + 1, last), ("blocks", last, how.detail_zoom)):
        shown = {"source-layer": f"{layer.name}_{name}", "minzoom": low, "maxzoom": high}
        edge = {"line-color": _colour(how), "line-width": by_zoom(low, 0.3, high, 0.7), "line-opacity": 0.7}
        parts.append({"id": name, "type": "fill", **shown, "paint": {"fill-color": _colour(how), "fill-opacity": 0.62}})
        parts.append({"id": f"{name}-edge", "type": "line", **shown, "paint": edge})
    return parts


def _units(layer: FeatureLayer, how: Generalisation) -> list[dict[str, Any]]:
    """A circle a unit, its surface in proportion to the number of features, with that number in it."""
    shown = {"source-layer": f"{layer.name}_units", "maxzoom": how.counter_zoom + 1}
    root: list[Any] = ["sqrt", ["get", "n"]]
    circle = {
        "circle-radius": ["interpolate", ["linear"], root, 0, 10, 160, 20, 700, 36],
        "circle-color": "#ffffff",
        "circle-opacity": 0.86,
        "circle-stroke-color": "#5b3f66",
        "circle-stroke-width": 1.6,
    }
    number = ["number-format", ["get", "n"], {"locale": "vi", "max-fraction-digits": 0}]
    text = {
        "text-field": number,
        "text-font": BOLD_FONT,
        "text-size": 11.5,
        "text-allow-overlap": True,
        "symbol-sort-key": ["-", ["get", "n"]],
    }
    return [
        {"id": "units", "type": "circle", **shown, "minzoom": 9.5, "paint": circle},
        {"id": "units-label", "type": "symbol", **shown, "minzoom": 9.5, "layout": text, "paint": {"text-color": "#40304a", **HALO}},
    ]
