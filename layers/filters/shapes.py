"""Geometry literals of a filter: guarded, then brought into the CRS of a column of the layer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core import crs
from gis_core.errors import BadParameter
from gis_core.geometry import SENTENCES as GEOMETRY_SENTENCES
from gis_core.geometry import GeometryFault, Limits, from_geojson
from layers.filters.reading import FIELD, Node
from layers.layer import FeatureLayer

LIMITS = Limits(depth=4, vertices=5_000)
_MAX_LATITUDE = 85.06


@dataclass(frozen=True)
class Reference:
    """The CRS in which the filter's coordinates are written (`filter-crs`)."""

    srid: int = crs.WGS84
    latitude_first: bool = False


@dataclass(frozen=True)
class Shape:
    """A shape in the CRS of `column`, as hexadecimal EWKB."""

    column: str
    ewkb: str
    is_collection: bool


def is_shape(node: Node) -> bool:
    """Whether a node is a geometry or a box."""
    return isinstance(node, Mapping) and ("bbox" in node or ("type" in node and "op" not in node))


def shape_of(node: Mapping[str, Any], layer: FeatureLayer, reference: Reference, *, own: bool = False) -> Shape:
    """The literal against the layer's true geometry. Raises BadParameter that says what is wrong with it, and where.

    A box of degrees is a rectangle of Web Mercator exactly and meets the stored Mercator geometry; everything else goes to
    the layer's own CRS vertex by vertex, and with `own` boxes too. A node that brings a `Reference` (GML does) is read in that.
    """
    named = node.get("reference")
    reference = named if isinstance(named, Reference) else reference
    try:
        if "bbox" in node and reference.srid == crs.WGS84 and not own:
            geometry = moved(_accepted(_box(node["bbox"], reference), crs.WGS84), crs.WGS84, crs.WEB_MERCATOR)
            return _shape(layer.tile_geometry, geometry, crs.WEB_MERCATOR)
        geometry = _accepted(_box(node["bbox"], reference) if "bbox" in node else _turned(node, reference), reference.srid)
    except GeometryFault as fault:
        sentence = _(GEOMETRY_SENTENCES[fault.code]) % {name: _(v) if name == "reason" else v for name, v in fault.params.items()}  # type: ignore[arg-type]
        raise BadParameter(_("filter: %(sentence)s") % {"sentence": sentence}, field=FIELD) from None
    return _shape(layer.geometry, moved(geometry, reference.srid, layer.srid), layer.srid)


def _accepted(value: Mapping[str, Any], srid: int) -> BaseGeometry:
    return from_geojson(value, srid=srid, limits=LIMITS)


def _box(values: Any, reference: Reference) -> dict[str, Any]:
    """A box of four numbers, or of six with heights, as a polygon. Raises BadParameter."""
    numbers = values if isinstance(values, list) else []
    if len(numbers) not in (4, 6) or not all(isinstance(n, int | float) and not isinstance(n, bool) and abs(n) < 1e30 for n in numbers):
        raise BadParameter(_("filter: BBOX needs 4 numbers (west, south, east, north), or 6 with heights."), field=FIELD)
    west, south, *_heights = numbers[:2]
    east, north = (numbers[2], numbers[3]) if len(numbers) == 4 else (numbers[3], numbers[4])
    if reference.latitude_first:
        west, south, east, north = south, west, north, east
    if reference.srid == crs.WGS84:
        south, north = max(south, -_MAX_LATITUDE), min(north, _MAX_LATITUDE)
    if west >= east or south >= north:
        raise BadParameter(_("filter: BBOX is turned round or empty; write BBOX(west, south, east, north)."), field=FIELD)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _turned(node: Mapping[str, Any], reference: Reference) -> Mapping[str, Any]:
    return flipped(node) if reference.latitude_first else node


def flipped(value: Any) -> Any:
    """Positions in the other order. What is no geometry stays as it is for the guard to refuse."""
    if isinstance(value, Mapping):
        return {key: flipped(part) for key, part in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) >= 2 and all(isinstance(number, int | float) for number in value):
        return [value[1], value[0], *value[2:]]
    return [flipped(part) for part in value]


def moved(geometry: BaseGeometry, source: int, target: int) -> BaseGeometry:
    """A geometry in another CRS, vertex by vertex. Raises BadParameter for positions outside of its range."""
    if source == target:
        return geometry
    move = crs.transformer(source, target).transform
    moved: BaseGeometry = shapely.transform(geometry, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise BadParameter(_("filter: a position lies outside of the range of EPSG:%(srid)d.") % {"srid": target}, field=FIELD)
    return moved


def _shape(column: str, geometry: BaseGeometry, srid: int) -> Shape:
    ewkb = shapely.to_wkb(shapely.set_srid(geometry, srid), hex=True, include_srid=True)
    return Shape(column, ewkb, geometry.geom_type == "GeometryCollection")
