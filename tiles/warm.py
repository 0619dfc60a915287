"""Compiling every loop of the encoder before the first request, on geometries of each kind, whole and cut."""

import numpy as np
import shapely

from layers.store.columns import Place
from layers.store.grid import Frame
from layers.store.jit import COMPILED
from layers.store.shapes import ragged
from layers.store.spatial import around, meeting
from layers.store.store import Picked
from layers.store.values import Dictionary, Heap
from tiles.drawing.held.shapefile import Shapefile
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
    place = Place.of(ragged(column))
    frame = Frame.of(10, 512, 511, 64)
    around(place.blocks, frame.window())
    rows = meeting(place.boxes, place.blocks, frame.window(), np.ones(len(column), np.bool_))
    shapes, drawn = shape.by_loop(place.geometry, place.boxes, rows, frame)
    heap = Heap()
    dictionary = Dictionary("string", heap)
    tags, _values = attributes.tagged([dictionary.codes(["a"] * len(rows))], [dictionary], heap, drawn, compiled=COMPILED)
    write.by_loop(shapes, drawn, tags)
    _warm_pictures(Picked(place.geometry, place.boxes, rows, rows, ()))
    tally.warm()


def _warm_pictures(picked: Picked) -> None:
    shapefile = Shapefile.of(picked, ())
    shp, shx, dbf = shapefile.sizes
    shapefile.write(np.empty(shp // 4, np.int32), np.empty(shx // 4, np.int32), np.empty(dbf, np.uint8))
