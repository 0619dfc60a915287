"""How a layer is drawn: its style in a theme, and the legend that is read from the same style."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from layers.coverages.legend import legend_classes as coverage_classes
from layers.layer import CoverageLayer, FeatureLayer, Layer
from layers.low_zooms import low_legend, low_parts
from layers.palette import DARK_TEXT
from layers.presentation import presentation
from layers.styling.expressions import LOWEST, fields, intervals
from layers.styling.legend_class import LegendClass

Theme = Literal["light", "dark"]
# Parts that only carry others.
_NOT_IN_LEGEND = frozenset({"casing", "body", "glow", "halo"})
_COLOURS = {"fill": "fill-color", "line": "line-color", "circle": "circle-color"}


def style_of(layer: Layer, theme: Theme = "light") -> list[dict[str, Any]]:
    """The layer's MapLibre layers, ready for a style document: ids `<name>-<part>`, source and zooms filled in."""
    declared: Sequence[Mapping[str, Any]] = presentation.of(layer).style or layer.style
    drawn = _low(layer, theme)
    for number, part in enumerate(declared):
        entry = dict(part)
        entry["id"] = f"{layer.name}-{entry.get('id', number)}"
        entry["source"] = layer.name
        entry["source-layer"] = layer.label_layer if entry["type"] == "symbol" and isinstance(layer, FeatureLayer) else layer.name
        entry["minzoom"] = max(entry.get("minzoom", 0), presentation.features_from(layer))
        entry["metadata"] = {"layer": layer.name}
        if theme == "dark":
            entry["paint"] = _dark(layer, entry, str(part.get("id", number)))
        drawn.append(entry)
    return drawn


def _low(layer: Layer, theme: Theme) -> list[dict[str, Any]]:
    """What stands for single features at low zooms."""
    lowest = presentation.min_zoom(layer)
    parts = low_parts(layer, theme) if isinstance(layer, FeatureLayer) else []
    for part in parts:
        part.update(id=f"{layer.name}-{part['id']}", source=layer.name, metadata={"layer": layer.name})
        part["minzoom"] = max(part.get("minzoom", 0), lowest)
    return [part for part in parts if part["minzoom"] < part["maxzoom"]]


def _dark(layer: Layer, entry: dict[str, Any], part: str) -> dict[str, Any]:
    paint = dict(entry.get("paint", {}))
    if entry["type"] == "symbol":
        paint.update(DARK_TEXT)
    return {**paint, **layer.dark_paint.get(part, {})}


def legend_of(layer: Layer) -> list[dict[str, str]]:
    """Legend entries {label, color, kind}: one for each value that the style tells apart, or one for the whole layer.

    Groups of values that stand for them at low zooms come first.
    """
    low = low_legend(layer) if isinstance(layer, FeatureLayer) else []
    return low + [{"label": entry.label, "color": entry.color, "kind": entry.kind} for entry in legend_classes(layer)]


def legend_classes(layer: Layer, theme: Theme = "light") -> list[LegendClass]:
    """The classes of single features in the legend, or of values of a raster."""
    if isinstance(layer, CoverageLayer):
        return coverage_classes(str(layer.title), layer.drawn, layer.raster, layer.unit)
    for part in presentation.of(layer).style or layer.style:
        paint = _dark(layer, dict(part), str(part.get("id", ""))) if theme == "dark" else part.get("paint", {})
        colour = paint.get(_COLOURS.get(part["type"], ""))
        if colour is None or part.get("id") in _NOT_IN_LEGEND:
            continue
        return list(_entries(layer, colour, part["type"]))
    return []


def _entries(layer: Layer, colour: object, kind: str) -> Iterator[LegendClass]:
    if isinstance(colour, str):
        yield LegendClass(str(layer.title), colour, kind)
        return
    if isinstance(colour, list) and colour[0] == "step":
        yield from _steps(colour, kind)
        return
    if not (isinstance(colour, list) and colour[0] == "match" and isinstance(layer, FeatureLayer)):
        return
    field = colour[1][1]
    labels = _labels(layer, field)
    found: dict[str, tuple[str, list[Any]]] = {}
    for label, shade in zip(colour[2:-1:2], colour[3:-1:2], strict=True):
        for value in label if isinstance(label, list | tuple) else [label]:
            found.setdefault(labels.get(value, str(value)), (shade, []))[1].append(value)
    for words, (shade, values) in found.items():
        yield LegendClass(words, shade, kind, field, tuple(values))


def _steps(colour: list[Any], kind: str) -> Iterator[LegendClass]:
    """A class an interval."""
    (field,) = fields(colour[1])
    # With a first stop below every number, what stands before it is for rows without one.
    shades = colour[4::2] if colour[3] <= LOWEST else colour[2::2]
    for interval, shade in zip(intervals(colour[3::2]), shades, strict=True):
        yield LegendClass(str(interval), shade, kind, field, (interval,))


def _labels(layer: FeatureLayer, field: str) -> dict[str, str]:
    choices = getattr(layer.model._meta.get_field(field), "flatchoices", None) or ()
    return {str(value): str(label) for value, label in choices}
