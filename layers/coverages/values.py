"""What a coverage says at a position, and along a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from gis_core import crs
from gis_core.importing import raster_crs
from layers.coverages.reading import MAX_SCENES, dataset
from layers.coverages.scene import Scene

Numbers = npt.NDArray[np.float64]
_ELLIPSOID = Geod(ellps="WGS84")
MAX_SAMPLES = 1_000


def at_positions(scenes: Sequence[Scene], lon: Numbers, lat: Numbers, bands: Sequence[int]) -> Any:
    """The pixel's own values at positions in degrees: a masked array (positions, bands), of the topmost scene with a value each."""
    whole: Any = np.ma.MaskedArray(np.zeros((len(lon), len(bands))), mask=True)
    if not scenes:
        return whole
    mercator = raster_crs.moved(crs.WGS84, crs.WEB_MERCATOR, lon, lat)
    open_ = np.ones(len(lon), bool)
    looked = 0
    for scene in scenes:
        west, south, east, north = scene.mercator
        inside = open_ & (mercator[0] >= west) & (mercator[0] <= east) & (mercator[1] >= south) & (mercator[1] <= north)
        if not inside.any():
            continue
        looked += 1
        if looked > MAX_SCENES:
            break
        places = np.flatnonzero(inside)
        found = _sampled(scene, lon[places], lat[places], bands)
        filled = ~np.ma.getmaskarray(found).any(axis=1)
        whole[places[filled]] = found[filled]
        open_[places[filled]] = False
    return whole


def _sampled(scene: Scene, lon: Numbers, lat: Numbers, bands: Sequence[int]) -> Any:
    x, y = raster_crs.moved(crs.WGS84, scene.raster.srid, lon, lat)
    source = dataset(scene)
    rows = list(source.sample(zip(x, y, strict=True), indexes=list(bands), masked=True))
    found = np.ma.MaskedArray(np.ma.vstack(rows), dtype=np.float64)
    found = np.ma.masked_invalid(found)
    west, south, east, north = scene.raster.bounds
    outside = (x < west) | (x > east) | (y < south) | (y > north)
    found[outside] = np.ma.masked
    if scene.raster.alpha:
        alpha = np.array([row[0] for row in source.sample(zip(x, y, strict=True), indexes=[source.count])])
        found[alpha == 0] = np.ma.masked
    return found


@dataclass(frozen=True)
class Profile:
    """Values along a line at equal steps: metres from its start (on the ellipsoid), positions in degrees, and per position a value of
    each band (masked where there is none)."""

    metres: Numbers
    lon: Numbers
    lat: Numbers
    values: Any


def along(scenes: Sequence[Scene], line: Sequence[tuple[float, float]], samples: int, bands: Sequence[int]) -> Profile:
    """`samples` positions along a line in degrees, ends included."""
    corners = np.asarray(line, float)
    _azimuth, _back, legs = _ELLIPSOID.inv(corners[:-1, 0], corners[:-1, 1], corners[1:, 0], corners[1:, 1])
    ends = np.concatenate([[0.0], np.cumsum(legs)])
    metres = np.linspace(0.0, float(ends[-1]), samples)
    leg = np.clip(np.searchsorted(ends, metres, side="right") - 1, 0, len(legs) - 1)
    starts = corners[leg]
    azimuth = np.asarray(_azimuth)[leg]
    lon, lat, _end = _ELLIPSOID.fwd(starts[:, 0], starts[:, 1], azimuth, metres - ends[leg])
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    return Profile(metres, lon, lat, at_positions(scenes, lon, lat, bands))


def climbs(values: Any) -> dict[str, float | None]:
    """Lowest, highest, mean, and the metres up and down along a line of heights; None where nothing is known."""
    known = np.ma.compressed(values)
    if not known.size:
        return {"min": None, "max": None, "mean": None, "up": None, "down": None}
    steps = np.diff(known)
    return {
        "min": float(known.min()),
        "max": float(known.max()),
        "mean": float(known.mean()),
        "up": float(steps[steps > 0].sum()),
        "down": float(-steps[steps < 0].sum()),
    }
