"""The rows of an import as they wait for the register: one Arrow table, kept as Parquet between the steps of the work."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

SCHEMA = pa.schema(
    [
        ("row", pa.int64()),  # in the file, from 1
        ("geom", pa.binary()),  # WKB in EPSG:5899
        ("sheet_no", pa.int64()),
        ("parcel_no", pa.int64()),
        ("unit", pa.string()),
        ("old_unit", pa.string()),
        ("old_sheet_no", pa.int64()),
        ("old_parcel_no", pa.int64()),
        ("uses", pa.string()),
        ("area", pa.float64()),
        ("legal_area", pa.float64()),
        ("address", pa.string()),
        ("uid", pa.string()),
        ("geohash", pa.string()),
        ("status", pa.string()),
        ("valid_from", pa.string()),
    ]
)
MAX_PARCELS = 300_000


def table(columns: dict[str, Any], count: int) -> Any:
    """A table of these columns; those that are not given are empty."""
    return pa.table([_column(columns.get(found.name, [None] * count), found.type) for found in SCHEMA], schema=SCHEMA)


def _column(values: Any, kind: Any) -> Any:
    return values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, kind)


def shapes(rows: Any) -> NDArray[np.object_]:
    """The outlines of a table."""
    found: NDArray[np.object_] = shapely.from_wkb(rows.column("geom").to_numpy())
    return found


def keep(rows: Any, path: Path) -> None:
    """Write a table to a file."""
    pq.write_table(rows, path, compression="zstd")


def load(path: Path) -> Any:
    """Read a table from a file."""
    return pq.read_table(path, schema=SCHEMA, memory_map=False)
