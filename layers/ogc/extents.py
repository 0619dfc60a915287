"""Where and when a collection's features are: of the caller's own rows alone, exact, and seldom computed.

A box stays right until a change reaches its border: what happens strictly inside can neither widen nor narrow it. So the
box is kept with the clock's stamps of the four half-planes from its edges outwards and read again only when one of them
moves; a busy layer of a million rows is not scanned for every edit.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any

from django.contrib.gis.db.models import Extent as BoxOf
from django.db.models import Case, Max, Min, When

from gis_core import crs
from gis_core.access import Reach
from gis_core.changes.clock import Box, Stamp, clock
from layers.layer import FeatureLayer

_INFINITY = math.inf
_TOUCH = 0.01  # metres: a change this near to the border counts as reaching it
_KEPT = 512
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


@dataclass(frozen=True)
class Extent:
    """Web Mercator box and interval of time; None for what there is none of. An interval's open end is None."""

    box: Box | None
    interval: tuple[str | None, str | None] | None

    def as_json(self, decimals: int) -> dict[str, Any]:
        """The member `extent` of a collection (OGC API - Features 7.13.3)."""
        members: dict[str, Any] = {}
        if self.box is not None:
            members["spatial"] = {"bbox": [_degrees(self.box, decimals)], "crs": crs.CRS84}
        if self.interval is not None:
            members["temporal"] = {"interval": [list(self.interval)], "trs": GREGORIAN}
        return members


_kept: OrderedDict[tuple[str, str], tuple[Extent, tuple[Stamp, ...]]] = OrderedDict()
_lock = Lock()


def extent_of(layer: FeatureLayer, reach: Reach, mark: Stamp) -> Extent:
    """The extent of the rows inside `reach`, of all times. `mark`: the stamp of all of them from before the rows' state was fixed."""
    key = (layer.name, reach.key)
    with _lock:
        held = _kept.get(key)
        if held:
            _kept.move_to_end(key)
    if held and held[1] == _border(layer, reach, held[0]):
        return held[0]
    found = _read(layer, reach)
    border = _border(layer, reach, found)
    # A change that came since may be in the border's stamps but not in the box.
    if clock.stamp(layer.table, None, reach) == mark:
        _keep(key, (found, border))
    return found


def _keep(key: tuple[str, str], entry: tuple[Extent, tuple[Stamp, ...]]) -> None:
    with _lock:
        _kept[key] = entry
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)


def _border(layer: FeatureLayer, reach: Reach, extent: Extent) -> tuple[Stamp, ...]:
    """Stamps that move whenever the extent can have changed. Time has no place: any change can move its ends."""
    if extent.box is None or layer.time_fields is not None:
        return (clock.stamp(layer.table, None, reach),)
    west, south, east, north = extent.box
    low, high = -_INFINITY, _INFINITY
    halves: tuple[Box, ...] = (
        (low, low, west + _TOUCH, high),
        (low, low, high, south + _TOUCH),
        (east - _TOUCH, low, high, high),
        (low, north - _TOUCH, high, high),
    )
    return tuple(clock.stamp(layer.table, half, reach) for half in halves)


def _read(layer: FeatureLayer, reach: Reach) -> Extent:
    wanted: dict[str, Any] = {"box": BoxOf(layer.tile_geometry)}
    if layer.time_fields is not None:
        begins, ends = layer.time_fields
        wanted["begins"] = Min(begins)
        wanted["ends"] = Max(ends or begins)
        if ends is not None:
            wanted["open"] = Max(Case(When(**{f"{ends}__isnull": True}, then=1), default=0))
    row = layer.rows(reach, (None, None)).order_by().aggregate(**wanted)
    return Extent(row["box"], _interval(row) if row.get("begins") is not None else None)


def _interval(row: dict[str, Any]) -> tuple[str | None, str | None]:
    return _instant(row["begins"]), None if row.get("open") else _instant(row["ends"])


def _instant(moment: date | datetime) -> str:
    """RFC 3339; a date stands for its first moment, as the schema of collections wants date-times."""
    return moment.isoformat() if isinstance(moment, datetime) else f"{moment.isoformat()}T00:00:00Z"


def _degrees(box: Box, decimals: int) -> list[float]:
    """Rounded outwards, so that the box asked back as `bbox` still meets every feature."""
    unit = 10.0**decimals
    west, south = crs.transform(crs.WEB_MERCATOR, crs.WGS84, box[0], box[1])
    east, north = crs.transform(crs.WEB_MERCATOR, crs.WGS84, box[2], box[3])
    low = (math.floor(value * unit) / unit for value in (west, south))
    high = (math.ceil(value * unit) / unit for value in (east, north))
    return [*low, *high]
