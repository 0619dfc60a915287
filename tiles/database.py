"""The hot path's own connections: asynchronous, read-only, with the request's timeout."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from gis_core.db import hot_path_conninfo
from gis_core.errors import Unavailable

log = logging.getLogger(__name__)
_pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] | None = None
_WAIT_SECONDS = 4.0


@contextlib.asynccontextmanager
async def pool() -> AsyncIterator[None]:
    """Open the pool while the process lives. The database need not be up yet."""
    global _pool
    kwargs = {"autocommit": True, "prepare_threshold": 3}
    _pool = AsyncConnectionPool(
        hot_path_conninfo(), min_size=1, max_size=settings.HOT_PATH_POOL, kwargs=kwargs, open=False, timeout=_WAIT_SECONDS, name="hot"
    )
    await _pool.open()
    try:
        yield
    finally:
        opened, _pool = _pool, None
        await opened.close()


async def fetch_value(sql: str, parameters: Mapping[str, object]) -> bytes:
    """The one value of a query.

    A connection that turns out dead (the database restarted) is replaced once; after that, and when no connection comes
    free in time, raises Unavailable. Cancelling the task cancels the query on the server.
    """
    try:
        return await _fetch(sql, parameters)
    except (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown, psycopg.InterfaceError, psycopg.OperationalError) as error:
        if isinstance(error, psycopg.errors.QueryCanceled):
            raise Unavailable(_("The tile took too long to make; zoom in or try again."), headers={"Retry-After": "5"}) from error
        log.warning("A connection of the hot path was lost (%s).", type(error).__name__)
    with contextlib.suppress(psycopg.OperationalError, psycopg.InterfaceError):
        await asyncio.sleep(0.05)
        return await _fetch(sql, parameters)
    raise Unavailable(_("The database cannot answer at the moment. Try again in a few seconds."), headers={"Retry-After": "5"})


async def _fetch(sql: str, parameters: Mapping[str, object]) -> bytes:
    if _pool is None:
        raise Unavailable(_("The service is starting. Try again in a few seconds."), headers={"Retry-After": "2"})
    try:
        async with _pool.connection() as connection:
            cursor = await connection.execute(cast("Any", sql), parameters, binary=True)
            row = await cursor.fetchone()
    except PoolTimeout as error:
        raise Unavailable(
            _("All connections to the database are busy. Try again in a few seconds."), headers={"Retry-After": "5"}
        ) from error
    return bytes(row[0]) if row and row[0] is not None else b""
