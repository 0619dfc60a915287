"""Parameters of WMS: names in any case, values read strictly, coordinates always turned to x east, y north."""

import re
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.access import Scope
from gis_core.errors import BadParameter
from layers.catalogue import catalogue
from layers.coverages.looks import in_style
from layers.filters.selecting import Filter, read_filter
from layers.layer import CoverageLayer, FeatureLayer, Interval
from layers.parameters import MAX_FILTER, Moment, clean_text, parse_bbox, parse_number, parse_when
from layers.styling.colours import is_hex
from tiles.coverage.shown import ShownCoverage
from tiles.drawing.painting import FORMATS, MAX_PIXELS, Format
from tiles.drawing.pictures import Entry, Shown, style_name
from tiles.drawing.rows import Rows
from tiles.drawing.view import Box, View
from tiles.wms.failure import WmsError, missing

MAX_LAYERS = 20
OFFERED = (crs.WEB_MERCATOR, 5899, crs.WGS84, *sorted(set(crs.ZONES) - {5899}), 4756)
_LATITUDE_FIRST = frozenset({crs.WGS84, 4756})
_CRS = re.compile(r"(?:EPSG:|urn:(?:x-)?ogc:def:crs:EPSG:[0-9.]{0,8}:)([0-9]{4,6})", re.IGNORECASE)
_DPI = re.compile(r"dpi:([0-9.]{1,8})", re.IGNORECASE)
_SCREEN_DPI, _MIN_DPI, _MAX_DPI = 96.0, 24.0, 1200.0
_SIDE = 20_000
Moments = Moment | Interval | None


class Kvp:
    """The parameters of a request by upper-case name."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        """Raises WmsError for a name given twice in different case."""
        self._values: dict[str, str] = {}
        for name, value in parameters.items():
            if name.upper() in self._values:
                raise WmsError(
                    _("The parameter %(name)s is given more than once.") % {"name": name[:40]}, "InvalidParameterValue", name[:40]
                )
            self._values[name.upper()] = clean_text(value, name[:40], MAX_FILTER)

    def __call__(self, name: str, default: str = "") -> str:
        """The value, `default` where it is absent."""
        return self._values.get(name, default)

    def need(self, name: str) -> str:
        """The value of a parameter that has to be there. Raises WmsError."""
        if not self._values.get(name):
            raise missing(name)
        return self._values[name]

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number. Raises WmsError."""
        text = self(name) if default is not None and not self(name) else self.need(name)
        if not text and default is not None:
            return default
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", text) or not low <= int(text) <= high:
            sentence = _("%(name)s must be a whole number from %(low)d to %(high)d.")
            raise WmsError(sentence % {"name": name, "low": low, "high": high}, "InvalidParameterValue", name)
        return int(text)

    def list(self, name: str) -> Sequence[str]:
        """Parts between commas; [] where there are none."""
        return self(name).split(",") if self(name) else []


def read_srid(name: str, version: str) -> tuple[int, bool]:
    """(SRID, whether this name means latitude first). Raises WmsError."""
    if name.upper() in ("CRS:84", "OGC:CRS84") and version != "1.1.1":
        return crs.WGS84, False
    found = _CRS.fullmatch(name)
    srid = int(found[1]) if found else 0
    if srid == 900913:
        srid = crs.WEB_MERCATOR
    if srid not in OFFERED:
        sentence = _("The coordinate system “%(name)s” is not offered; accepted are: %(accepted)s.")
        accepted = ", ".join(f"EPSG:{number}" for number in OFFERED)
        code, field = ("InvalidSRS", "SRS") if version == "1.1.1" else ("InvalidCRS", "CRS")
        raise WmsError(sentence % {"name": name[:60], "accepted": accepted}, code, field)
    return srid, srid in _LATITUDE_FIRST and version != "1.1.1"


def read_box(text: str, *, swapped: bool) -> Box:
    """BBOX as (west, south, east, north). Raises WmsError, also for a box without area."""
    if text.count(",") != 3:
        raise WmsError(_("BBOX needs 4 numbers, separated by commas."), "InvalidParameterValue", "BBOX")
    first, second, third, fourth = parse_bbox(text, "BBOX")
    west, south, east, north = (second, first, fourth, third) if swapped else (first, second, third, fourth)
    if not (west < east and south < north):
        raise WmsError(_("BBOX has no area: its first corner must be below and left of the second."), "InvalidParameterValue", "BBOX")
    return west, south, east, north


def read_view(kvp: Kvp, version: str) -> View:
    """The picture's place and size. Raises WmsError."""
    srid, swapped = read_srid(kvp.need("SRS" if version == "1.1.1" else "CRS"), version)
    box = read_box(kvp.need("BBOX"), swapped=swapped)
    width, height = kvp.whole("WIDTH", 1, _SIDE), kvp.whole("HEIGHT", 1, _SIDE)
    if width * height > MAX_PIXELS:
        sentence = _("WIDTH × HEIGHT is %(pixels)d pixels; at most %(limit)d are drawn.")
        raise WmsError(sentence % {"pixels": width * height, "limit": MAX_PIXELS}, "InvalidParameterValue", "WIDTH")
    return View(box, srid, width, height, _density(kvp))


def _density(kvp: Kvp) -> float:
    """Pixels of the picture to one of the style: DPI (QGIS), MAP_RESOLUTION (MapServer) or FORMAT_OPTIONS=dpi: (GeoServer)."""
    found = _DPI.search(kvp("FORMAT_OPTIONS"))
    name = next((name for name in ("DPI", "MAP_RESOLUTION") if kvp(name)), "FORMAT_OPTIONS")
    text = kvp(name) if name != "FORMAT_OPTIONS" else found[1] if found else ""
    if not text:
        return 1.0
    dpi = parse_number(text, name)
    if not _MIN_DPI <= dpi <= _MAX_DPI:
        sentence = _("%(name)s must be from %(low)d to %(high)d dots an inch.")
        raise WmsError(sentence % {"name": name, "low": _MIN_DPI, "high": _MAX_DPI}, "InvalidParameterValue", name)
    return dpi / _SCREEN_DPI


