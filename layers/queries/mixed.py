"""Answers over several layers in other formats than JSON: one table, or one tile with a layer each.

What layers have in common is a column (layer, id, label, distance); the attributes, which differ, stand as JSON in one more.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import shapely
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from gis_core import crs
from layers.attributes import json_default
from layers.ogc.crs import LONLAT, Crs
from layers.ogc.exports.text import BOM, cell
from layers.ogc.feature import Feature
from layers.ogc.media import CSV, FLATGEOBUF, GEOJSON, JSON, MVT
from layers.ogc.resource import Call, Content, Document
from layers.queries.files import tile_around
from layers.queries.mvt import Feature as InTile
from layers.queries.mvt import encoded

FORMATS = (JSON, GEOJSON, CSV, FLATGEOBUF, MVT)
_BESIDE = ("distance_m", "score")


@dataclass(frozen=True)
class Found:
    """Some features of one layer; `label` names the attribute by which people call them."""

    layer: str
    title: str
    features: Sequence[Feature]
    label: str = ""
    more: Content = field(default_factory=dict)


Finding = Callable[[Crs], Sequence[Found]]


def document(call: Call, named: Crs, find: Finding, build: Callable[[], Content], states: Sequence[str]) -> Document:
    """The answer in the asked format; `build` makes the JSON one, whose form is each query's own."""
    headers = {"Content-Crs": f"<{named.uri}>"}
    if call.media is JSON:
        return Document(build, "", states, headers=headers)
    if call.media is GEOJSON:
        return Document(lambda: _collection(find(named)), "", states, headers=headers)
    # Files and tiles put east first, whatever the authority of the CRS says.
    plain = Crs(LONLAT.srid if call.media is MVT else named.srid, crs.CRS84)
    return Document(dict, "", states, headers=headers, raw=lambda: _file(call, plain, find(plain)), is_weak=True)


def _collection(found: Sequence[Found]) -> Content:
    features = [
        {
            **feature,
            "properties": {"layer": one.layer, **{name: feature[name] for name in _BESIDE if name in feature}, **feature["properties"]},
        }
        for one in found
        for feature in one.features
    ]
    return {"type": "FeatureCollection", "features": [{k: v for k, v in f.items() if k not in _BESIDE} for f in features]}


def _file(call: Call, named: Crs, found: Sequence[Found]) -> HttpResponseBase:
    if call.media is MVT:
        return tile_of(found)
    content = _csv(found) if call.media is CSV else _flatgeobuf(found, named)
    kind = f"{call.media.type}; charset=utf-8" if call.media is CSV else call.media.type
    suffix = "csv" if call.media is CSV else "fgb"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="features.{suffix}"'})


def shape_of(feature: Feature) -> Any:
    """A feature's geometry as shapely; None without one."""
    geometry = feature["geometry"]
    if geometry is None:
        return None
    return shapely.from_geojson(orjson.dumps(geometry))


def _rows(found: Sequence[Found]) -> list[tuple[str, str, str, float | None, str, Any]]:
    return [
        (
            one.layer,
            str(feature["id"]),
            str(feature["properties"].get(one.label) or "") if one.label else "",
            next((feature[name] for name in _BESIDE if name in feature), None),
            orjson.dumps(feature["properties"], default=json_default).decode(),
            shape_of(feature),
        )
        for one in found
        for feature in one.features
    ]


_HEAD = ("layer", "id", "label", "measure", "attributes")


def _csv(found: Sequence[Found]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*_HEAD, "WKT"])
    for *values, shape in _rows(found):
        writer.writerow([*map(cell, values), "" if shape is None else shapely.to_wkt(shape, rounding_precision=9)])
    return BOM + out.getvalue().encode()


def _flatgeobuf(found: Sequence[Found], named: Crs) -> bytes:
    import geopandas

    rows = _rows(found)
    columns = {name: [row[number] for row in rows] for number, name in enumerate(_HEAD)}
    frame = geopandas.GeoDataFrame(columns, geometry=[row[-1] for row in rows], crs=f"EPSG:{named.srid}")
    frame = frame.astype({name: "float64" if name == "measure" else "str" for name in _HEAD})
    out = io.BytesIO()
    frame.to_file(out, driver="FlatGeobuf", engine="pyogrio", SPATIAL_INDEX="NO")
    return out.getvalue()


def tile_of(found: Sequence[Found]) -> HttpResponse:
    """One vector tile, the smallest of WebMercatorQuad that holds everything; X-Tile says which (zoom/column/row)."""
    move = crs.transformer(crs.WGS84, crs.WEB_MERCATOR).transform

    def moved(shape: Any) -> Any:
        return shapely.transform(shape, lambda places: np.column_stack(move(places[:, 0], places[:, 1])))

    layers = [
        (one.layer, [_in_tile(feature, moved(shape)) for feature in one.features if (shape := shape_of(feature)) is not None])
        for one in found
    ]
    shapes = [shape for _name, features in layers for shape, _key, _values in features]
    place = tile_around(tuple(shapely.total_bounds(shapes))) if shapes else (0, 0, 0)
    return HttpResponse(encoded(layers, *place), content_type=MVT.type, headers={"X-Tile": "/".join(map(str, place))})


def _in_tile(feature: Feature, shape: Any) -> InTile:
    values = {**feature["properties"], **{name: feature[name] for name in _BESIDE if name in feature}}
    kept = {name: value for name, value in values.items() if value is not None}
    plain = {name: value if isinstance(value, str | int | float | bool) else str(value) for name, value in kept.items()}
    return shape, feature["id"] if isinstance(feature["id"], int) else None, plain
