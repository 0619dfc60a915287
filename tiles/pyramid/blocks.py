"""Blocks as layers of their own: read by every source of tiles like any layer, published only as part of their base layer."""

import hashlib
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from gis_core.access import Action, Reach, Scope
from layers.catalogue import catalogue
from layers.generalisation import Generalisation
from layers.layer import FeatureLayer, Interval, When
from tiles.models import Block, CoarseBlock, FineBlock
from tiles.pyramid.dissolve import Grain

# Zooms whose tiles are the cells of the two tables.
FINE_CELL, COARSE_CELL = 16, 14
# At the last zoom before the single features a pixel is 9.6 m, two zooms further up 38 m.
FINE = Grain(square=36.0, least=1_300.0, tolerance=4.0)
COARSE = Grain(square=80.0, least=4_000.0, tolerance=8.0, gap=12.0)
# Raise it when blocks are made otherwise: those of before are then made anew.
_MAKING = "1"


class BlockLayer(FeatureLayer):
    """The blocks of `base` in one of the two tables. Its reach is the base layer's."""

    geometry = "geom_3857"
    tile_fields = ("group", "n", "area", "as_of")

    def __init__(self, base: FeatureLayer, model: type[Block], suffix: str) -> None:
        self.base, self.model, self.name, self.title = base, model, f"{base.name}_{suffix}", base.title  # type: ignore[misc]
        self.access = base.access

    def reach(self, scope: Scope, action: Action = "view") -> Reach:
        """The base layer's."""
        return self.base.reach(scope, action)

    def rows(self, reach: Reach, when: When | Interval = None) -> QuerySet[Any]:
        """The blocks of the base layer's rows inside `reach`."""
        # A constant in the text, not a parameter: the feature store loads layers by statements without any.
        mine = RawSQL(f"\"layer\" = '{self.base.name}'", [], output_field=BooleanField())  # noqa: S611  a name of the catalogue
        return super().rows(reach, when).filter(mine)


@lru_cache(maxsize=64)
def block_layers(base: FeatureLayer) -> tuple[BlockLayer, BlockLayer]:
    """The fine and the coarse blocks of a generalised layer."""
    return BlockLayer(base, FineBlock, "blocks"), BlockLayer(base, CoarseBlock, "areas")


def generalised() -> list[FeatureLayer]:
    """The layers that are drawn as blocks at some zoom."""
    return [layer for layer in catalogue.feature_layers() if (how := layer.generalisation) and how.counter_zoom + 1 < how.detail_zoom]


def all_block_layers() -> list[FeatureLayer]:
    """For the feature store."""
    return [blocks for layer in generalised() for blocks in block_layers(layer)]


def drawn_at(base: FeatureLayer, zoom: int) -> BlockLayer:
    """The blocks that a zoom shows: fine ones at the last zoom before the single features, coarse ones above."""
    fine, coarse = block_layers(base)
    assert base.generalisation is not None
    return fine if zoom == base.generalisation.detail_zoom - 1 else coarse


def declaration(layer: FeatureLayer) -> str:
    """What blocks depend on beside the rows: how they are made, from what, and the day where rows are valid by days."""
    return _declaration(layer, timezone.localdate() if layer.shows_present else None)


@lru_cache(maxsize=64)
def _declaration(layer: FeatureLayer, day: date | None) -> str:
    how: Generalisation | None = layer.generalisation
    content = f"{_MAKING}{FINE}{COARSE}{layer.table}{how and (how.field, how.measure, how.parts, dict(how.number_of), how.keys)}{day}"
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
