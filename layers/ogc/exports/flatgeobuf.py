"""FlatGeobuf: written by GDAL into a file of its own, because its spatial index stands before the features."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyogrio

from layers.ogc.exports.columnar import GEOMETRY, batches, schema_of
from layers.ogc.exports.reading import Reading

_PIECE = 1 << 18


def write_flatgeobuf(reading: Reading) -> Iterator[bytes]:
    """The file, which lies on disk until it is sent, with its index."""
    with tempfile.TemporaryDirectory(prefix="ioc-export-") as folder:
        path = Path(folder) / f"{reading.layer.name}.fgb"
        # The extension type tells GDAL which column is the geometry. Its own numbers of features would hide a column `fid`.
        schema = schema_of(reading, {"ARROW:extension:name": "geoarrow.wkb"})
        reader = pa.RecordBatchReader.from_batches(schema, batches(reading, schema))
        kind = reading.layer.geometry_field.geom_type
        pyogrio.write_arrow(
            reader, str(path), driver="FlatGeobuf", geometry_name=GEOMETRY, geometry_type=_GDAL.get(kind, "Unknown"), crs=_crs(reading)
        )
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


_GDAL = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
}


def _crs(reading: Reading) -> str:
    return f"EPSG:{reading.crs.srid}"
