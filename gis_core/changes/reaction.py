"""Doing database work when tables changed, from wherever the change is heard."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from django.db import close_old_connections

from gis_core.changes.follow import Change
from gis_core.changes.hub import hub

log = logging.getLogger(__name__)


def when_changed(tables: Iterable[str], action: Callable[[], None]) -> None:
    """Call `action` after changes of any of `tables`: in a thread where an event loop runs, at once elsewhere.

    Also when the database turns out to be in another state than before (a restored backup), whatever its log says.
    """
    watched = frozenset(tables)

    def listener(changes: Sequence[Change]) -> None:
        if any(change.table in watched for change in changes):
            dispatch(action)

    hub.subscribe(listener)
    hub.when_history_breaks(lambda: dispatch(action))


def dispatch(action: Callable[[], None]) -> None:
    """Run `action` off the event loop, where there is one."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        action()
        return
    loop.run_in_executor(None, _in_thread, action)


def _in_thread(action: Callable[[], None]) -> None:
    close_old_connections()
    try:
        action()
    except Exception:
        log.exception("%s failed after a change.", getattr(action, "__qualname__", action))
    finally:
        close_old_connections()
