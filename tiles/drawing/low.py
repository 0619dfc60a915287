"""Generalised layers in pictures of low zooms: what map tiles show there, counters and blocks (docs/adr/0009).

Blocks are rows of a table and drawn like any layer. Counters are computed for the picture, in any coordinate system, and carried
inside of the map's document; their sizes and strengths follow their numbers, so each look is a class of its own.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gis_core import crs
from layers.presentation import presentation
from layers.styling.classes import TEXT, Class, Condition
from layers.styling.expressions import evaluate
from tiles.drawing import counting
from tiles.drawing.document import Part
from tiles.drawing.rows import Rows
from tiles.drawing.view import View
from tiles.matrix import EDGE
from tiles.pyramid.sources import BlockSource, CounterSource, lowered_at
from tiles.pyramid.tally import CELL_BITS
from tiles.source import TileSource

Low = CounterSource | BlockSource
Numbers = npt.NDArray[np.float64]
# The name of the attribute by which a counter's rule finds it.
LOOK = "look"
# Metres of Web Mercator in a step of the world grid.
_STEP = 2 * EDGE / 2**32


def low_of(rows: Rows, view: View, min_seq: int | None, *, known: bool) -> Low | None:
    """What stands for the features of `rows` in a picture; None where they are drawn themselves, or nothing is."""
    layer = rows.layer
    how = layer.generalisation
    zoom = math.floor(view.zoom)
    if how is None or view.zoom >= how.detail_zoom or view.zoom < presentation.min_zoom(layer):
        return None
    if isinstance(rows.when, tuple):
        # An interval is no moment that tiles or blocks have: its rows are counted.
        return CounterSource(layer, rows.reach, None, rows.filter, why="zoom" if zoom <= how.counter_zoom else "request")
    return lowered_at(TileSource(layer, rows.reach, rows.when, rows.filter), zoom, view.mercator_box(), min_seq, known=known)


def source_layers(low: Low) -> set[str]:
    """The names that parts of a style give to what `low` draws."""
    if isinstance(low, BlockSource):
        return {low.layer.name}
    return {f"{low.layer.name}_grid"} | ({f"{low.layer.name}_units"} if low.has_units else set())


def block_rows(low: BlockSource) -> Rows:
    """The blocks as rows."""
    return Rows(low.layer, low.reach)


@dataclass(frozen=True)
class Counter:
    """Features of one place: how many, the group with the largest share, and where they are drawn (GeoJSON coordinates)."""

    n: int
    group: str
    geometry: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        """As tiles carry them."""
        return {"n": self.n, "group": self.group}


def cells(low: CounterSource, rows: Rows, view: View) -> list[Counter]:
    """The squares of the grid in the view, those of the zoom's own tiles."""
    zoom = max(0, math.floor(view.zoom))
    side = 2 * EDGE / (1 << (zoom + CELL_BITS))
    found = counting.squares(low, rows, zoom, view.mercator_box())
    x, y = found.x * side - EDGE, EDGE - found.y * side
    corners = ((0.0, 0.0), (0.0, side), (side, side), (side, 0.0), (0.0, 0.0))
    rings = [_moved(x + right, y - down, view.srid) for right, down in corners]
    shapes = ({"type": "Polygon", "coordinates": [[ring[number].tolist() for ring in rings]]} for number in range(len(x)))
    return [Counter(n, group, shape) for n, group, shape in zip(found.n, found.groups, shapes, strict=True)]


def units(low: CounterSource, rows: Rows, view: View) -> list[Counter]:
    """The totals of administrative units, each in the middle of its features."""
    found = counting.totals(low, rows)
    points = _moved(found.x * _STEP - EDGE, EDGE - found.y * _STEP, view.srid)
    shapes = ({"type": "Point", "coordinates": point.tolist()} for point in points)
    return [Counter(n, group, shape) for n, group, shape in zip(found.n, found.groups, shapes, strict=True)]


def _moved(x: Numbers, y: Numbers, srid: int) -> Numbers:
    if srid != crs.WEB_MERCATOR:
        x, y = crs.transformer(crs.WEB_MERCATOR, srid).transform(x, y)
    return np.column_stack([x, y])


def looks(part: Part, counters: Sequence[Counter], zoom: float) -> tuple[list[Class], str]:
    """A part's classes, one a look, and the counters as GeoJSON that says which look each has."""
    found: dict[str, Class] = {}
    features = []
    for counter in counters:
        paint, layout = (_drawn(part.get(kind, {}), counter, zoom) for kind in ("paint", "layout"))
        text = layout.pop(TEXT, None)
        key = json.dumps([paint, layout])
        if key not in found:
            shown = {**layout, **({TEXT: ["get", TEXT]} if text else {})}
            found[key] = Class(((Condition(LOOK, (len(found),)),),), paint, shown)
        look = list(found).index(key)
        features.append({"type": "Feature", "properties": {LOOK: look, TEXT: text or ""}, "geometry": counter.geometry})
    return list(found.values()), json.dumps({"type": "FeatureCollection", "features": features})


def _drawn(given: Mapping[str, Any], counter: Counter, zoom: float) -> dict[str, Any]:
    drawn = {}
    for name, expression in given.items():
        if name == "text-font":
            drawn[name] = expression  # a plain list of names
        elif name == TEXT:
            drawn[name] = f"{counter.n:,}".replace(",", ".")
        else:
            value = evaluate(expression, counter.properties, zoom)
            # Twenty steps of strength, half pixels of size: what nobody sees apart is one class.
            drawn[name] = round(value * 20) / 20 if isinstance(value, float) and value <= 1 else value
            drawn[name] = round(value * 2) / 2 if isinstance(value, float) and value > 1 else drawn[name]
    return drawn
