"""Compiling every loop of the encoder before the first request, on geometries of each kind, whole and cut."""

from functools import partial

import numpy as np
import shapely

from layers.store.grid import Frame
from layers.store.shapes import ragged
from layers.store.spatial import blocks, meeting
from tiles.encoder import attributes, shape, write
from tiles.pyramid import tally

_SQUARE = shapely.box(-400.0, -400.0, 400.0, 400.0)
_SHAPES = (
    shapely.Point(1, 1),
    shapely.MultiPoint([(1, 1), (9e6, 9e6)]),
    shapely.LineString([(-9e6, 0), (1, 1), (9e6, 5)]),
    shapely.LineString([(0, 0), (100, 1)]),
    shapely.difference(_SQUARE, shapely.box(-9, -9, 9, 9)),
    shapely.box(-9e6, -9e6, 9e6, 9e6),
)


def warm() -> None:
    """Run everything once; what was compiled before is read from disk."""
    column = np.empty(len(_SHAPES), object)
    column[:] = _SHAPES
    geometry = ragged(column)
    boxes = geometry.boxes()
    frame = Frame.of(10, 512, 511, 64)
    find = partial(meeting, boxes, blocks(boxes))
    rows = find(frame.window())
    shapes = shape.by_loop(geometry, rows, shape.inside(boxes, rows, frame), frame)
    drawn = np.flatnonzero(np.diff(shapes.features))
    write.by_loop(shapes.take(drawn), drawn, np.zeros((len(drawn), 1), np.int64))
    attributes.by_loop(np.zeros((1, 1), np.int64), 1)
    # Large layers take another way through `meeting`.
    many = np.tile(boxes, (1000, 1))
    meeting(many, blocks(many), frame.window())
    tally.warm()
