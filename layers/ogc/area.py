"""The area that `bbox` names: as a predicate for rows, and as boxes for the change clock.

A rectangle of longitude and latitude is exactly a rectangle of Web Mercator, and every layer stores its geometry there
with an index; a rectangle of the layer's own CRS meets the true geometry. Any other is followed along its edges.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.contrib.gis.geos import Polygon
from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.changes.clock import Box as ClockBox
from gis_core.errors import BadParameter
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs
from layers.parameters import Box

_RADIUS = 6_378_137.0
_MAX_LATITUDE = 89.99  # where Mercator's northing is still a number
# Rows that touch the edge belong to the answer; the last bit of a double must not push them out. Metres.
_TOUCH = 1e-6
_MARGIN = 1.0  # of the clock's boxes: too large costs a transfer, too small would lose a change
_STEPS = 24  # points on each edge of a rectangle that becomes curved
_FAR = 1e8  # no projected CRS here has coordinates beyond


@dataclass(frozen=True)
class Area:
    """Polygons with their SRID, and the boxes (EPSG:3857) that hold them."""

    shapes: tuple[Polygon, ...]
    boxes: tuple[ClockBox, ...]

    def condition(self, layer: FeatureLayer) -> Q:
        """Rows that the area meets, edges included. Rows without geometry match any bbox (OGC API - Features 7.15.3)."""
        found = Q()
        for shape in self.shapes:
            column = layer.geometry if shape.srid != crs.WEB_MERCATOR else layer.tile_geometry
            found |= Q(**{f"{column}__intersects": shape})
        return found | Q(**{f"{layer.geometry}__isnull": True}) if layer.geometry_field.null else found


def area_of(box: Box | None, named: Crs, layer: FeatureLayer) -> Area | None:
    """The area of a parameter `bbox` in the CRS that `bbox-crs` names. Raises BadParameter outside of the CRS's range."""
    if box is None:
        return None
    if named.latitude_first:
        box = Box(box.south, box.west, box.north, box.east)
    if named.srid == crs.WGS84:
        _check_degrees(box, named)
        return _of_degrees(box)
    (_check_degrees if named.is_geographic else _check_projected)(box, named)
    outline = _outline(box, named.srid)
    bounds = _bounds(outline)
    if named.srid == crs.WEB_MERCATOR:
        return Area((_rectangle(box, crs.WEB_MERCATOR),), (bounds,))
    if named.srid == layer.srid:
        return Area((_rectangle(box, named.srid),), (bounds,))
    return Area((Polygon(outline.tolist(), srid=crs.WEB_MERCATOR),), (bounds,))


def _of_degrees(box: Box) -> Area:
    parts = tuple(_mercator(part) for part in _split(box))
    shapes = tuple(_rectangle(part, crs.WEB_MERCATOR) for part in parts)
    return Area(shapes, tuple((w - _MARGIN, s - _MARGIN, e + _MARGIN, n + _MARGIN) for w, s, e, n in parts))


def _split(box: Box) -> Iterator[Box]:
    """A box whose west lies east of its east crosses the antimeridian (RFC 7946 5.2) and becomes two."""
    if box.west <= box.east:
        yield box
        return
    yield box._replace(east=180.0)
    yield box._replace(west=-180.0)


def _check_degrees(box: Box, _named: Crs) -> None:
    for value, limit, name in ((box.west, 180, "west"), (box.east, 180, "east"), (box.south, 90, "south"), (box.north, 90, "north")):
        if abs(value) > limit:
            sentence = _("bbox: %(name)s is %(value)s; longitudes lie between -180 and 180, latitudes between -90 and 90 degrees.")
            raise BadParameter(sentence % {"name": name, "value": value}, field="bbox")
    if box.south > box.north:
        raise BadParameter(_("bbox is upside down: its south lies north of its north."), field="bbox")


def _check_projected(box: Box, named: Crs) -> None:
    if box.west > box.east or box.south > box.north:
        sentence = _("bbox is turned round: the smaller number of each axis comes first in %(crs)s.")
        raise BadParameter(sentence % {"crs": named.uri}, field="bbox")
    if max(map(abs, box)) > _FAR:
        raise BadParameter(_("bbox lies outside of the range of %(crs)s.") % {"crs": named.uri}, field="bbox")


def _outline(box: Box, srid: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """The closed ring of `box` in EPSG:3857, shape (n, 2), dense enough to follow curved edges. Raises BadParameter."""
    t = np.linspace(0.0, 1.0, _STEPS + 1)
    x = np.concatenate([box.west + t * (box.east - box.west), np.full(_STEPS, box.east), (box.east + t * (box.west - box.east))[1:]])
    y = np.concatenate([np.full(_STEPS + 1, box.south), (box.south + t * (box.north - box.south))[1:], np.full(_STEPS, box.north)])
    x, y = np.append(x, np.full(_STEPS, box.west)), np.append(y, (box.north + t * (box.south - box.north))[1:])
    east, north = crs.transformer(srid, crs.WEB_MERCATOR).transform(x, y)
    ring = np.column_stack([east, north])
    if not np.isfinite(ring).all():
        raise BadParameter(_("bbox lies outside of the range of %(crs)s.") % {"crs": crs.uri(srid)}, field="bbox")
    ring[-1] = ring[0]
    return ring


def _bounds(ring: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> ClockBox:
    west, south = (ring.min(axis=0) - _MARGIN).tolist()
    east, north = (ring.max(axis=0) + _MARGIN).tolist()
    return west, south, east, north


def _mercator(box: Box) -> Box:
    return Box(_easting(box.west), _northing(box.south), _easting(box.east), _northing(box.north))


def _easting(longitude: float) -> float:
    return _RADIUS * math.radians(longitude)


def _northing(latitude: float) -> float:
    return _RADIUS * math.asinh(math.tan(math.radians(max(-_MAX_LATITUDE, min(_MAX_LATITUDE, latitude)))))


def _rectangle(box: Box, srid: int) -> Polygon:
    polygon = Polygon.from_bbox((box.west - _TOUCH, box.south - _TOUCH, box.east + _TOUCH, box.north + _TOUCH))
    polygon.srid = srid
    return polygon
