"""One tile of an analysis on a worker of a cluster, in its author's name and through the same door to rows."""

from collections.abc import Mapping
from typing import Any

from gis_core.access import scope_of
from gis_core.models import User
from layers.analysis.contract import TiledAnalysis, kind_of
from layers.analysis.results import to_bytes
from layers.analysis.tiling import Cell
from layers.analysis.work import Work


def tile(kind: str, given: Mapping[str, Any], author: int, cell: Cell) -> tuple[str, bytes]:
    """What the tile owns, as GeoParquet."""
    found = kind_of(kind)
    assert isinstance(found, TiledAnalysis)
    work = Work(found, given, scope_of(User.objects.get(pk=author)))
    return cell.key, to_bytes(found.part(work, cell))
