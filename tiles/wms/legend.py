"""GetLegendGraphic: drawn by the map's own styles over one made-up feature a class, so that it cannot differ from the map."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson
from django.db.models import Count
from django.utils.translation import gettext as _
from lxml import etree
from PIL import ImageFont

from gis_core import crs
from gis_core.hot import Answer, Request
from layers.layer import CoverageLayer, FeatureLayer
from layers.low_zooms import GROUP, is_low, low_classes, low_swatch
from layers.portrayal import legend_classes
from layers.presentation import presentation
from layers.styling.classes import TEXT
from layers.styling.expressions import Interval
from layers.styling.legend_class import LegendClass
from layers.styling.scales import zoom_of_scale
from tiles.drawing.answering import in_thread
from tiles.drawing.document import Drawn, MapDocument, Parameters, Part, shown_at
from tiles.drawing.fonts import FACES, font_folder
from tiles.drawing.painting import FORMATS, Format, paint
from tiles.drawing.pictures import STYLES, Shown, feature_parts
from tiles.drawing.rows import Rows
from tiles.drawing.view import View
from tiles.wms.coverage_legend import coverage_legend_answer
from tiles.wms.failure import NO_STORE, WmsError, missing
from tiles.wms.reading import Kvp, read_background, read_filters, read_layers, read_style, read_time
from tiles.wms.vocabulary import LEGEND_FORMATS

_ROW, _LEFT, _WIDTH, _HEIGHT, _TEXT_LEFT, _TEXT_SIZE = 24, 6, 26, 16, 42, 12.5
_MOST = 400
_ZOOM = 17.0
_SMALLEST = 1_000_000_000


@dataclass(frozen=True)
class Entry:
    """A class with the number of the caller's rows in it, where that was counted."""

    shown: LegendClass
    count: int | None = None

    @property
    def label(self) -> str:
        """The words beside the swatch."""
        return self.shown.label if self.count is None else f"{self.shown.label} ({self.count})"


async def legend_answer(request: Request, kvp: Kvp, _version: str) -> Answer:
    """The legend of one layer: as a picture, or as JSON with the number of the caller's rows in each class.

    COUNTS=TRUE (or QGIS Server's SHOWFEATURECOUNT) writes the numbers on the picture and leaves out empty classes. SCALE (a
    denominator) asks for what is drawn at that scale: groups where features are too many, nothing beyond the layer's limits. Raises
    NotFound alike for unknown and forbidden layers, WmsError for the rest.
    """
    if not kvp("LAYER") and not kvp("LAYERS"):
        raise missing("LAYER")
    layers = read_layers(kvp, "LAYER" if kvp("LAYER") else "LAYERS", request.identify())
    if len(layers) > 1:
        raise WmsError(_("A legend is of one layer."), "InvalidParameterValue", "LAYER")
    layer = layers[0]
    if isinstance(layer, CoverageLayer):
        return await coverage_legend_answer(kvp, layer)
    for name in ("SLD", "SLD_BODY"):
        if kvp(name):
            raise WmsError(_("%(name)s is not accepted: styles are kept with the layers.") % {"name": name}, "OptionNotSupported", name)
    wanted = kvp("FORMAT", "image/png").lower().split(";")[0].strip()
    if wanted not in LEGEND_FORMATS:
        sentence = _("The format “%(name)s” is not offered; accepted are: %(accepted)s.")
        raise WmsError(sentence % {"name": wanted[:60], "accepted": ", ".join(LEGEND_FORMATS)}, "InvalidFormat", "FORMAT")
    rows = Rows(layer, layer.reach(request.identify()), read_time(kvp("TIME")) if layer.time_fields else None)
    rows = replace(rows, filter=read_filters(kvp("CQL_FILTER"), [layer])[0])
    style = read_style(kvp("STYLE").split(",")[0])
    counted = wanted == "application/json" or "TRUE" in (kvp("COUNTS").upper(), kvp("SHOWFEATURECOUNT").upper())
    zoom = _read_zoom(kvp)
    # A legend is white where nothing else is asked for: clients lay it beside a map.
    background = read_background(kvp)
    body = await in_thread(partial(_made, Shown(rows, style), wanted, background, counted=counted, zoom=zoom))
    return Answer(200, body, {**NO_STORE, "Content-Type": wanted})


def _read_zoom(kvp: Kvp) -> float | None:
    """The zoom that SCALE asks for. Raises WmsError."""
    given = kvp("SCALE")
    if not given:
        return None
    try:
        denominator = float(given)
    except ValueError:
        denominator = math.nan
    if not 1 <= denominator <= _SMALLEST:
        sentence = _("SCALE takes the denominator of a scale, from 1 to %(most)d, such as 25000.")
        raise WmsError(sentence % {"most": _SMALLEST}, "InvalidParameterValue", "SCALE")
    return zoom_of_scale(denominator)


def _made(shown: Shown, wanted: str, background: str | None, *, counted: bool, zoom: float | None = None) -> bytes:
    found = entries(shown, counted=counted, zoom=zoom)
    if wanted == "application/json":
        return _json(shown, found)
    if counted:
        found = [entry for entry in found if entry.count] or found
    return legend_picture(shown, found[:_MOST], FORMATS[wanted], background, zoom)


def entries(shown: Shown, *, counted: bool, zoom: float | None = None) -> list[Entry]:
    """The legend's classes in the style's order: of features, or of what stands for them at the zoom."""
    if zoom is not None and not presentation.min_zoom(shown.layer) <= zoom <= presentation.max_zoom(shown.layer) + 1:
        return []
    told = low_classes(shown.layer) if is_low(shown.layer, zoom) else legend_classes(shown.layer, STYLES[shown.style])
    if not counted:
        return [Entry(entry) for entry in told]
    counts = _counts(shown.rows, told[0].field if told else "")
    return [Entry(entry, sum(_counted(counts, value) for value in entry.values or (None,))) for entry in told]


