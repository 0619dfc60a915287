"""A large picture drawn by two threads, its upper and its lower half, where a core is free and nobody sees the seam."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from typing import Any

from tiles.drawing.view import View

_WORTH_IT = 500_000
"""Pixels from which the second look at the table pays."""
# Surfaces and plain lines lie where they lie. Words and signs make room for each other, dashes begin where a line is cut.
_SEEN_AT_A_SEAM = (
    *("TextSymbolizer", "ShieldSymbolizer", "MarkersSymbolizer", "PointSymbolizer", "PatternSymbolizer", "RasterSymbolizer"),
    "dasharray",
)
_CORES = os.cpu_count() or 1
_free = threading.BoundedSemaphore(max(1, _CORES - 1))

Draw = Callable[[View], Any]


def draw_in_halves(xml: str, view: View, draw: Draw, join: Callable[[Any, Any], Any]) -> Any:
    """`draw(view)`, or `join` of what it makes of both halves at once."""
    divides = view.width * view.height >= _WORTH_IT and not any(name in xml for name in _SEEN_AT_A_SEAM)
    if not divides or _CORES == 1 or not _free.acquire(blocking=False):
        return draw(view)
    try:
        upper, lower = _halves(view)
        other = _hands().submit(draw, lower)
        try:
            first = draw(upper)
        finally:
            other.exception()  # a failure of one half does not leave the other behind, drawing
        return join(first, other.result())
    finally:
        _free.release()


@lru_cache(maxsize=1)
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, _CORES - 1), thread_name_prefix="draw-half")


def _halves(view: View) -> tuple[View, View]:
    """Both in whole pixels of the view."""
    west, south, east, north = view.box
    top = view.height // 2
    middle = north - top * (north - south) / view.height
    return (
        replace(view, box=(west, middle, east, north), height=top),
        replace(view, box=(west, south, east, middle), height=view.height - top),
    )