def read_format(text: str) -> Format:
    """The picture format; "image/png" where none is asked for. Raises WmsError."""
    wanted = re.sub(r"\s*;\s*", "; ", text.strip().lower()) or "image/png"
    wanted = {"image/png8": "image/png; mode=8bit", "image/jpg": "image/jpeg", "image/svg": "image/svg+xml"}.get(wanted, wanted)
    if wanted not in FORMATS:
        sentence = _("The format “%(name)s” is not offered; accepted are: %(accepted)s.")
        raise WmsError(sentence % {"name": text[:60], "accepted": ", ".join(FORMATS)}, "InvalidFormat", "FORMAT")
    return FORMATS[wanted]


def read_background(kvp: Kvp) -> str | None:
    """The background's colour, None for a transparent picture. Raises WmsError."""
    transparent = kvp("TRANSPARENT", "FALSE").upper()
    if transparent not in ("TRUE", "FALSE"):
        raise WmsError(_("TRANSPARENT must be TRUE or FALSE."), "InvalidParameterValue", "TRANSPARENT")
    colour = kvp("BGCOLOR", "0xFFFFFF").lower().replace("0x", "#", 1)
    if not is_hex(colour):
        raise WmsError(_("BGCOLOR must be a colour such as 0xFFFFFF."), "InvalidParameterValue", "BGCOLOR")
    return None if transparent == "TRUE" else colour


def read_layers(kvp: Kvp, name: str, scope: Scope) -> list[FeatureLayer | CoverageLayer]:
    """The layers that a list names. Raises NotFound alike for unknown and forbidden ones, WmsError for too many."""
    names = kvp.need(name).split(",")
    if len(names) > MAX_LAYERS:
        raise WmsError(_("%(name)s has more than %(limit)d layers.") % {"name": name, "limit": MAX_LAYERS}, "InvalidParameterValue", name)
    return [drawable(part, scope) for part in names]


def drawable(name: str, scope: Scope) -> FeatureLayer | CoverageLayer:
    """A layer of features or a raster. Raises NotFound."""
    layer = catalogue.get(name, scope, "wms")
    return layer if isinstance(layer, CoverageLayer) else catalogue.features(name, scope, "wms")


def read_shown(kvp: Kvp, scope: Scope) -> list[Entry]:
    """Layers with their styles, moment and filters. Raises NotFound, WmsError, BadParameter."""
    for name in ("SLD", "SLD_BODY"):
        if kvp(name):
            sentence = _("%(name)s is not accepted: styles are kept with the layers. Ask for one of them in STYLES.")
            raise WmsError(sentence % {"name": name}, "OptionNotSupported", name)
    layers = read_layers(kvp, "LAYERS", scope)
    styles = kvp("STYLES").split(",") if kvp("STYLES") else [""] * len(layers)
    if len(styles) != len(layers):
        raise WmsError(_("STYLES must name one style a layer, or nothing."), "StyleNotDefined", "STYLES")
    when = read_time(kvp("TIME"))
    filters = read_filters(kvp("CQL_FILTER"), layers)
    return [shown_in(layer, style, when, scope, wanted) for layer, style, wanted in zip(layers, styles, filters, strict=True)]


def shown_in(layer: FeatureLayer | CoverageLayer, style: str, when: Moments, scope: Scope, wanted: Filter | None = None) -> Entry:
    """A layer in a style at a moment, of features those of a filter. Raises WmsError."""
    if isinstance(layer, CoverageLayer):
        try:
            return ShownCoverage(layer, style or "default", when, in_style(layer.drawn, layer.raster, style))
        except BadParameter as error:
            raise WmsError(error.detail, "StyleNotDefined", "STYLES") from error
    return Shown(Rows(layer, layer.reach(scope), when if layer.time_fields else None, wanted), read_style(style))


def read_style(name: str) -> str:
    """A known style's name. Raises WmsError."""
    try:
        return style_name(name)
    except BadParameter as error:
        raise WmsError(error.detail, "StyleNotDefined", "STYLES") from error


def read_time(text: str) -> Moments:
    """TIME: a date, a date and time, or `from/to`; nothing and `current` mean what the layer shows by itself. Raises WmsError."""
    if not text or text.lower() in ("current", "default"):
        return None
    try:
        return parse_when(text, "TIME")
    except BadParameter as error:
        raise WmsError(error.detail, "InvalidDimensionValue", "TIME") from error


def read_filters(text: str, layers: Sequence[FeatureLayer | CoverageLayer]) -> list[Filter | None]:
    """CQL_FILTER: one CQL2 text for all layers, or one a layer, separated by semicolons; rasters have none. Raises BadParameter."""
    if not text:
        return [None] * len(layers)
    parts = [part.strip() for part in _split(text)]
    if len(parts) == 1:
        parts *= len(layers)
    if len(parts) != len(layers):
        raise WmsError(_("CQL_FILTER must have one filter, or one a layer separated by semicolons."), "InvalidParameterValue", "CQL_FILTER")
    return [
        None if part.upper() in ("", "INCLUDE") or isinstance(layer, CoverageLayer) else read_filter({"filter": part}, layer)
        for part, layer in zip(parts, layers, strict=True)
    ]


def _split(text: str) -> list[str]:
    """At semicolons outside of quotes."""
    pieces, quoted = [""], False
    for letter in text:
        quoted ^= letter == "'"
        if letter == ";" and not quoted:
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces
