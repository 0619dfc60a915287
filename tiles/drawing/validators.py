"""Validators of pictures: exact, from the change log, known before anything is drawn (DESIGN section 4)."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import get_language

from gis_core.changes.clock import clock
from gis_core.hot import Request
from layers.attributes import joined_tables
from layers.freshness import digest
from layers.layer import CoverageLayer, FeatureLayer
from layers.presentation import presentation
from tiles.conditional import source_state
from tiles.coverage.shown import ShownCoverage
from tiles.drawing.pictures import Entry
from tiles.drawing.view import View
from tiles.matrix import EDGE

# Raise when pictures of the same state come out differently.
_DRAWING = "1"
_MARGIN = 0.2  # of the view's size: symbols and labels of features beside it reach in


def picture_headers(request: Request, shown: Sequence[Entry], view: View | None, form: str) -> dict[str, str]:
    """ETag, Cache-Control and Vary. `form`: everything else that shapes the bytes.

    QGIS keeps pictures on its disk and shows them without asking whether they still hold, also after another person has
    signed in: it is told not to.
    """
    state = "~".join(_state(entry, view) for entry in shown)
    place = f"{view.box}{view.srid}{view.width}x{view.height}@{view.density}" if view else ""
    return {
        "ETag": f'"{digest((_DRAWING, state, place, form, presentation.stamp, get_language() or ""))}"',
        "Cache-Control": caching(request, [entry.layer for entry in shown]),
        "Vary": "Authorization, Cookie, User-Agent",
    }


def caching(request: Request, layers: Sequence[FeatureLayer | CoverageLayer]) -> str:
    """Cache-Control of what is made of rows."""
    if "QGIS" in request.header(b"user-agent"):
        return "no-store"
    return "no-cache" if all(layer.access.public == "all" for layer in layers) else "private, no-cache"


def _state(entry: Entry, view: View | None) -> str:
    if isinstance(entry, ShownCoverage):
        return entry.state
    rows, layer = entry.rows, entry.layer
    if entry.low is not None:
        box = _around(view) or (-EDGE, -EDGE, EDGE, EDGE)
        return f"{layer.name}|{entry.style}|{rows.when}|{type(entry.low).__name__}|{source_state(entry.low, box)}"
    tables = joined_tables(layer) | (rows.filter.tables if rows.filter else frozenset())
    stamp = clock.stamp(layer.table, _around(view), rows.reach)
    others = ",".join(str(clock.stamp(table)) for table in sorted(tables))
    day = timezone.localdate() if layer.shows_present and rows.when is None else ""
    wanted = rows.filter.key if rows.filter else ""
    return f"{layer.name}|{layer.table}|{entry.style}|{rows.reach.key}|{rows.when}|{day}|{stamp}|{others}|{wanted}"


def _around(view: View | None) -> tuple[float, float, float, float] | None:
    if view is None:
        return None
    west, south, east, north = view.mercator_box()
    across, down = (east - west) * _MARGIN, (north - south) * _MARGIN
    return west - across, south - down, east + across, north + down
