"""Do units of one day lie beside each other, as they must? Without Django; shapes in EPSG:4326."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, STRtree

from gis_core.importing.faults import Fault, RowFault
from gis_core.units.rows import UnitRow

# Maps of different sources never agree to the metre; more than this part of the smaller unit is a mistake.
TOLERANCE = 0.01
_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Neighbour:
    """A unit that is in the database and stays there."""

    name: str
    shape: MultiPolygon


@dataclass
class Slivers:
    """Overlaps too small to be a mistake."""

    pairs: int = 0
    largest_m2: float = 0.0


def overlaps(units: Sequence[UnitRow], others: Sequence[Neighbour], slivers: Slivers) -> Iterator[RowFault]:
    """A fault for each unit that lies over one before it in the file or over another one of the same day."""
    shapes = [unit.shape for unit in units] + [other.shape for other in others]
    names = [f"{unit.name} ({unit.code})" for unit in units] + [other.name for other in others]
    # Neighbours touch; only pairs whose insides meet are worth cutting.
    first, second = STRtree(shapes).query(shapes[: len(units)], predicate="intersects")
    for here, there in zip(first, second, strict=True):
        if here == there or (there < len(units) and there > here):
            continue
        shared = shapely.area(shapely.intersection(shapes[here], shapes[there]))
        square_metres = shared * _METRES_A_DEGREE**2 * math.cos(math.radians(shapes[here].centroid.y))
        share = shared / min(shapes[here].area, shapes[there].area)
        if share > TOLERANCE:
            unit = units[here]
            params = {"unit": unit.code, "other": names[there], "share": f"{100 * share:.1f}", "area": f"{square_metres / 1e6:.3f}"}
            yield RowFault(unit.row, Fault("overlap", params))
        elif square_metres >= 1:
            slivers.pairs += 1
            slivers.largest_m2 = max(slivers.largest_m2, square_metres)
