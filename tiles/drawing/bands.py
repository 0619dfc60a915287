"""A large picture drawn in bands by two threads, where a core is free and nobody sees the seams."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from tiles.drawing.view import View

_WORTH_IT = 500_000
"""Pixels from which more looks at the table pay."""
# Surfaces and plain lines lie where they lie. Words and signs make room for each other, dashes begin where a line is cut.
_SEEN_AT_A_SEAM = (
    *("TextSymbolizer", "ShieldSymbolizer", "MarkersSymbolizer", "PointSymbolizer", "PatternSymbolizer", "RasterSymbolizer"),
    "dasharray",
)
_CORES = os.cpu_count() or 1
_free = threading.BoundedSemaphore(max(1, _CORES - 1))

Draw = Callable[[View], Any]


def draw_in_bands(xml: str, view: View, draw: Draw, join: Callable[[Sequence[Any]], Any]) -> Any:
    """`draw(view)`, or `join` of what it makes of bands from the top to the bottom."""
    divides = view.width * view.height >= _WORTH_IT and not any(name in xml for name in _SEEN_AT_A_SEAM)
    if not divides or _CORES == 1 or not _free.acquire(blocking=False):
        return draw(view)
    try:
        return join(_drawn(_bands(view), draw))
    finally:
        _free.release()


def _drawn(bands: Sequence[View], draw: Draw) -> list[Any]:
    waiting, made = list(enumerate(bands)), dict[int, Any]()

    def work() -> None:
        while waiting:
            try:
                number, band = waiting.pop()
            except IndexError:  # the other thread took the last one
                return
            try:
                made[number] = draw(band)
            except BaseException:
                waiting.clear()
                raise

    other = _hands().submit(work)
    try:
        work()
    finally:
        other.exception()  # a failure of one thread does not leave the other behind, drawing
    other.result()
    return [made[number] for number in range(len(bands))]


@lru_cache(maxsize=1)
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, _CORES - 1), thread_name_prefix="draw-band")


def _bands(view: View) -> list[View]:
    """All in whole pixels of the view. Towns lie in one half of a picture: whoever is done with a band takes the next of twice as many."""
    west, south, east, north = view.box
    metres = (north - south) / view.height
    count = 2 * _CORES
    lines = [round(view.height * number / count) for number in range(count + 1)]
    return [
        replace(view, box=(west, north - bottom * metres, east, north - top * metres), height=bottom - top)
        for top, bottom in pairwise(lines)
    ]