def _counted(counts: Mapping[Any, int], value: Any) -> int:
    if not isinstance(value, Interval):
        return counts.get(value, 0)
    return sum(count for number, count in counts.items() if number is not None and value.low <= number < value.high)


def _counts(rows: Rows, field: str) -> dict[Any, int]:
    """The caller's rows by the value of `field`; all of them under None where there is none."""
    found = rows.queryset().order_by()
    if not field:
        return {None: found.count()}
    return dict(found.values(field).annotate(_n=Count("pk")).values_list(field, "_n"))


def _json(shown: Shown, found: Sequence[Entry]) -> bytes:
    told = [
        {
            "label": entry.shown.label,
            "color": entry.shown.color,
            "kind": entry.shown.kind,
            "values": entry.shown.values,
            "count": entry.count,
        }
        for entry in found
    ]
    total = shown.rows.queryset().order_by().count()
    names = {"layer": shown.layer.name, "title": str(shown.layer.title), "style": shown.style}
    return orjson.dumps({**names, "count": total, "entries": told})


def legend_picture(shown: Shown, found: Sequence[Entry], made: Format, background: str | None, zoom: float | None = None) -> bytes:
    """Swatches above each other, each with its words. Blocks; call it in one of `painting.painters()`."""
    font = ImageFont.truetype(font_folder() / "500.ttf", _TEXT_SIZE)
    width = round(_TEXT_LEFT + max((font.getlength(entry.label) for entry in found), default=0) + 10)
    height = max(1, len(found)) * _ROW
    document = MapDocument()
    low = is_low(shown.layer, zoom)
    drawn_at = legend_zoom(shown.layer) if zoom is None or low else zoom
    parts = low_swatch(shown.layer, STYLES[shown.style]) if low else _parts(shown, drawn_at)
    if found:  # Mapnik reads no empty collection
        document.add(Drawn(parts, partial(_swatches, shown.layer, found)), drawn_at)
    xml = document.xml().replace("</Map>", (_labels(found) if found else "") + "</Map>")
    return paint(xml, View((0, -height, width, 0), crs.WEB_MERCATOR, width, height), made, background)


def legend_zoom(layer: FeatureLayer) -> float:
    """The zoom at which the legend's swatches are drawn: near enough for single features."""
    return max(_ZOOM, float(presentation.features_from(layer)))


def _parts(shown: Shown, zoom: float) -> list[Part]:
    """The style's parts without names of features."""
    parts: list[Part] = []
    for part in shown_at(feature_parts(shown.layer, shown.style), zoom):
        layout = {name: value for name, value in part.get("layout", {}).items() if name != TEXT}
        if part["type"] != "symbol" or "icon-image" in layout:
            parts.append({**part, "layout": layout})
    return parts


def _swatches(layer: FeatureLayer, found: Sequence[Entry], names: Sequence[str]) -> Parameters:
    features = [
        {"type": "Feature", "geometry": _shape(layer, number), "properties": {**dict.fromkeys(names), **_example(layer, entry)}}
        for number, entry in enumerate(found)
    ]
    return {"type": "geojson", "inline": orjson.dumps({"type": "FeatureCollection", "features": features}).decode()}


def _example(layer: FeatureLayer, entry: Entry) -> dict[str, Any]:
    if not entry.shown.field:
        return {}
    value = entry.shown.values[0]
    if isinstance(value, Interval):
        value = value.low if value.low > -math.inf else value.high - abs(value.high) - 1
    group = {GROUP: layer.generalisation.group_of(value)} if layer.generalisation else {}
    return {**group, entry.shown.field: value}


def _shape(layer: FeatureLayer, number: int) -> dict[str, Any]:
    top, bottom = -(number * _ROW + (_ROW - _HEIGHT) / 2), -(number * _ROW + (_ROW + _HEIGHT) / 2)
    middle, right = (top + bottom) / 2, _LEFT + _WIDTH
    if layer.geometry_kind == "polygon":
        ring = [[_LEFT, bottom], [right, bottom], [right, top], [_LEFT, top], [_LEFT, bottom]]
        return {"type": "Polygon", "coordinates": [ring]}
    if layer.geometry_kind == "line":
        return {"type": "LineString", "coordinates": [[_LEFT, middle], [right, middle]]}
    return {"type": "Point", "coordinates": [(_LEFT + right) / 2, middle]}


def _labels(found: Sequence[Entry]) -> str:
    """A style, and a layer with the words."""
    style = etree.Element("Style", {"name": "words"})
    rule = etree.SubElement(style, "Rule")
    face = {"face-name": FACES["Be Vietnam Pro"], "size": str(_TEXT_SIZE), "fill": "#33424d", "allow-overlap": "true"}
    placed = {"placement": "point", "horizontal-alignment": "right", "vertical-alignment": "middle"}
    etree.SubElement(rule, "TextSymbolizer", {**face, **placed}).text = "[words]"
    layer = etree.Element("Layer", {"name": "words", "srs": "epsg:3857"})
    etree.SubElement(layer, "StyleName").text = "words"
    source = etree.SubElement(layer, "Datasource")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [_TEXT_LEFT, -(number + 0.5) * _ROW]},
            "properties": {"words": entry.label},
        }
        for number, entry in enumerate(found)
    ]
    inline = orjson.dumps({"type": "FeatureCollection", "features": features}).decode()
    for name, value in {"type": "geojson", "inline": inline}.items():
        etree.SubElement(source, "Parameter", {"name": name}).text = value
    return str(etree.tostring(style, encoding="unicode")) + str(etree.tostring(layer, encoding="unicode"))
