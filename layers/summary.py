"""How many rows a person reaches in a layer and where they lie; never more than that person's own rows."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.contrib.gis.db.models import Extent
from django.db import connection
from django.db.models import Count

from gis_core import crs
from gis_core.access import Reach
from gis_core.changes.clock import Box, clock
from layers.layer import FeatureLayer, When
from layers.store.registry import stores


@dataclass(frozen=True)
class Summary:
    """Row count and lon/lat bounds (west, south, east, north), None without rows."""

    count: int
    bounds: Box | None


_KEPT = 512
_cache: OrderedDict[tuple[str, str, str, str], Summary] = OrderedDict()
_lock = Lock()


def summary(layer: FeatureLayer, reach: Reach, when: When = None) -> Summary:
    """The summary now. Kept as long as the change clock says that nothing of it changed."""
    key = (layer.name, reach.key, str(layer.moment(when)), f"{layer.table}:{clock.stamp(layer.table, None, reach)}")
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    found = _read(layer, reach, when)
    with _lock:
        _cache[key] = found
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return found


def _read(layer: FeatureLayer, reach: Reach, when: When) -> Summary:
    store = stores.get(layer)
    if store is not None and not connection.in_atomic_block:  # whoever is writing wants to see what is not committed yet
        return Summary(store.count(reach, when), _lonlat(store.bounds(reach, when)))
    row = layer.rows(reach, when).order_by().aggregate(count=Count("pk"), extent=Extent(layer.tile_geometry))
    return Summary(row["count"], _lonlat(row["extent"]))


def _lonlat(extent: Box | None) -> Box | None:
    if not extent:
        return None
    west, south, east, north = extent
    low = crs.transform(crs.WEB_MERCATOR, crs.WGS84, west, south)
    high = crs.transform(crs.WEB_MERCATOR, crs.WGS84, east, north)
    return (*low, *high)
