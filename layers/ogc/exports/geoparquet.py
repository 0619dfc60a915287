"""GeoParquet 1.1: read by DuckDB, GeoPandas, GDAL, QGIS; written row group by row group."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
from pyproj import CRS

from layers.ogc.exports.columnar import GEOMETRY, batches, schema_of
from layers.ogc.exports.reading import Reading

_KINDS = {"point": "Point", "line": "LineString", "polygon": "Polygon"}


class _Drain(io.RawIOBase):
    """A file whose bytes are taken away as they come."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        """What was written since."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def write_geoparquet(reading: Reading) -> Iterator[bytes]:
    """The file; its footer comes last, so nothing of it is kept."""
    schema = schema_of(reading).with_metadata({"geo": json.dumps(_described(reading))})
    drain = _Drain()
    with pq.ParquetWriter(drain, schema, compression="zstd") as writer:
        for batch in batches(reading, schema):
            writer.write_batch(batch)
            if piece := drain.taken():
                yield piece
    yield drain.taken()


def _described(reading: Reading) -> dict[str, Any]:
    """The member `geo` of the file's metadata (GeoParquet 1.1.0)."""
    kind = _KINDS[reading.layer.geometry_kind]
    # The format's coordinates are east, north whatever the authority's order is.
    system = CRS.from_user_input("OGC:CRS84" if reading.crs.srid == 4326 else f"EPSG:{reading.crs.srid}")
    column = {"encoding": "WKB", "geometry_types": [kind, f"Multi{kind}"], "crs": system.to_json_dict()}
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
