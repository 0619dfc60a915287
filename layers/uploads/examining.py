"""What a file holds, before anything of it is kept: columns with their values, a sample of the rows and of the shapes."""

import json
from typing import Any

from gis_core import crs
from gis_core.changes.tracking import quote
from layers.imports.database import rows
from layers.imports.request import Outcome
from layers.models import ImportedLayer
from layers.models.imported_layer import Column

_ROWS, _SHAPES, _VALUES = 8, 400, 40
_SAMPLE = 100_000
_TEXT, _SHAPES_TEXT = 120, 400_000
_NUMBERS = ("integer", "bigint", "double")


def examined(outcome: Outcome) -> dict[str, Any]:
    """The report of a dry run, whose table is still there."""
    layer, about = outcome.layer, outcome.source
    return {
        "format": about.format,
        "source_layer": about.layer,
        "srid": about.srid,
        "crs": about.crs_name,
        "rows": outcome.written,
        "geometry_type": layer.geometry_type,
        "columns": [_column(layer, column) for column in layer.columns],
        "label": layer.label_field,
        "bad": outcome.report.count,
        "faults": [{"row": one.row, "code": one.fault.code, "params": dict(one.fault.params)} for one in outcome.report.first],
        "counts": dict(outcome.report.by_code),
        "repaired": len(outcome.repaired),
        "outside": outcome.outside,
        "other_kinds": outcome.other_kinds,
        "heights": outcome.remarks.heights,
        "normalised": outcome.remarks.normalised,
        "script": outcome.remarks.script,
        "left_out": list(about.left_out),
        "dropped": outcome.dropped,
        "sample": _sample(layer),
        "bounds": _bounds(layer),
        "shapes": _shapes(layer),
    }


def _column(layer: ImportedLayer, column: Column) -> dict[str, Any]:
    """A column with what a person needs to choose a style by it: how many values, the commonest, the range of numbers."""
    name, table = quote(column["name"]), quote(layer.table)
    sample = f"(SELECT {name} AS v FROM {table} ORDER BY id LIMIT {_SAMPLE}) s"  # noqa: S608  quoted
    edges = "min(v)::float8, max(v)::float8" if column["type"] in _NUMBERS else "NULL, NULL"
    ((filled, distinct, low, high),) = rows(f"SELECT count(v), count(DISTINCT v), {edges} FROM {sample}")  # noqa: S608  quoted
    found: dict[str, Any] = {**column, "filled": filled, "distinct": distinct, "min": low, "max": high}
    if column["type"] in ("text", "boolean", "integer") and 0 < distinct <= _VALUES:
        common = rows(f"SELECT v, count(*) FROM {sample} WHERE v IS NOT NULL GROUP BY v ORDER BY 2 DESC, 1")  # noqa: S608  quoted
        found["values"] = [[_short(value), count] for value, count in common]
    return found


def _sample(layer: ImportedLayer) -> list[list[Any]]:
    if not layer.columns:
        return []
    names = ", ".join(f"{quote(column['name'])}::text" for column in layer.columns)
    found = rows(f"SELECT {names} FROM {quote(layer.table)} ORDER BY id LIMIT {_ROWS}")  # noqa: S608  quoted
    return [[_short(value) for value in row] for row in found]


def _short(value: Any) -> Any:
    return value[:_TEXT] if isinstance(value, str) else value


def _bounds(layer: ImportedLayer) -> list[float] | None:
    sql = f"""
        SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b)
        FROM (SELECT ST_Transform(ST_SetSRID(ST_Extent(geom_3857)::geometry, 3857), {crs.WGS84}) AS b FROM {quote(layer.table)}) x
    """  # noqa: S608  quoted
    ((west, south, east, north),) = rows(sql)
    return None if west is None else [west, south, east, north]


def _shapes(layer: ImportedLayer) -> dict[str, Any]:
    """The first shapes as GeoJSON in degrees, as many as a page can take."""
    sql = f"""
        SELECT id, ST_AsGeoJSON(ST_Transform(geom_3857, {crs.WGS84}), 6) FROM {quote(layer.table)} ORDER BY id LIMIT {_SHAPES}
    """  # noqa: S608  quoted
    features, size = [], 0
    for key, text in rows(sql):
        size += len(text or "")
        if size > _SHAPES_TEXT:
            break
        if text:
            features.append({"type": "Feature", "id": key, "properties": {}, "geometry": json.loads(text)})
    return {"type": "FeatureCollection", "features": features}
