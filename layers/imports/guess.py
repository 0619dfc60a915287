"""Guesses about an imported table: what names its features, what goes into tiles, from which zoom it can be drawn."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gis_core.changes.tracking import quote
from layers.checks import MAX_TILE_FIELDS
from layers.imports.database import rows
from layers.models.imported_layer import Column

# What people call the name of a thing, then what they call its number; the first that a table has is its label.
_LABELS = (
    re.compile(r"full_?name|ten|ten_.*|name|nom|title|label|tieu_de"),
    re.compile(r".*_name|.*_ten"),
    re.compile(r"so_thua|so_hieu|numero|number|so|ref|.*_no"),
    re.compile(r"ma|ma_.*|code|.*_code|source_id"),
)
_SAMPLE = 20_000
_LONG, _MANY = 40, 60  # characters of a text and different values of a category in tiles
_SEARCHED = 4
# What a tile bears before it gets too large: features in the fullest tile.
_FULLEST_TILE = {"point": 10_000, "line": 6_000, "polygon": 5_000}
_DETAIL_ZOOM = 16
_HALF_WORLD = 20_037_508.342789244


@dataclass(frozen=True)
class Guess:
    """Suggestions for a layer; `label_field` is empty when nothing names the features."""

    label_field: str
    tile_fields: list[str]
    search_fields: list[str]


@dataclass(frozen=True)
class _Column:
    name: str
    type: str
    filled: int
    distinct: int
    length: float

    @property
    def is_short_text(self) -> bool:
        return self.type == "text" and self.filled > 0 and self.length <= _LONG


def guess(table: str, columns: list[Column]) -> Guess:
    """From the first rows of a table (the same rows each time, so the same guess)."""
    found = _statistics(table, columns)
    texts = [column for column in found if column.is_short_text]
    label = next((column for pattern in _LABELS for column in texts if pattern.fullmatch(column.name)), None)
    if label is None:
        label = max(texts, key=lambda column: column.distinct, default=None)
    categories = [
        column for column in found if column.type in ("text", "boolean") and 1 < column.distinct <= _MANY and column.length <= _LONG
    ]
    chosen = ([label.name] if label else []) + [column.name for column in sorted(categories, key=lambda column: column.distinct)]
    names = [label.name] if label else []
    names += [column.name for column in sorted(texts, key=lambda column: -column.distinct)]
    return Guess(label.name if label else "", _first(chosen, MAX_TILE_FIELDS), _first(names, _SEARCHED))


def _first(names: list[str], count: int) -> list[str]:
    return list(dict.fromkeys(names))[:count]


def _statistics(table: str, columns: list[Column]) -> list[_Column]:
    """Filled and different values and the mean length of each column, in one pass."""
    if not columns:
        return []
    parts = [
        f"count({name}), count(DISTINCT {name}), coalesce(avg(length({name}::text)), 0)"
        for name in (quote(column["name"]) for column in columns)
    ]
    sql = f"SELECT {', '.join(parts)} FROM (SELECT * FROM {quote(table)} ORDER BY id LIMIT {_SAMPLE}) sample"  # noqa: S608  quoted
    (values,) = rows(sql)
    triples = zip(values[::3], values[1::3], values[2::3], strict=True)
    return [
        _Column(column["name"], column["type"], filled, distinct, float(length))
        for column, (filled, distinct, length) in zip(columns, triples, strict=True)
    ]


def min_zoom(table: str, family: str) -> int:
    """The lowest zoom at which no tile holds more features than it can bear."""
    # The tile of each feature's middle at the detail zoom, counted; the coarser zooms are sums of these.
    sql = f"""
        SELECT floor((ST_X(middle) + %(half)s) / %(size)s)::int, floor((%(half)s - ST_Y(middle)) / %(size)s)::int, count(*)
        FROM (SELECT ST_Centroid(ST_Envelope(geom_3857)) AS middle FROM {quote(table)}) middles GROUP BY 1, 2
    """  # noqa: S608  quoted
    found = rows(sql, {"half": _HALF_WORLD, "size": 2 * _HALF_WORLD / 2**_DETAIL_ZOOM})
    tiles = np.array(found, dtype=np.int64).reshape(-1, 3)
    zoom = _DETAIL_ZOOM
    while zoom > 0 and _fullest(tiles, _DETAIL_ZOOM - zoom + 1) <= _FULLEST_TILE[family]:
        zoom -= 1
    return zoom


def _fullest(tiles: npt.NDArray[np.int64], levels: int) -> int:
    """Features in the fullest tile, `levels` above the detail zoom; `tiles` are rows (x, y, count)."""
    if not len(tiles):
        return 0
    keys: Any = (tiles[:, 0] >> levels) << 32 | (tiles[:, 1] >> levels)
    _unique, owner = np.unique(keys, return_inverse=True)
    return int(np.bincount(owner, weights=tiles[:, 2]).max())
