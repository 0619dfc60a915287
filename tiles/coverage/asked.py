"""What an address asks of a raster: style, bands, arithmetic, colours, range, moment. Everything is bounded."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.coverages.expressions import MAX_TEXT
from layers.coverages.expressions import parsed as parsed_expression
from layers.coverages.looks import RasterLook, checked_bands, checked_colours, in_style
from layers.layer import CoverageLayer
from layers.parameters import clean_text, parse_number, parse_when
from tiles.coverage.shown import ShownCoverage

# What shapes a picture of a raster; TileJSON's tile addresses carry the same names on.
SHAPING = ("datetime", "style", "expression", "bands", "colours", "range")
PARAMETERS = (*SHAPING, "min_seq")


def read_shown(layer: CoverageLayer, parameters: Mapping[str, str]) -> ShownCoverage:
    """A raster as the parameters want it. Raises BadParameter."""
    moment = parameters.get("datetime")
    when = parse_when(moment, "datetime") if moment else None
    look = in_style(layer.drawn, layer.raster, parameters.get("style", ""))
    return ShownCoverage(layer, parameters.get("style") or "default", when, _changed(look, layer, parameters))


def _changed(look: RasterLook, layer: CoverageLayer, parameters: Mapping[str, str]) -> RasterLook:
    raster = layer.raster
    if text := parameters.get("expression"):
        parsed_expression(clean_text(text, "expression", MAX_TEXT), len(raster.bands))
        look = replace(look, kind="ramp", expression=text, low=None, high=None)
    if text := parameters.get("bands"):
        numbers = [int(part) if part.isascii() and part.isdigit() and len(part) < 4 else 0 for part in text.split(",")]
        bands = checked_bands(numbers, raster, 3 if len(numbers) == 3 else 1)
        kind = "natural" if len(bands) == 3 else "ramp" if look.kind == "natural" else look.kind
        look = replace(look, kind=kind, bands=bands, expression="", low=None, high=None)
    if text := parameters.get("colours"):
        name = checked_colours(text.removesuffix("_r"))
        kind = "ramp" if look.kind in ("natural", "hillshade") else look.kind
        bands = look.bands[:1]
        look = replace(look, kind=kind, bands=bands, colours=name, reverse=text.endswith("_r"))
    if text := parameters.get("range"):
        low, high = _range(text)
        look = replace(look, low=low, high=high)
    return look


def _range(text: str) -> tuple[float, float]:
    parts = text.split(",")
    if len(parts) == 2:
        low, high = parse_number(parts[0], "range"), parse_number(parts[1], "range")
        if low < high:
            return low, high
    raise BadParameter(_("range: two numbers with a comma between, the lower one first: range=0,150."), field="range")
