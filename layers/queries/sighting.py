"""Whether a layer has anything near a position: told from memory, most layers need not be asked."""

from gis_core.access import Reach
from layers.freshness import is_writing
from layers.layer import FeatureLayer, Interval
from layers.parameters import Moment
from layers.queries.position import Position
from layers.store.grid import Window
from layers.store.registry import stores

# Metres of Web Mercator: a straight edge of a VN-2000 plane bends by less than this outside of the box of its ends, up to 150 km.
_BEND = 250.0


def nothing_near(layer: FeatureLayer, reach: Reach, position: Position, when: Moment | Interval | None) -> bool:
    """Whether it is certain that `position.rows` of the layer finds nothing. False where memory cannot tell."""
    if isinstance(when, tuple) or is_writing():
        return False
    store = stores.get(layer)
    if store is None:
        return False
    west, south, east, north = position.box
    window = Window.of((west - _BEND, south - _BEND, east + _BEND, north + _BEND))
    return not any(len(rows) for _columns, rows in store.sections(window, reach, when))
