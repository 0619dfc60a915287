"""Whole layers as files for analysts: CSV, FlatGeobuf, GeoParquet, sequences of GeoJSON; streamed, with few rows in memory.

One statement reads the rows through a cursor on a connection of its own, so a file shows one state of the data, and a
client that goes away ends the statement.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from django.http.response import HttpResponseBase

from gis_core.access import Reach
from layers.layer import FeatureLayer
from layers.ogc.exports.flatgeobuf import write_flatgeobuf
from layers.ogc.exports.geoparquet import write_geoparquet
from layers.ogc.exports.reading import Reading
from layers.ogc.exports.streaming import streamed
from layers.ogc.exports.text import write_csv, write_sequence
from layers.ogc.media import CSV, FLATGEOBUF, GEOJSONSEQ, GEOPARQUET, Media
from layers.ogc.paging import Limits
from layers.ogc.resource import Call
from layers.ogc.selection import Selection

MAX_ROWS = 5_000_000
EXPORT_LIMITS = Limits(MAX_ROWS, MAX_ROWS)
EXPORTS: Sequence[Media] = (GEOJSONSEQ, CSV, FLATGEOBUF, GEOPARQUET)
_WRITERS: Mapping[Media, tuple[str, Callable[[Reading], Iterator[bytes]]]] = {
    GEOJSONSEQ: ("geojsons", write_sequence),
    CSV: ("csv", write_csv),
    FLATGEOBUF: ("fgb", write_flatgeobuf),
    GEOPARQUET: ("parquet", write_geoparquet),
}


def export(call: Call, selection: Selection, reach: Reach) -> HttpResponseBase:
    """The selected features as a file. Raises Unavailable when too many are being made."""
    return sent(call, Reading.of(selection, reach, as_geojson=call.media is GEOJSONSEQ))


def sent(call: Call, reading: Reading) -> HttpResponseBase:
    """Rows as a file in the asked format. Raises Unavailable when too many are being made."""
    _suffix, writer = _WRITERS[call.media]
    kind = f"{call.media.type}; charset=utf-8" if call.media is CSV else call.media.type
    return streamed(call.request, reading, writer, kind)


def disposition(layer: FeatureLayer, media: Media) -> dict[str, str]:
    """The name under which browsers keep the file."""
    return {"Content-Disposition": f'attachment; filename="{layer.name}.{_WRITERS[media][0]}"'}
