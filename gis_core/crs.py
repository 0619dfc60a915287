"""Coordinate reference systems in use, and the one transformation between VN-2000 and WGS 84.

PROJ knows two operations between VN-2000 and WGS 84; they differ by 0.74 m at Tam Kỳ. EPSG:6960 "VN-2000 to WGS 84 (2)" is
the official one (Decision 05/2007/QĐ-BTNMT) and is pinned here for the server, the browser and every import. Ignoring the
datum shift is 225 m off; turning the sign of the rotations 0.6 m.
"""

from dataclasses import dataclass
from functools import lru_cache

from pyproj import CRS, Geod, Transformer
from pyproj.transformer import TransformerGroup

WGS84 = 4326
WEB_MERCATOR = 3857
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
VN2000_OPERATION = "EPSG:6960"
_ELLIPSOID = Geod(ellps="WGS84")

# Seven parameters of EPSG:6960 with position-vector signs, as PROJ strings and proj4js want them
# (the decree prints coordinate-frame rotations: signs turned).
_TOWGS84 = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"

# code -> (central meridian in degrees, scale factor at it)
_ZONES: dict[int, tuple[float, float]] = {
    3405: (105.0, 0.9996),
    3406: (111.0, 0.9996),
    5896: (102.0, 0.9999),
    5897: (105.0, 0.9999),
    5898: (108.0, 0.9999),
    5899: (107.75, 0.9999),
    9205: (103.0, 0.9999),
    9206: (104.0, 0.9999),
    9207: (104.5, 0.9999),
    9208: (104.75, 0.9999),
    9209: (105.5, 0.9999),
    9210: (105.75, 0.9999),
    9211: (106.0, 0.9999),
    9212: (106.25, 0.9999),
    9213: (106.5, 0.9999),
    9214: (107.0, 0.9999),
    9215: (107.25, 0.9999),
    9216: (107.5, 0.9999),
    9217: (108.25, 0.9999),
    9218: (108.5, 0.9999),
}
# A deprecated twin of 5899 with false easting and northing swapped: refused wherever a CRS is named.
REFUSED = frozenset({6959})


@dataclass(frozen=True)
class Zone:
    """A projected CRS of VN-2000: transverse Mercator on the WGS 84 ellipsoid, false easting 500 km, axes east, north, metres."""

    srid: int
    central_meridian: float
    scale: float

    @property
    def proj4(self) -> str:
        """The full definition for proj4js; without `+towgs84` it would be 225 m off."""
        return (
            f"+proj=tmerc +lat_0=0 +lon_0={self.central_meridian:g} +k={self.scale:g} +x_0=500000 +y_0=0 +ellps=WGS84 "
            f"+towgs84={_TOWGS84} +units=m +no_defs"
        )


ZONES: dict[int, Zone] = {srid: Zone(srid, *values) for srid, values in _ZONES.items()}
SUPPORTED: frozenset[int] = frozenset({WGS84, WEB_MERCATOR, 4756, *ZONES})


@lru_cache(maxsize=64)
def transformer(source: int, target: int) -> Transformer:
    """Transformer between two supported SRIDs, always (east, north) or (lon, lat), through EPSG:6960 where a datum changes.

    Raises ValueError for an SRID outside `SUPPORTED`.
    """
    for srid in (source, target):
        if srid not in SUPPORTED:
            raise ValueError(f"EPSG:{srid} is not supported.")
    group = TransformerGroup(f"EPSG:{source}", f"EPSG:{target}", always_xy=True)
    pinned = [found for found in group.transformers if _uses_pinned_operation(found)]
    return pinned[0] if pinned else group.transformers[0]


def pipeline(source: int, target: int) -> str:
    """The operation between two supported SRIDs as a PROJ string with its steps, axes east, north (QGIS keeps it in projects)."""
    text = str(transformer(source, target).definition)
    steps = " ".join(text.split())
    if not steps.startswith("+"):
        steps = " ".join(part if part.startswith("+") else f"+{part}" for part in steps.split(" "))
    return steps


def transform(source: int, target: int, x: float, y: float) -> tuple[float, float]:
    """One position from `source` to `target` (x = east or lon, y = north or lat)."""
    east, north = transformer(source, target).transform(x, y)
    return float(east), float(north)


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres along the ellipsoid between two WGS 84 positions (longitude, latitude in degrees)."""
    _there, _back, metres = _ELLIPSOID.inv(*one, *other)
    return float(metres)


def uri(srid: int) -> str:
    """The OGC URI of a CRS (OGC API - Features Part 2, 6.2)."""
    return f"http://www.opengis.net/def/crs/EPSG/0/{srid}"


def name_of(srid: int) -> str:
    """The EPSG name, for people."""
    return str(CRS.from_epsg(srid).name)


@lru_cache(maxsize=64)
def wkt(srid: int) -> str:
    """The definition of a CRS as WKT 2 (ISO 19162:2019)."""
    return str(CRS.from_epsg(srid).to_wkt("WKT2_2019"))


def _uses_pinned_operation(found: Transformer) -> bool:
    return any("VN-2000 to WGS 84 (2)" in operation.name for operation in found.operations or ()) or "VN-2000 to WGS 84 (2)" in (
        found.description or ""
    )
