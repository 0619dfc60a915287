"""Compiling the loops of loading before rows wait for them."""

import struct
from functools import cache

import numpy as np
import shapely

from layers.store import spatial, wire
from layers.store.distinct import Distinct
from layers.store.intake import Shapes
from layers.store.jit import COMPILED


@cache
def warm() -> None:
    """Run each loop once, in this process; what was compiled before is read from disk."""
    if not COMPILED:
        return
    cells = [struct.pack(">q", 7), shapely.to_wkb(shapely.MultiPoint([(1, 1)])), shapely.to_wkb(shapely.box(0, 0, 1, 1))]
    row = struct.pack(">h", len(cells)) + b"".join(struct.pack(">i", len(cell)) + cell for cell in cells)
    data = np.frombuffer(row, np.uint8)
    starts, lengths = np.empty((1, len(cells)), np.int32), np.empty((1, len(cells)), np.int32)
    wire.split(data, len(cells), starts, lengths)
    wire.integers(data, starts, lengths, 0, 0, np.empty(1, np.int64))
    Distinct(bytes, lambda values: np.ones(len(values), np.uint32)).codes(data, starts, lengths, 0)
    for field in (1, 2):
        shapes = Shapes()
        shapes.take(data, starts, lengths, field)
        boxes = shapes.boxes.array[:1]
        shapes.sorted(np.argsort(spatial.hilbert(boxes)).astype(np.int64))
