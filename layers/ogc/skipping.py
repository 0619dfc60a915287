"""Where a page begins that many rows come before: counted in memory, so that the database need not walk past them."""

from gis_core.access import Reach
from layers.freshness import is_writing
from layers.layer import FeatureLayer
from layers.store.registry import stores

WORTH_IT = 1_000
"""Up to here the database skips as fast."""


def key_at(layer: FeatureLayer, reach: Reach, number: int) -> int | None:
    """The primary key of row `number` (from 0, by key) of the layer's present, as far as `reach` goes.

    None where memory cannot tell, or there are not so many: then the database has to count.
    """
    if number < WORTH_IT or is_writing():
        return None
    store = stores.get(layer)
    return None if store is None else store.id_at(number, reach)
