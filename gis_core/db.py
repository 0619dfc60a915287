"""Connections beside the ORM: the follower's, and the pool of the hot path."""

from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.conninfo import make_conninfo


def conninfo(purpose: str, *, statement_timeout_ms: int | None = None, alias: str = DEFAULT_DB_ALIAS) -> str:
    """A libpq connection string to one of Django's databases, named after its purpose in pg_stat_activity.

    Read from the live connection settings, so that tests reach the test database. Where Django goes through a pooler, which
    passes on neither notifications nor options, DIRECT_DATABASE_URL says how to pass it by.
    """
    values: dict[str, Any] = (settings.DIRECT_DATABASE if alias == DEFAULT_DB_ALIAS else None) or connections[alias].settings_dict
    options = "-c jit=off"
    if statement_timeout_ms is not None:
        options += f" -c statement_timeout={statement_timeout_ms} -c default_transaction_read_only=on"
    return make_conninfo(
        dbname=values["NAME"],
        user=values["USER"] or None,
        password=values["PASSWORD"] or None,
        host=values["HOST"] or None,
        port=values["PORT"] or None,
        application_name=f"ioc-{purpose}",
        options=options,
        connect_timeout=5,
        **{key: value for key, value in values.get("OPTIONS", {}).items() if isinstance(value, str)},
    )


def hot_path_conninfo() -> str:
    """Read-only, with the request timeout: what tiles and hot queries use."""
    return conninfo("hot", statement_timeout_ms=settings.STATEMENT_TIMEOUT_MS)


def serve_from_pool() -> None:
    """Let Django take its connections from a pool from now on; called by the serving process alone.

    Under ASGI each request runs in a thread of its own, so Django's persistent connections never persist: a new one a
    request, with PostGIS and PROJ loaded anew, cost 60 of the 90 ms of an item.
    """
    for alias in connections:
        connections[alias].close()
        values = connections[alias].settings_dict
        values["CONN_MAX_AGE"], values["CONN_HEALTH_CHECKS"] = 0, False
        pool = {"min_size": 1, "max_size": settings.REQUEST_POOL, "timeout": 4, "reset": _forget}
        values["OPTIONS"] = {**values["OPTIONS"], "pool": pool}


def _forget(connection: "psycopg.Connection[Any]") -> None:
    """Locks of a session must not outlive the request that took them."""
    connection.execute("SELECT pg_advisory_unlock_all()")
    if not connection.autocommit:
        connection.commit()


def limit_requests() -> None:
    """Give every connection that Django opens from now on the limits of a request; called by the serving process alone."""
    connection_created.connect(_limit, dispatch_uid="request limits")


class Unconfirmed(psycopg.OperationalError):
    """A commit that the synchronous standby has not confirmed: done here, and lost if this server is."""


def _confirm(raw: Any) -> None:
    """Let commits fail that are not confirmed.

    When a statement's time is over while a commit waits for the synchronous standby, PostgreSQL ends the wait with a warning
    and reports success. Whoever is told so would count on what a failover may lose.
    """
    if hasattr(raw, "ioc_warned"):
        return
    raw.ioc_warned = False

    def hear(diagnostic: psycopg.errors.Diagnostic) -> None:
        raw.ioc_warned |= "synchronous replication" in (diagnostic.message_primary or "")

    def commit() -> None:
        raw.ioc_warned = False
        type(raw).commit(raw)
        if raw.ioc_warned:
            raise Unconfirmed("no standby confirmed the commit in time")

    raw.add_notice_handler(hear)
    raw.commit = commit


def _limit(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    _confirm(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),"
            " set_config('idle_in_transaction_session_timeout', '10000', false)",
            [str(settings.STATEMENT_TIMEOUT_MS), str(settings.LOCK_TIMEOUT_MS)],
        )
