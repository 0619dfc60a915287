"""Places in a workbook (Excel): GDAL gives its sheets as plain tables, the points are made here from two columns."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gis_core.importing.reading.tables import GEOMETRY


def placed(batches: Iterable[Any], east: str, north: str) -> Iterator[Any]:
    """Each batch with its points as WKB; a row without two numbers has none."""
    for batch in batches:
        x, y = _numbers(batch.column(east)), _numbers(batch.column(north))
        known = np.isfinite(x) & np.isfinite(y)
        points = np.full(len(x), None, dtype=object)
        points[known] = shapely.to_wkb(shapely.points(x[known], y[known]))
        yield batch.append_column(GEOMETRY, pa.array(points.tolist(), pa.binary()))


def _numbers(column: Any) -> Any:
    """Values as numbers, also where a cell holds text with a decimal comma."""
    return np.array([_number(value) for value in column.to_pylist()], float)


def _number(value: Any) -> float:
    try:
        return float(str(value).strip().replace(" ", "").replace(",", ".")) if value is not None else float("nan")
    except ValueError:
        return float("nan")
