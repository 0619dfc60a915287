"""What a client waits for ends when the client leaves: its statement is cancelled, and no further one is begun.

A map that is moved asks anew and forgets what it asked before. Without this the server goes on computing answers that nobody
reads, and whoever waits in line waits for them too.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from threading import Condition
from typing import Any

import psycopg
from django.db import OperationalError, connections

_AGAIN, _PATIENCE = 0.2, 5
"""Seconds until a statement that goes on is cancelled once more, and until a database that does not listen is left alone."""


class ClientLeft(OperationalError):
    """Nobody waits for this answer any more."""


class Leaving:
    """The statement that a request waits for, seen from another thread."""

    def __init__(self) -> None:
        self._turn = Condition()
        self._gone = False
        self._at: Any = None

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Django's wrapper around each statement of the request. Raises ClientLeft."""
        with self._turn:
            if self._gone:
                raise ClientLeft("the client has left")
            self._at = context["connection"].connection
        try:
            return execute(sql, params, many, context)
        finally:
            # Waits while a cancellation is under way: it must not reach the next user of this connection.
            with self._turn:
                self._at = None
                self._turn.notify_all()

    def end(self) -> None:
        """The client has left: waits until its statement has ended. One that is not with the database yet does not hear the first call."""
        until = time.monotonic() + _PATIENCE
        with self._turn:
            self._gone = True
            while self._at is not None and time.monotonic() < until:
                with contextlib.suppress(psycopg.Error):
                    self._at.cancel_safe(timeout=_PATIENCE)
                self._turn.wait(_AGAIN)


current: ContextVar[Leaving | None] = ContextVar("leaving", default=None)
"""The leaving of the request that is served; its context goes with it into the threads of views. None for commands."""


@contextlib.contextmanager
def until_left() -> Iterator[None]:
    """The statements inside end with the request's client; for reads alone, since nothing is lost with them."""
    leaving = current.get()
    with contextlib.ExitStack() as stack:
        if leaving is not None:
            for alias in connections:
                stack.enter_context(connections[alias].execute_wrapper(leaving))
        yield
