"""Rasters: statistics of the heights inside of every parcel, beside rasterstats."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from bench.harness import Ratio, benchmark_of_pilot, seconds
from bench.peers import rasterstats
from gis_core.access import Reach
from gis_core.importing.rasters import convert
from gis_core.pilot import plan
from land.layers import Parcels
from layers.coverages.scene import Scene, folder
from layers.coverages.zonal import Zone, zonal
from layers.imports.coverage_files import staging
from layers.pilot import rasters

_PARCELS, _ROUNDS = 20_000, 3
_STATISTICS = ("mean", "min", "max")


@benchmark_of_pilot
def zonal_parcels() -> Iterator[Ratio]:
    """Mean, lowest and highest ground of parcels: ours (pixels by covered shares) ÷ rasterstats (whole pixels), the same file."""
    shapes = _parcels()
    with tempfile.TemporaryDirectory(prefix="bench-raster-", dir=staging()) as place:
        scene = _scene(Path(place))
        zones = [Zone(number, shape, plan.PLANE) for number, shape in enumerate(shapes)]

        def ours() -> list[Any]:
            return list(zonal([scene], zones, _STATISTICS))

        found = ours()
        mine = statistics.median(seconds(ours) for _ in range(_ROUNDS))
        if not rasterstats.installed():
            detail = f"rasterstats is not installed (bin/bench --install-peers); {len(zones) / mine:.0f} parcels/s"
            yield Ratio("zonal_parcels", 1.0, "<= 1", detail)
            return
        theirs = rasterstats.measured(scene.path, shapes, 1)  # once: it takes minutes
        _alike([numbers["mean"] for _key, numbers in found], theirs["means"])
        other = statistics.median(theirs["seconds"])
        detail = f"{len(zones)} parcels over a DEM of 10 m: {len(zones) / mine:.0f} ÷ {len(zones) / other:.0f} parcels/s"
        yield Ratio("zonal_parcels, time ÷ rasterstats", mine / other, "<= 1", detail)


def _parcels() -> list[Any]:
    rows = Parcels().rows(Reach(everything=True)).order_by("pk").values_list("geom", flat=True)[:_PARCELS]
    return [shapely.from_wkb(bytes(shape.wkb)) for shape in rows]


def _scene(place: Path) -> Scene:
    """The pilot's heights, converted as every raster is."""
    path, target = place / "dem.tif", place / "made.tif"
    rasters.write(path, *rasters.heights(1, 1.0))
    raster = convert(path, target)
    return Scene(str(target.relative_to(folder())), raster)


def _alike(ours: list[Any], theirs: list[Any]) -> None:
    """Means lie close together; rasterstats counts pixels at the edge as whole."""
    known = np.array([pair for pair in zip(ours, theirs, strict=True) if None not in pair], float)
    apart = float(np.median(np.abs(known[:, 0] - known[:, 1])))
    if len(known) < len(ours) * 0.9 or apart > 0.5:
        raise AssertionError(f"the means differ by {apart:.2f} m in the median over {len(known)} of {len(ours)} parcels")
