"""The area of a question: a drawn geometry or a feature of a layer, widened by metres on the VN-2000 plane."""

from dataclasses import dataclass

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core import crs
from gis_core.changes.clock import Box
from gis_core.errors import BadParameter, NotFound
from gis_core.geometry import GeometryFault, Limits, from_geojson, from_wkt, stray
from layers.catalogue import catalogue
from layers.ogc.resource import Call
from layers.ogc.selection import layer_key
from layers.parameters import Parameters
from layers.queries.asking import Asked, of_feature_layer

NAMES = ("geometry", "of", "buffer")
PLANE = 5899
MAX_BUFFER = 50_000.0
# What GEOS intersects with every row of a layer has to stay small: it does not answer to a cancelled statement.
_LIMITS = Limits(depth=4, vertices=4_000)
# Edges straight on one map are curved on another: no piece is longer than this, which keeps them within a millimetre or two.
_PIECE = 250.0
_QUARTER = 16  # points a quarter circle


@dataclass(frozen=True)
class Zone:
    """An area, line or place in EPSG:5899, and where the answer can change by changes of the feature that it comes from."""

    shape: BaseGeometry
    states: tuple[str, ...] = ()

    def on(self, srid: int) -> GEOSGeometry:
        """The zone in another CRS. Raises BadParameter where that CRS does not reach."""
        found = moved(self.shape, PLANE, srid)
        return GEOSGeometry(memoryview(shapely.to_wkb(found)), srid=srid)

    @property
    def box(self) -> Box:
        """Its box in EPSG:3857, with a metre to spare."""
        west, south, east, north = moved(self.shape, PLANE, crs.WEB_MERCATOR).bounds
        return west - 1.0, south - 1.0, east + 1.0, north + 1.0

    @property
    def is_area(self) -> bool:
        """Whether it has a surface, so that shares of it make sense."""
        return bool(self.shape.area > 0)


def read_zone(call: Call, parameters: Parameters) -> Zone:
    """From `geometry` (GeoJSON or WKT, longitude and latitude) or `of` (layer/id), and `buffer` in metres.

    Raises BadParameter and NotFound.
    """
    drawn, named = parameters.text("geometry"), parameters.text("of")
    if (drawn is None) == (named is None):
        sentence = _("Give the area either as geometry (GeoJSON or WKT in longitude and latitude) or as of=layer/id, one of both.")
        raise BadParameter(sentence, field="geometry")
    buffer = parameters.number("buffer", low=0.0, high=MAX_BUFFER) or 0.0
    if drawn is not None:
        return Zone(_widened(moved(_parsed(drawn), crs.WGS84, PLANE), buffer))
    shape, state = _feature(call, named or "")
    return Zone(_widened(shape, buffer), (state,))


def _parsed(text: str) -> BaseGeometry:
    try:
        if text.lstrip().startswith("{"):
            return from_geojson(text, srid=crs.WGS84, limits=_LIMITS)
        return from_wkt(text, srid=crs.WGS84, limits=_LIMITS)
    except GeometryFault as fault:
        raise BadParameter(f"geometry: {fault}", field="geometry") from None


def _feature(call: Call, named: str) -> tuple[BaseGeometry, str]:
    """The geometry of layer/id on the plane, and the state of its layer; a row out of reach is the same as none."""
    name, _slash, key = named.partition("/")
    layer = catalogue.features(name, call.scope, "query")
    asked: Asked = of_feature_layer(call, layer)
    missing = NotFound(_("There is no such feature, or it is not open to you."), field="of")
    try:
        pk = layer_key(layer, key)
    except (ValueError, ValidationError) as error:
        raise missing from error
    found = asked.rows().filter(pk=pk).values_list(layer.geometry, flat=True).first()
    if found is None:
        raise missing
    shape = shapely.from_wkb(bytes(found.wkb))
    return moved(_in_pieces(shape, layer.srid), layer.srid, PLANE), asked.state()


def _widened(shape: BaseGeometry, buffer: float) -> BaseGeometry:
    return shapely.segmentize(shape.buffer(buffer, quad_segs=_QUARTER) if buffer else shape, _PIECE)


def _in_pieces(shape: BaseGeometry, srid: int) -> BaseGeometry:
    return shapely.segmentize(shape, _PIECE / 111_320 if srid in (crs.WGS84, 4756) else _PIECE)


def moved(shape: BaseGeometry, source: int, target: int) -> BaseGeometry:
    """A shape in another CRS by the pinned operation, long edges of degrees cut. Raises BadParameter outside of the plane."""
    if source == target:
        return shape
    cut = _in_pieces(shape, source) if source == crs.WGS84 else shape
    move = crs.transformer(source, target).transform
    moved = shapely.transform(cut, lambda positions: np.column_stack(move(positions[:, 0], positions[:, 1])))
    if target == PLANE and stray(shapely.get_coordinates(moved), PLANE).any():
        raise BadParameter(_("geometry lies outside of the plane of VN-2000; give a place in Viet Nam."), field="geometry")
    return moved
