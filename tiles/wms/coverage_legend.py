"""GetLegendGraphic of a raster: the colour map's values as swatches with their words."""

from functools import partial
from html import escape
from io import BytesIO

import orjson
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from gis_core.errors import BadParameter
from gis_core.hot import Answer
from layers.coverages.legend import legend_classes
from layers.coverages.looks import in_style
from layers.layer import CoverageLayer
from layers.styling.legend_class import LegendClass
from tiles.drawing.answering import in_thread
from tiles.drawing.fonts import font_folder
from tiles.wms.failure import NO_STORE, WmsError
from tiles.wms.reading import Kvp, read_background
from tiles.wms.vocabulary import LEGEND_FORMATS

_ROW, _LEFT, _WIDTH, _HEIGHT, _TEXT_LEFT, _TEXT_SIZE = 24, 6, 26, 16, 42, 12.5
_INK = "#33424d"


async def coverage_legend_answer(kvp: Kvp, layer: CoverageLayer) -> Answer:
    """The legend as PNG, SVG or JSON. Raises WmsError."""
    wanted = kvp("FORMAT", "image/png").lower().split(";")[0].strip()
    if wanted not in LEGEND_FORMATS:
        sentence = _("The format “%(name)s” is not offered; accepted are: %(accepted)s.")
        raise WmsError(sentence % {"name": wanted[:60], "accepted": ", ".join(LEGEND_FORMATS)}, "InvalidFormat", "FORMAT")
    style = kvp("STYLE").split(",")[0]
    try:
        look = in_style(layer.drawn, layer.raster, style)
    except BadParameter as error:
        raise WmsError(error.detail, "StyleNotDefined", "STYLE") from error
    found = legend_classes(str(layer.title), look, layer.raster, layer.unit)
    background = read_background(kvp)
    body = await in_thread(partial(_made, layer, style or "default", found, wanted, background))
    return Answer(200, body, {**NO_STORE, "Content-Type": wanted})


def _made(layer: CoverageLayer, style: str, found: list[LegendClass], wanted: str, background: str | None) -> bytes:
    if wanted == "application/json":
        entries = [{"label": one.label, "color": one.color, "kind": one.kind} for one in found]
        return orjson.dumps({"layer": layer.name, "title": str(layer.title), "style": style, "entries": entries})
    font = ImageFont.truetype(font_folder() / "500.ttf", _TEXT_SIZE)
    width = round(_TEXT_LEFT + max(font.getlength(one.label) for one in found) + 10)
    if wanted == "image/svg+xml":
        return _svg(found, width, background)
    image = Image.new("RGBA", (width, len(found) * _ROW), background or (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    for number, one in enumerate(found):
        top = number * _ROW + (_ROW - _HEIGHT) // 2
        pen.rectangle((_LEFT, top, _LEFT + _WIDTH, top + _HEIGHT), fill=one.color)
        pen.text((_TEXT_LEFT, number * _ROW + _ROW / 2), one.label, fill=_INK, font=font, anchor="lm")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _svg(found: list[LegendClass], width: int, background: str | None) -> bytes:
    height = len(found) * _ROW
    ground = f'<rect width="{width}" height="{height}" fill="{background}"/>' if background else ""
    rows = "".join(
        f'<rect x="{_LEFT}" y="{number * _ROW + (_ROW - _HEIGHT) // 2}" width="{_WIDTH}" height="{_HEIGHT}" fill="{one.color}"/>'
        f'<text x="{_TEXT_LEFT}" y="{number * _ROW + 16}" font-size="{_TEXT_SIZE}" font-family="sans-serif" fill="{_INK}">'
        f"{escape(one.label)}</text>"
        for number, one in enumerate(found)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{ground}{rows}</svg>'.encode()
