"""Mistakes that move a whole file: another zone, the datum ignored (225 m), its rotations turned round (0.6 m).

The register's corners tell: if a file's corners meet them only after one of the known shifts, the file was converted wrongly.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from gis_core import crs

PLANE = 5899
MEETS_M = 0.05
_SAMPLE = 4_000
_ENOUGH = 8
Floats = NDArray[np.float64]
# The seven parameters: of EPSG:6960 with the rotations' sign turned, and of EPSG:5194, as PROJ's +towgs84 writes them.
_TURNED = "-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278"
_OTHER = "-192.873,-39.382,-111.202,-0.00205,-0.0005,0.00335,0.0188"
_MISTAKEN = ("0,0,0", _TURNED, _OTHER)
_MIDDLE = 107.75


def zone_of(points: Floats, srid: int, ground: shapely.Geometry) -> tuple[int, float] | None:
    """The zone (EPSG, central meridian) in which positions on the plane, read as zone `srid`, would lie on the ground."""
    if srid not in crs.ZONES:
        return None
    own = points if srid == PLANE else np.column_stack(crs.transformer(PLANE, srid).transform(points[:, 0], points[:, 1]))
    shapely.prepare(ground)
    best: tuple[int, float] | None = None
    most = 0.5
    for other, zone in crs.ZONES.items():
        if other == srid:
            continue
        east, north = crs.transformer(other, PLANE).transform(own[:, 0], own[:, 1])
        share = float(shapely.contains_xy(ground, np.asarray(east), np.asarray(north)).mean())
        if share > most:
            best, most = (other, zone.central_meridian), share
    return best


def datum_of(shapes: Any, register: Any) -> tuple[float, float] | None:
    """The shift (east, north in metres) after which the file's corners meet the register's; None when they need none."""
    if not len(register):
        return None
    corners = np.unique(shapely.get_coordinates(shapes), axis=0)
    sample = corners[:: max(1, len(corners) // _SAMPLE)]
    tree = shapely.STRtree(shapely.points(np.unique(shapely.get_coordinates(register), axis=0)))
    east, north = (float(value) for value in np.median(corners, axis=0))
    shifts = [(0.0, 0.0), *_shifts(east, north)]
    met = [_meeting(tree, sample + np.array(shift)) for shift in shifts]
    best = int(np.argmax(met))
    return shifts[best] if best and met[best] >= _ENOUGH and met[best] > 4 * met[0] else None


def _shifts(east: float, north: float) -> list[tuple[float, float]]:
    """How far each mistaken conversion moves this place, there and back."""
    lon, lat = crs.transform(PLANE, crs.WGS84, east, north)
    found = []
    for parameters in _MISTAKEN:
        zone = f"+proj=tmerc +lat_0=0 +lon_0={_MIDDLE} +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +towgs84={parameters} +units=m +type=crs"
        wrong = Transformer.from_crs("EPSG:4326", CRS.from_proj4(zone), always_xy=True).transform(lon, lat)
        shift = (float(wrong[0]) - east, float(wrong[1]) - north)
        found += [shift, (-shift[0], -shift[1])]
    return found


def _meeting(tree: shapely.STRtree, positions: Floats) -> int:
    found, _others = tree.query(shapely.points(positions), predicate="dwithin", distance=MEETS_M)
    return len(np.unique(found))
