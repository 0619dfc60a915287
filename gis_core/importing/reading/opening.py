"""Inside the child: a file as a stream of Arrow batches, through GDAL or, for GeoParquet, through Arrow itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pyogrio
import pyogrio.raw
from pyogrio.errors import DataLayerError, DataSourceError

from gis_core.importing import formats
from gis_core.importing.faults import FileFault
from gis_core.importing.messages import Options, Request
from gis_core.importing.reading.archives import has_code_page, shapefile_in
from gis_core.importing.reading.tables import GEOMETRY, coordinate_columns, named_pair, with_places
from gis_core.importing.reading.units import outlined, unit_column
from gis_core.importing.reading.workbooks import placed

BATCH_ROWS = 2_048
# How Google Earth shows a place, which LIBKML adds to every row.
_KML_DISPLAY = frozenset({"altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"})
_SHAPEFILES = (formats.SHAPEFILE, formats.ARCHIVE)
_TABLES = (formats.CSV, formats.XLSX)
_GPX_LAYERS = ("waypoints", "routes", "tracks")


@dataclass(frozen=True)
class Opened:
    """An open file: its schema, the name of its WKB column, its batches; and which text columns hold moments (ISO 8601).

    GDAL's own Arrow timestamps lose the offset where rows differ in theirs.
    """

    layer: str
    crs: str | None
    geometry_type: str
    geometry: str
    count: int | None
    schema: Any
    batches: Iterator[Any]
    moments: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


@contextmanager
def opened(request: Request) -> Iterator[Opened]:
    """The file of a request. Raises FileFault."""
    kind = formats.FORMATS[request.format]
    if kind is formats.GEOPARQUET:
        yield _parquet(request)
        return
    remaining = set(pyogrio.list_drivers()) - {kind.driver}
    if remaining:
        raise FileFault("failed", detail=f"GDAL drivers beside {kind.driver}: {', '.join(sorted(remaining))}")
    try:
        with _ogr(request, kind) as found:
            yield found
    except (DataSourceError, DataLayerError) as error:
        raise FileFault("cannot-open", format=kind.title, detail=_plain(error, request.path)) from None


@contextmanager
def _ogr(request: Request, kind: formats.Format) -> Iterator[Opened]:
    options = request.options
    path = shapefile_in(Path(request.path), options.layer) if kind is formats.ARCHIVE else request.path
    layer = None if kind in _SHAPEFILES else _layer(path, kind, options)
    settings, degrees = _settings(path, kind, options)
    about = pyogrio.read_info(path, layer=layer, force_feature_count=True, **settings)
    settings.update(layer=layer, use_pyarrow=True, batch_size=BATCH_ROWS, datetime_as_string=True)
    with pyogrio.raw.open_arrow(path, **settings) as (meta, reader):
        if kind in _TABLES and (meta["geometry_name"] or GEOMETRY) not in reader.schema.names:
            yield _table(reader, str(about["layer_name"]), int(about["features"]), options)
            return
        geometry = meta["geometry_name"] or GEOMETRY
        if geometry not in reader.schema.names:
            raise FileFault("no-layer")
        total = int(about["features"])
        count = total if total >= 0 else None
        crs = str(about["crs"]) if about["crs"] else None
        moments = frozenset(str(name) for name, kind in zip(about["fields"], about["ogr_types"], strict=True) if kind == "OFTDateTime")
        hidden = _KML_DISPLAY if kind is formats.KML else frozenset()
        if crs is None and degrees:
            crs = "EPSG:4326"
        columns = (reader.schema, reader, moments, hidden)
        yield Opened(str(about["layer_name"]), crs, str(meta["geometry_type"]), geometry, count, *columns)


def _table(reader: Any, layer: str, rows: int, options: Options) -> Opened:
    """A table to which GDAL gave no geometry: points from two columns, or outlines of the units that it names. Raises FileFault."""
    names = reader.schema.names
    pair = named_pair(names, options.east_north)
    if pair is not None:
        (east, north), degrees = pair
        columns = (with_places(reader.schema), placed(reader, east, north))
        return Opened(layer, "EPSG:4326" if degrees else None, "Point", GEOMETRY, rows, *columns)
    unit = unit_column(names)
    if unit is None or not options.units:
        raise FileFault("no-places", fields=", ".join(names)[:500])
    return Opened(layer, "EPSG:4326", "MultiPolygon", GEOMETRY, rows, with_places(reader.schema), outlined(reader, unit, options.units))


def _layer(path: str, kind: formats.Format, options: Options) -> str:
    """The one layer with places, or the chosen one."""
    found = {str(name): geometry for name, geometry in pyogrio.list_layers(path)}
    if options.layer is not None:
        if options.layer not in found:
            raise FileFault("unknown-layer", layer=options.layer[:60], layers=", ".join(found))
        return options.layer
    names = [name for name, geometry in found.items() if geometry is not None or kind in _TABLES]
    if kind is formats.XLSX:
        names = [name for name in names if _has_rows(path, name)]
    if kind is formats.GPX:
        names = [name for name in names if name in _GPX_LAYERS and _has_rows(path, name)]
    if not names:
        raise FileFault("no-layer")
    if len(names) > 1:
        raise FileFault("which-layer", layers=", ".join(names))
    return names[0]


def _has_rows(path: str, layer: str) -> bool:
    return bool(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])


def _settings(path: str, kind: formats.Format, options: Options) -> tuple[dict[str, Any], bool]:
    """GDAL's open options, and whether positions without a stated system are in degrees."""
    if kind is formats.CSV:
        return coordinate_columns([str(name) for name in pyogrio.read_info(path)["fields"]], options.east_north)
    if kind in _SHAPEFILES:
        return _dbf_encoding(path, options), False
    if kind is formats.DGN:
        # Its texts are bytes of a font: Latin-1 keeps each of them for whoever knows the font.
        return {"ENCODING": options.encoding or "ISO-8859-1"}, False
    return ({"IMMUTABLE": "YES"} if kind is formats.GEOPACKAGE else {}), False


def _dbf_encoding(path: str, options: Options) -> dict[str, Any]:
    """What --encoding says, else what the .cpg beside the .shp says, else UTF-8 (GDAL would take Latin-1)."""
    if options.encoding:
        return {"encoding": options.encoding}
    return {} if has_code_page(path) else {"encoding": "UTF-8"}


def _parquet(request: Request) -> Opened:
    try:
        file = pa.parquet.ParquetFile(request.path)
        about = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileFault("cannot-open", format=formats.GEOPARQUET.title, detail=_plain(error, request.path)) from None
    if not isinstance(about, dict) or about.get("primary_column") not in (about.get("columns") or {}):
        raise FileFault("no-layer")
    name = str(about["primary_column"])
    column = about["columns"][name]
    if column.get("encoding") != "WKB":
        raise FileFault("geometry-encoding", encoding=str(column.get("encoding"))[:40])
    # GeoParquet 1.1: a missing "crs" means OGC:CRS84, null means that nobody knows.
    stated = column.get("crs", "OGC:CRS84")
    crs = json.dumps(stated) if isinstance(stated, dict) else stated
    kinds = column.get("geometry_types") or []
    kind = str(kinds[0]) if len(kinds) == 1 else "Unknown"
    return Opened("", crs, kind, name, file.metadata.num_rows, file.schema_arrow, file.iter_batches(batch_size=BATCH_ROWS))


def _plain(error: Exception, path: str) -> str:
    """A library's message without the server's paths."""
    return str(error).replace(path, "the file").splitlines()[0][:300] if str(error) else type(error).__name__
