"""The file of a result between its computation and its layer: written once, looked at as tiles, downloaded, imported."""

import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from gis_core import crs
from layers.analysis.contract import PLANE, Result
from layers.models import AnalysisJob
from layers.queries.mvt import EXTENT, bounds_of, encoded
from layers.queries.zone import moved

_MARGIN = 64
MOST_IN_TILE = 20_000
DRIVERS: Mapping[str, tuple[str, str]] = {
    "gpkg": ("GPKG", "application/geopackage+sqlite3"),
    "fgb": ("FlatGeobuf", "application/flatgeobuf"),
    "geojson": ("GeoJSON", "application/geo+json"),
    "csv": ("CSV", "text/csv; charset=utf-8"),
    "parquet": ("", "application/vnd.apache.parquet"),
}


def to_bytes(frame: Any) -> bytes:
    """A frame as GeoParquet."""
    out = BytesIO()
    # A column without any value would have no type at all.
    texts = {name: "string" for name in frame.columns if name != "geometry" and frame[name].dtype == object}
    frame.astype(texts).to_parquet(out, index=False, compression="zstd")
    return out.getvalue()


def from_bytes(data: bytes) -> Any:
    """And back."""
    import geopandas

    return geopandas.read_parquet(BytesIO(data))


def keep(job: AnalysisJob, result: Result) -> dict[str, Any]:
    """Write the result's file; what the job reports about it."""
    if len(result.frame):
        job.file.save(f"{job.uid}.parquet", ContentFile(to_bytes(result.frame)), save=False)
    names = [name for name in result.frame.columns if name != "geometry"]
    return {
        "rows": len(result.frame),
        "geometry": _family(result.frame),
        "columns": [{"name": name, "alias": str(result.labels.get(name) or name)} for name in names],
        "facts": [[str(title), value] for title, value in result.facts],
        "look": dict(result.look) if result.look else None,
        "label": result.label,
        "bounds": _bounds(result.frame),
        "sample": [[_text(value) for value in row] for row in result.frame[names].head(8).itertuples(index=False)],
    }


def _family(frame: Any) -> str:
    kinds = {kind.removeprefix("Multi") for kind in frame.geom_type.unique()}
    named = {"Point": "point", "LineString": "line", "Polygon": "polygon"}
    return "" if len(kinds) != 1 else named.get(kinds.pop(), "")


def _bounds(frame: Any) -> list[float] | None:
    if not len(frame):
        return None
    return [round(float(edge), 6) for edge in moved(shapely.box(*frame.total_bounds), PLANE, crs.WGS84).bounds]


def _is_missing(value: Any) -> bool:
    import pandas

    return bool(pandas.isna(value))


def _text(value: Any) -> str | None:
    return None if _is_missing(value) else str(value)[:120]


@lru_cache(maxsize=4)
def _opened(name: str) -> tuple[Any, Any, Any]:
    """A result's rows, their shapes on the Mercator map, and the tree of them. A file's name is never used twice."""
    with default_storage.open(name) as file:
        frame = from_bytes(file.read())
    move = crs.transformer(PLANE, crs.WEB_MERCATOR).transform
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda places: np.column_stack(move(places[:, 0], places[:, 1])))
    return frame.drop(columns="geometry"), shapes, shapely.STRtree(shapes)


def tile(job: AnalysisJob, z: int, x: int, y: int) -> bytes:
    """The result as one vector tile of WebMercatorQuad (layer `result`), encoded in memory; at most 20,000 features of it."""
    values, shapes, tree = _opened(str(job.file.name))
    window = shapely.box(*bounds_of(z, x, y))
    unit = (window.bounds[2] - window.bounds[0]) / EXTENT
    around = window.buffer(unit * _MARGIN, join_style="mitre")
    numbers = np.sort(tree.query(around, predicate="intersects"))[:MOST_IN_TILE]
    cut = shapely.clip_by_rect(shapely.simplify(shapes[numbers], unit), *around.bounds)
    columns = list(values.columns)
    features = [
        (shape, int(number), _properties(columns, values.iloc[number]))
        for number, shape in zip(numbers, cut, strict=True)
        if not shape.is_empty
    ]
    return encoded([("result", features)], z, x, y)


def _properties(names: Sequence[str], row: Any) -> dict[str, Any]:
    found = {name: row[name] for name in names}
    return {name: value.item() if hasattr(value, "item") else value for name, value in found.items() if not _is_missing(value)}


def as_file(job: AnalysisJob, form: str) -> bytes:
    """The result in a format of DRIVERS, in VN-2000 (GeoJSON in degrees)."""
    with default_storage.open(str(job.file.name)) as source:
        data = source.read()
    return data if form == "parquet" else written(from_bytes(data), form, job.kind)


def written(frame: Any, form: str, name: str) -> bytes:
    """A frame in a format of GDAL's."""
    if form == "geojson":
        frame = frame.to_crs(crs.WGS84)
    if form == "csv":
        table = frame.drop(columns="geometry").assign(wkt=frame.geometry.to_wkt(rounding_precision=3))
        return str(table.to_csv(index=False)).encode("utf-8-sig")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{form}"
        frame.to_file(path, driver=DRIVERS[form][0], layer=name, engine="pyogrio")
        return path.read_bytes()
