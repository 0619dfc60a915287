"""A layer's style as a style file of QGIS (QML): categories by what the legend tells apart, labels, scales."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from layers.layer import FeatureLayer
from layers.portrayal import Theme, legend_classes, style_of
from layers.presentation import presentation
from layers.qgis.labels import add_labeling
from layers.qgis.symbols import add_symbol
from layers.styling.classes import OTHER
from layers.styling.expressions import Interval
from layers.styling.legend_class import LegendClass
from layers.styling.scales import scale_denominator

_DOCTYPE = "<!DOCTYPE qgis>"
# QGIS knows no open intervals.
_FAR = 1e15
VERSION = "3.22.0-Białowieża"


def qml_document(layer: FeatureLayer, theme: Theme = "light") -> bytes:
    """The style file."""
    root = etree.Element("qgis", {"version": VERSION, "styleCategories": "Symbology|Labeling|Rendering", **scale_limits(layer)})
    root.set("labelsEnabled", "1")
    add_style(root, layer, theme)
    return bytes(etree.tostring(root, encoding="UTF-8", doctype=_DOCTYPE, pretty_print=True))


def scale_limits(layer: FeatureLayer) -> dict[str, str]:
    """Attributes that hide a layer where it would be a grey noise."""
    lowest = presentation.features_from(layer)
    if not lowest:
        return {"hasScaleBasedVisibilityFlag": "0"}
    # QGIS's screen has 96 dots an inch; a hair more, so that the limit's own zoom is shown.
    limit = scale_denominator(lowest) * 0.28 / (25.4 / 96) * 1.02
    return {"hasScaleBasedVisibilityFlag": "1", "minScale": f"{limit:.0f}", "maxScale": "0"}


def add_style(parent: etree._Element, layer: FeatureLayer, theme: Theme = "light") -> None:
    """The renderer and the labels, as children of a style file or of a project's layer."""
    own = {layer.name, layer.label_layer}
    lowest = presentation.features_from(layer)
    parts = [part for part in style_of(layer, theme) if part["source-layer"] in own]
    # The layer's own limits hide it as a whole; only narrower ones are left to the parts.
    parts = [{**part, "declared_minzoom": part["minzoom"] if part["minzoom"] > lowest else 0} for part in parts]
    told = [entry for entry in legend_classes(layer, theme) if entry.field]
    if told and isinstance(told[0].values[0], Interval):
        _ranges(parent, layer, parts, told)
    elif told:
        _categories(parent, layer, parts, told)
    else:
        renderer = _renderer(parent, "singleSymbol")
        add_symbol(etree.SubElement(renderer, "symbols"), "0", layer, parts, {})
    add_labeling(parent, layer, parts)
    etree.SubElement(parent, "layerOpacity").text = "1"


def _renderer(parent: etree._Element, kind: str, **values: str) -> etree._Element:
    given = {"type": kind, "symbollevels": "1", "enableorderby": "0", "forceraster": "0", **values}
    return etree.SubElement(parent, "renderer-v2", given)


def _categories(parent: etree._Element, layer: FeatureLayer, parts: Sequence[Mapping[str, Any]], told: Sequence[LegendClass]) -> None:
    field = told[0].field
    renderer = _renderer(parent, "categorizedSymbol", attr=field)
    categories, symbols = etree.SubElement(renderer, "categories"), etree.SubElement(renderer, "symbols")
    wanted = [(value, entry.label) for entry in told for value in entry.values]
    for number, (value, label) in enumerate(wanted):
        shown = {"value": str(value), "label": label, "symbol": str(number), "render": "true", "type": "string"}
        etree.SubElement(categories, "category", shown)
        add_symbol(symbols, str(number), layer, parts, {field: value})
    rest = {"value": "", "label": _other(layer, field), "symbol": str(len(wanted)), "render": "true", "type": "string"}
    etree.SubElement(categories, "category", rest)
    add_symbol(symbols, str(len(wanted)), layer, parts, {field: OTHER})


def _ranges(parent: etree._Element, layer: FeatureLayer, parts: Sequence[Mapping[str, Any]], told: Sequence[LegendClass]) -> None:
    """A class an interval of numbers."""
    renderer = _renderer(parent, "graduatedSymbol", attr=told[0].field, graduatedMethod="GraduatedColor")
    ranges, symbols = etree.SubElement(renderer, "ranges"), etree.SubElement(renderer, "symbols")
    for number, entry in enumerate(told):
        interval = entry.values[0]
        lower, upper = max(interval.low, -_FAR), min(interval.high, _FAR)
        shown = {"lower": f"{lower:.15g}", "upper": f"{upper:.15g}", "label": entry.label, "symbol": str(number), "render": "true"}
        etree.SubElement(ranges, "range", shown)
        add_symbol(symbols, str(number), layer, parts, {entry.field: interval})


def _other(layer: FeatureLayer, field: str) -> str:
    """The words for everything else: the one value that the style leaves out, where there is but one."""
    known = {value for entry in legend_classes(layer) for value in entry.values}
    choices = getattr(layer.model._meta.get_field(field), "flatchoices", None) or ()
    left = [str(words) for value, words in choices if value not in known]
    return left[0] if len(left) == 1 else _("other")
