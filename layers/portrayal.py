"""How a layer is drawn: its style in a theme, and the legend that is read from the same style."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any, Literal

from django.utils.formats import number_format

from layers.coverages.legend import legend_classes as coverage_classes
from layers.coverages.looks import TITLES, in_style, styles
from layers.layer import CoverageLayer, FeatureLayer, Layer
from layers.low_zooms import low_legend, low_parts
from layers.palette import DARK_TEXT
from layers.presentation import presentation
from layers.styling.expressions import LOWEST, Interval, fields, intervals
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
    return low + _told(legend_classes(layer))


def looks_of(layer: CoverageLayer) -> list[dict[str, Any]]:
    """The ways in which a raster may be drawn, {name, title, legend}: its owner's, of the name "", then the styles of services that
    look otherwise. Empty where there is that one alone."""
    looks = {"": layer.drawn} | {name: in_style(layer.drawn, layer.raster, name) for name in styles(layer.raster)}
    others = {name: look for name, look in looks.items() if not name or look.kind != layer.drawn.kind}
    if len(others) == 1:
        return []
    return [
        {
            "name": name,
            "title": str(TITLES[look.kind]),
            "legend": _told(coverage_classes(str(layer.title), look, layer.raster, layer.unit)),
        }
        for name, look in others.items()
    ]


def _told(classes: Sequence[LegendClass]) -> list[dict[str, str]]:
    return [{"label": entry.label, "color": entry.color, "kind": entry.kind} for entry in classes]


def legend_classes(layer: Layer, theme: Theme = "light") -> list[LegendClass]:
    """The classes of single features in the legend, or of values of a raster."""
    if isinstance(layer, CoverageLayer):
        return coverage_classes(str(layer.title), layer.drawn, layer.raster, layer.unit)
    for part in presentation.of(layer).style or layer.style:
        paint = _dark(layer, dict(part), str(part.get("id", ""))) if theme == "dark" else part.get("paint", {})
        colour = paint.get(_COLOURS.get(part["type"], ""))
        if colour is None or part.get("id") in _NOT_IN_LEGEND:
            continue
        return list(_entries(str(layer.title), colour, part["type"], lambda field: _labels(layer, field)))
    return []


def legend_in(title: str, parts: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The same entries for a style that belongs to no layer yet; values stand for themselves."""
    for part in parts:
        colour = part.get("paint", {}).get(_COLOURS.get(part["type"], ""))
        if colour is not None:
            return _told(list(_entries(title, colour, part["type"], lambda _field: {})))
    return []


def _entries(title: str, colour: object, kind: str, labels_of: Callable[[str], Mapping[str, str]]) -> Iterator[LegendClass]:
    if isinstance(colour, str):
        yield LegendClass(title, colour, kind)
        return
    if isinstance(colour, list) and colour[0] == "step":
        yield from _steps(colour, kind)
        return
    if not (isinstance(colour, list) and colour[0] == "match"):
        return
    field = colour[1][1]
    labels = labels_of(field)
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
        yield LegendClass(_words(interval), shade, kind, field, (interval,))


def _words(interval: Interval) -> str:
    """In the reader's language: 2.765 is two and three quarters here, and some thousands there."""
    low, high = (number_format(Decimal(f"{value:g}"), use_l10n=True) if isfinite(value) else "" for value in (interval.low, interval.high))
    if not low:
        return f"< {high}"
    return f"{low} – {high}" if high else f"≥ {low}"


def _labels(layer: Layer, field: str) -> dict[str, str]:
    if not isinstance(layer, FeatureLayer):
        return {}
    choices = getattr(layer.model._meta.get_field(field), "flatchoices", None) or ()
    return {str(value): str(label) for value, label in choices}
