"""OGC Features and Geometries JSON (JSON-FG): GeoJSON that tells its CRS, its time and its schema.

`place` holds the geometry in the CRS that was asked for; `geometry` stays GeoJSON's own, and is null where both would differ.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from layers.layer import FeatureLayer
from layers.ogc.crs import LONLAT, Crs

CONFORMS_TO = ("http://www.opengis.net/spec/json-fg-1/1.0/conf/core",)


def as_collection(content: dict[str, Any], layer: FeatureLayer, named: Crs) -> dict[str, Any]:
    """A GeoJSON collection in the CRS `named` as JSON-FG."""
    features = [_feature(found, layer, named) for found in content["features"]]
    return {**content, "conformsTo": CONFORMS_TO, "featureType": layer.name, "coordRefSys": named.uri, "features": features}


def _feature(found: Mapping[str, Any], layer: FeatureLayer, named: Crs) -> dict[str, Any]:
    placed = {"geometry": found["geometry"], "place": None} if named == LONLAT else {"geometry": None, "place": found["geometry"]}
    return {**found, **placed, "time": _time(found["properties"], layer)}


def _time(properties: Mapping[str, Any], layer: FeatureLayer) -> dict[str, Any] | None:
    """The validity, or the instant of an event, as far as they are published and shown."""
    begins, ends = layer.time_fields or (None, None)
    start = properties.get(begins or "")
    if start is None:
        return None
    if ends is None:
        return {"timestamp" if isinstance(start, datetime) else "date": start}
    end = properties.get(ends)
    return {"interval": [_end(start), ".." if end is None else _end(end)]}


def _end(moment: date | datetime) -> str:
    return moment.isoformat()
