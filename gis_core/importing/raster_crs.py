"""Coordinate systems of rasters: those of features (gis_core/crs.py) and the UTM zones of satellite scenes, as GDAL wants them.

GDAL would choose between the operations of VN-2000 by itself. A definition that carries the seven parameters of EPSG:6960 leaves it
no choice, and stays in the file: every reader of it moves pixels as the rest of the service moves features.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from gis_core import crs

# WGS 84 / UTM, the zones in which Vietnam and its sea lie.
UTM = frozenset({32647, 32648, 32649, 32650})
SUPPORTED = crs.SUPPORTED | UTM
_VN2000_DEGREES = 4756
Numbers = npt.NDArray[np.float64]


@lru_cache(maxsize=64)
def definition(srid: int) -> str:
    """A supported CRS as text for GDAL. Raises ValueError for another."""
    if srid not in SUPPORTED:
        raise ValueError(f"EPSG:{srid} is not supported.")
    if srid in crs.ZONES:
        return crs.ZONES[srid].proj4
    if srid == _VN2000_DEGREES:
        shift = crs.ZONES[5899].proj4.split("+towgs84=")[1].split()[0]
        return f"+proj=longlat +ellps=WGS84 +towgs84={shift} +no_defs"
    return f"EPSG:{srid}"


def moved(source: int, target: int, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Positions in another CRS, east before north; infinite where it does not reach."""
    for start, end in _legs(source, target):
        x, y = _transformer(start, end).transform(x, y)
    return np.asarray(x, np.float64), np.asarray(y, np.float64)


def moved_box(source: int, target: int, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The box in another CRS around `box`, whose sides are followed at 16 points each."""
    west, south, east, north = box
    steps = np.linspace(0.0, 1.0, 17)
    across, up = west + (east - west) * steps, south + (north - south) * steps
    x = np.concatenate([across, across, np.full(17, west), np.full(17, east)])
    y = np.concatenate([np.full(17, south), np.full(17, north), up, up])
    x, y = moved(source, target, x, y)
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _legs(source: int, target: int) -> list[tuple[int, int]]:
    if source == target:
        return []
    if {source, target} & UTM and crs.WGS84 not in (source, target):
        return [(source, crs.WGS84), (crs.WGS84, target)]
    return [(source, target)]


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> Transformer:
    if source in UTM or target in UTM:
        return Transformer.from_crs(f"EPSG:{source}", f"EPSG:{target}", always_xy=True)
    return crs.transformer(source, target)
