"""Answering with a picture: unchanged, kept, or drawn in a thread beside the event loop."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import close_old_connections
from django.utils.translation import gettext as _

from gis_core.changes.clock import clock
from gis_core.errors import Unavailable
from gis_core.hot import Answer, Request
from tiles.cache import flights, tile_cache
from tiles.conditional import node_state, unchanged
from tiles.drawing.low import low_of
from tiles.drawing.painting import painters
from tiles.drawing.pictures import Entry, Shown
from tiles.drawing.view import View

# Pictures that may wait for a thread before others are turned away.
_QUEUE = 48
# Larger pictures are of one screen and seldom asked for twice.
_KEPT_PIXELS = 600 * 600
_waiting = 0


async def at_scale(request: Request, shown: Sequence[Entry], view: View) -> list[Entry]:
    """The layers as a picture of this scale shows them: generalised ones by blocks or counters where features would be too many."""
    min_seq = request.integer("min_seq")
    known = await node_state(min_seq)
    return [
        replace(entry, low=low_of(entry.rows, view, min_seq, known=known), known=known) if isinstance(entry, Shown) else entry
        for entry in shown
    ]


async def picture_answer(request: Request, headers: dict[str, str], type_: str, pixels: int, draw: Callable[[], bytes]) -> Answer:
    """304 where the client holds the picture, else what `draw` makes in a thread, once for all who ask at that time.

    Raises Unavailable when too many wait already.
    """
    known = await node_state(request.integer("min_seq"))
    headers = {**headers, "X-Change-Seq": str(clock.seq)}
    if known and unchanged(request, headers):
        return Answer(304, headers=headers)
    key = ("picture", headers["ETag"])
    body = tile_cache.get(key) if known else None
    if body is None:
        body = await flights.do(key if known else object(), lambda: _drawn(draw))
        if known and pixels <= _KEPT_PIXELS:
            tile_cache.put(key, body)
    if not known:
        del headers["ETag"]  # the data are newer than this node's clock
    return Answer(200, body, {**headers, "Content-Type": type_})


async def _drawn(draw: Callable[[], bytes]) -> bytes:
    return await in_thread(draw)


async def in_thread(work: Callable[[], bytes]) -> bytes:
    """The result of work that draws or reads rows. Raises Unavailable when too many wait already."""
    global _waiting
    if _waiting >= _QUEUE:
        raise Unavailable(_("Too many pictures are being drawn. Try again in a few seconds."), headers={"Retry-After": "3"})
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(painters(), _cleaned(work))
    finally:
        _waiting -= 1


def _cleaned(work: Callable[[], bytes]) -> Callable[[], bytes]:
    def run() -> bytes:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return run
