"""Which coordinate system a file means: the accepted EPSG code, or a fault that says what to do."""

import re
from dataclasses import dataclass

from pyproj import CRS
from pyproj.exceptions import CRSError

from gis_core.crs import REFUSED, SUPPORTED, WGS84, ZONES
from gis_core.importing.faults import FileFault, zones

_CONFIDENCE = 70
_MAX_TEXT = 20_000
_MAX_JSON = 100_000
_VN2000_DATUM = re.compile(r"vi[eệ]t\s?nam[ _]?2000|vn[-_ ]?2000", re.IGNORECASE)
# EPSG:6960 as PROJ strings write it (gis_core/crs.py).
_TOWGS84 = (-191.90441429, -39.30318279, -111.45032835, 0.00928836, -0.01975479, 0.00427372, 0.252906278)


@dataclass(frozen=True)
class Reference:
    """A coordinate system as the file states it: the accepted SRID, and its name for people."""

    srid: int
    name: str


def identify(text: str | None, declared: int | None) -> Reference:
    """The system of a file that states `text` (WKT, PROJJSON or EPSG:n); `declared` (--crs) overrides it. Raises FileFault."""
    if declared is not None:
        return Reference(declared, f"EPSG:{declared}")
    if not text:
        raise FileFault("no-crs", zones=zones())
    crs = _parsed(text)
    return Reference(_srid(crs), str(crs.name))


def _parsed(text: str) -> CRS:
    limit = _MAX_JSON if text.lstrip().startswith("{") else _MAX_TEXT
    try:
        return CRS.from_user_input(text[:limit])
    except CRSError:
        raise FileFault("unsupported-crs", name=text[:60], zones=zones()) from None


def _srid(crs: CRS) -> int:
    epsg = crs.to_epsg(min_confidence=_CONFIDENCE)
    if epsg in REFUSED:
        raise FileFault("refused-crs", srid=epsg)
    if epsg in SUPPORTED:
        return int(epsg)
    shifted = crs.is_bound and crs.source_crs is not None
    inner: CRS = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    datum = inner.datum.name if inner.datum else ""
    if inner.is_geographic and not shifted and "World Geodetic System 1984" in datum:
        return WGS84  # also OGC:CRS84 and the system with heights
    zone = _zone(inner)
    if zone and (_VN2000_DATUM.search(datum) or (shifted and _is_pinned(crs))):
        return zone
    if zone and shifted and _is_turned(crs):
        raise FileFault("turned-rotations", name=str(crs.name)[:60], srid=zone)
    # The same axes on WGS 84 are a mistake, except for UTM, which exists on both.
    if zone and not shifted and (ZONES[zone].scale == 0.9999 or "World Geodetic System" not in datum):
        raise FileFault("no-datum", name=str(crs.name)[:60], srid=zone)
    raise FileFault("unsupported-crs", name=str(crs.name)[:60], zones=zones())


def _zone(crs: CRS) -> int | None:
    """The VN-2000 zone with these axes, whatever the datum."""
    operation = crs.coordinate_operation
    if not crs.is_projected or operation is None or operation.method_name != "Transverse Mercator":
        return None
    values = {str(parameter.name): float(parameter.value or 0) for parameter in operation.params}
    if values.get("False easting") != 500_000 or values.get("False northing") != 0:
        return None
    meridian, scale = values.get("Longitude of natural origin", 0.0), values.get("Scale factor at natural origin", 0.0)
    for srid, zone in ZONES.items():
        if abs(meridian - zone.central_meridian) < 1e-6 and abs(scale - zone.scale) < 1e-9:
            return srid
    return None


def _is_pinned(crs: CRS) -> bool:
    return _has_parameters(crs, _TOWGS84)


def _is_turned(crs: CRS) -> bool:
    """The decree prints coordinate-frame rotations; copied into +towgs84 as they are they point the other way."""
    return _has_parameters(crs, (*_TOWGS84[:3], *(-value for value in _TOWGS84[3:6]), _TOWGS84[6]))


def _has_parameters(crs: CRS, wanted: tuple[float, ...]) -> bool:
    operation = crs.coordinate_operation
    values = list(operation.towgs84) if operation is not None else []
    return len(values) == len(wanted) and all(abs(a - b) < 1e-3 for a, b in zip(values, wanted, strict=True))
