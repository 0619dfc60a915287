"""Asking the worker for fresh blocks: once a burst of changes, from any process that hears of them."""

import asyncio
import logging

from gis_core.changes.reaction import dispatch

log = logging.getLogger(__name__)
# A burst is over when nothing came for so long; a burst without end is not waited for longer than a few of these.
_QUIET_SECONDS = 0.15

_waiting: dict[str, asyncio.TimerHandle] = {}


def wake(layer: str) -> None:
    """Queue the renewal of a layer's blocks soon. Without an event loop (commands, tests) the worker's own clock will do."""
    if layer in _waiting:
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    _waiting[layer] = loop.call_later(_QUIET_SECONDS, _fire, layer)


def _fire(layer: str) -> None:
    _waiting.pop(layer, None)

    def queue() -> None:
        from tiles.tasks import queue_renewal

        queue_renewal(layer)

    dispatch(queue)
