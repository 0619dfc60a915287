"""`/query/coverages/<name>/value`, `/profile`, `/zonal`: what a raster says at a position, along a line, inside of areas."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.errors import BadParameter
from gis_core.geometry import GeometryFault, Limits, from_geojson, from_wkt
from layers.catalogue import catalogue
from layers.coverages import zonal as statistics
from layers.coverages.expressions import Expression, parsed
from layers.coverages.scene import Scene
from layers.coverages.telling import band_name, number_told, values_told
from layers.coverages.values import MAX_SAMPLES, along, at_positions, climbs
from layers.freshness import layer_state
from layers.imports import watch
from layers.layer import CoverageLayer
from layers.ogc.links import link
from layers.ogc.media import JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.parameters import Parameters
from layers.queries import asking, zone
from layers.queries.asking import Asked, read_asked
from layers.queries.within import read_after
from layers.queries.zone import PLANE, read_zone

VALUE = ("lon", "lat", "datetime", "expression")
PROFILE = ("geometry", "samples", "band", "datetime", "expression")
ZONAL = (*asking.NAMES, *zone.NAMES, "statistics", "band", "limit", "after")
DEFAULT_SAMPLES = 200
MAX_KILOMETRES = 500.0
DEFAULT_ZONES, MAX_ZONES = 100, 1_000
_DEFAULT_STATISTICS = ("mean", "min", "max")
_LINE = Limits(depth=4, vertices=500)


@resource(JSON)
def value(call: Call, name: str) -> Document:
    """The pixel under a position: {layer, position, values: [{band, name, value, unit}]}; with `expression` its result too."""
    parameters = call.parameters(*VALUE)
    layer = read_coverage(call, name)
    lon, lat = _position(parameters)
    scenes = layer.shown(parameters.when())
    expression = _expression(parameters, layer)

    def build() -> Content:
        found: Content = {"layer": layer.name, "title": str(layer.title), "position": [lon, lat]}
        found["values"] = values_told(layer, scenes, lon, lat)
        if expression is not None:
            row = at_positions(scenes, np.array([lon]), np.array([lat]), expression.bands)
            found["expression"] = {"text": parameters.text("expression"), "value": number_told(_computed(expression, row)[0], "float32")}
        return found

    return Document(build, "", [layer.state])


@resource(JSON)
def profile(call: Call, name: str) -> Document:
    """Values along a line (`geometry`: LINESTRING or GeoJSON in degrees) at `samples` equal steps of the ellipsoid.

    {layer, band, unit, length_m, points: [[metres, longitude, latitude, value or null]], min, max, mean, up, down}
    """
    parameters = call.parameters(*PROFILE)
    layer = read_coverage(call, name)
    line = _line(parameters)
    samples = parameters.integer("samples", low=2, high=MAX_SAMPLES) or DEFAULT_SAMPLES
    expression, band = _expression(parameters, layer), read_band(parameters, layer)
    scenes = layer.shown(parameters.when())

    def build() -> Content:
        return _profile(layer, scenes, line, samples, expression, band)

    return Document(build, "", [layer.state])


def _profile(
    layer: CoverageLayer, scenes: Sequence[Scene], line: list[tuple[float, float]], samples: int, expression: Expression | None, band: int
) -> Content:
    found = along(scenes, line, samples, expression.bands if expression else [band])
    values = _computed(expression, found.values) if expression else found.values[:, 0]
    dtype = "float32" if expression else layer.raster.dtype
    points = [
        [round(float(metres), 2), round(float(lon), 7), round(float(lat), 7), number_told(one, dtype)]
        for metres, lon, lat, one in zip(found.metres, found.lon, found.lat, values, strict=True)
    ]
    sums = {name: None if number is None else round(number, 6) for name, number in climbs(values).items()}
    named = {"band": None, "expression": expression.text} if expression else {"band": band, "name": band_name(layer, band)}
    about = {"layer": layer.name, "title": str(layer.title), "unit": (layer.unit or None) if expression is None else None}
    return {**about, **named, "length_m": round(float(found.metres[-1]), 2), **sums, "points": points}


@resource(JSON)
def zonal(call: Call, name: str) -> Document:
    """Statistics of a raster inside of each feature of a layer of surfaces (`layer`, with `filter`), or of one area (`geometry`, `of`).

    Every pixel counts by the share of it that the area covers. {coverage, band, statistics, zones: [{id, label, …}], links}
    """
    parameters = call.parameters(*ZONAL)
    layer = read_coverage(call, name)
    band, wanted = read_band(parameters, layer), _statistics(parameters)
    if parameters.text("layer"):
        return _of_layer(call, parameters, layer, band, wanted)
    area = read_zone(call, parameters)
    if not area.is_area:
        raise BadParameter(_("Statistics need an area: a polygon, or a buffer in metres."), field="geometry")
    scenes = layer.shown(parameters.when())

    def build() -> Content:
        ((_key, numbers),) = statistics.zonal(scenes, [statistics.Zone(0, area.shape, PLANE)], wanted, band)
        return {**_about(layer, band, wanted), "zones": [{"id": None, **numbers}], "links": []}

    return Document(build, "", [layer.state, *area.states])


def _of_layer(call: Call, parameters: Parameters, layer: CoverageLayer, band: int, wanted: tuple[str, ...]) -> Document:
    if parameters.text("geometry") or parameters.text("of"):
        raise BadParameter(_("Give either a layer, whose features are the areas, or one area."), field="layer")
    asked = read_asked(call, parameters)
    if asked.layer.geometry_kind != "polygon":
        raise BadParameter(
            _("Statistics need areas: “%(name)s” is a layer of points or lines.") % {"name": asked.layer.name}, field="layer"
        )
    limit = parameters.integer("limit", low=1, high=MAX_ZONES, clamp=True) or DEFAULT_ZONES
    after = read_after(parameters, asked.layer)
    # The moment belongs to the areas where they know time; the raster shows what it had then.
    scenes = layer.shown(parameters.when())

    def build() -> Content:
        rows = _rows(asked, after, limit)
        zones = [statistics.Zone((key, label), shapely.from_wkb(bytes(shape)), asked.layer.srid) for key, label, shape in rows[:limit]]
        told = [{"id": key, "label": label, **numbers} for (key, label), numbers in statistics.zonal(scenes, zones, wanted, band)]
        content = {**_about(layer, band, wanted), "layer": asked.layer.name, "zones": told, "numberReturned": len(told), "links": []}
        if len(rows) > limit:
            content["links"].append(link("next", call.links.here(after=str(rows[limit - 1][0])), JSON.type, _("Next page")))
        return content

    return Document(build, "", [layer.state, layer_state(asked.layer, asked.reach, dated=asked.when is not None)])


def _rows(asked: Asked, after: object, limit: int) -> list[tuple[Any, Any, Any]]:
    """Keys, names and outlines (WKB) of the areas, by key; one more than `limit` where there are more."""
    rows = asked.rows()
    rows = (rows if after is None else rows.filter(pk__gt=after)).order_by("pk").annotate(_outline=AsWKB(asked.layer.geometry))
    label = asked.layer.label_field
    columns = ("pk", label, "_outline") if label else ("pk", "pk", "_outline")
    found = rows.values_list(*columns)[: limit + 1]
    return [(key, str(name) if label and name is not None else None, shape) for key, name, shape in found]


def _about(layer: CoverageLayer, band: int, wanted: tuple[str, ...]) -> Content:
    return {"coverage": layer.name, "band": band, "unit": layer.unit or None, "statistics": list(wanted)}


def read_coverage(call: Call, name: str) -> CoverageLayer:
    """A raster that exists for the caller. Raises NotFound alike for unknown and forbidden names."""
    if not watch.is_current():
        watch.renew()
    return catalogue.coverage(name, call.scope, "query")


def read_band(parameters: Parameters, layer: CoverageLayer) -> int:
    """`band`, counted from 1. Raises BadParameter."""
    return parameters.integer("band", low=1, high=len(layer.raster.bands)) or 1


def _expression(parameters: Parameters, layer: CoverageLayer) -> Expression | None:
    text = parameters.text("expression")
    return parsed(text, len(layer.raster.bands)) if text else None


def _computed(expression: Expression, rows: Any) -> Any:
    """The expression at positions: `rows` has a column a band."""
    return expression.of(rows.T[:, :, None])[:, 0]


def _position(parameters: Parameters) -> tuple[float, float]:
    lon, lat = parameters.number("lon", low=-180.0, high=180.0), parameters.number("lat", low=-90.0, high=90.0)
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        raise BadParameter(_("%(field)s is missing: the position in degrees, WGS 84.") % {"field": missing}, field=missing)
    return lon, lat


def _line(parameters: Parameters) -> list[tuple[float, float]]:
    text = parameters.text("geometry")
    if not text:
        raise BadParameter(_("geometry is missing: a LINESTRING (or GeoJSON) in longitude and latitude."), field="geometry")
    try:
        read = from_geojson if text.lstrip().startswith("{") else from_wkt
        shape = read(text, srid=crs.WGS84, limits=_LINE)
    except GeometryFault as fault:
        raise BadParameter(f"geometry: {fault}", field="geometry") from None
    if shape.geom_type != "LineString":
        raise BadParameter(_("geometry: a profile needs a line, not a %(kind)s.") % {"kind": shape.geom_type}, field="geometry")
    corners = [(float(x), float(y)) for x, y in shape.coords]
    length = sum(crs.metres_between(start, end) for start, end in pairwise(corners))
    if length > MAX_KILOMETRES * 1_000:
        raise BadParameter(_("geometry: the line is longer than %(limit)d km.") % {"limit": MAX_KILOMETRES}, field="geometry")
    return corners


def _statistics(parameters: Parameters) -> tuple[str, ...]:
    names = parameters.names("statistics")
    if not names:
        return _DEFAULT_STATISTICS
    for name in names:
        if name not in statistics.STATISTICS:
            accepted = ", ".join(statistics.STATISTICS)
            sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
            raise BadParameter(sentence % {"field": "statistics", "value": name[:40], "accepted": accepted}, field="statistics")
    return tuple(names)
