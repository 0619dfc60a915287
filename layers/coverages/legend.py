"""The legend of a coverage: values along its colour map, in words."""

from django.utils import formats
from django.utils.translation import gettext as _

from gis_core.importing.rasters import Raster
from layers.coverages import colours
from layers.coverages.looks import RasterLook
from layers.styling.legend_class import LegendClass

_STEPS = 6


def legend_classes(title: str, look: RasterLook, raster: Raster, unit: str = "") -> list[LegendClass]:
    """From the highest value to the lowest; one entry where colours stand for themselves."""
    if look.kind == "natural":
        return [LegendClass(title, "#7f9a6a", "fill")]
    if look.kind == "hillshade":
        return [LegendClass(_("lit slope"), "#e6e6e6", "fill"), LegendClass(_("slope in the shade"), "#4a4a4a", "fill")]
    low, high = look.range(raster)
    shades = colours.stops(look.colours, _STEPS, reverse=look.reverse)
    values = [low + (high - low) * step / (_STEPS - 1) for step in range(_STEPS)]
    measured = "" if look.expression else unit
    words = [_written(value, high - low, measured) for value in values]
    if not look.expression:
        # What lies beyond the ends of the colour map has the colour of the end.
        band = raster.bands[look.bands[0] - 1]
        words[0] = f"≤ {words[0]}" if band.minimum < low else words[0]
        words[-1] = f"≥ {words[-1]}" if band.maximum > high else words[-1]
    return [LegendClass(text, shade, "fill") for text, shade in zip(words, shades, strict=True)][::-1]


def _written(value: float, span: float, unit: str) -> str:
    decimals = 0 if span >= 20 else 1 if span >= 2 else 2 if span >= 0.2 else 4
    text = formats.number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True)
    return f"{text} {unit}".strip()
