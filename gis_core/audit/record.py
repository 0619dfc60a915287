"""Writing to the audit log: what no trigger of a table sees (signing in, exports, refusals)."""

import json
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from gis_core.logs import request_id

_INSERT = "INSERT INTO audit_entry (actor, action, object, source, request, detail) VALUES (%s, %s, %s, %s, %s, %s)"


def record(action: str, *, actor: int = 0, about: str = "", request: HttpRequest | None = None, **detail: Any) -> None:
    """Add an entry: `action` ("session.begun"), the account that acted, the object it is about, and what else matters.

    `detail` holds ids and kinds, never names, phones or secrets: the log is kept longer than those may be.
    """
    source = address_of(request) if request is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [actor, action, about[:200], source, request_id.get(), json.dumps(detail)])


def address_of(request: HttpRequest) -> str:
    """The caller's network address; behind our own proxy the last one that the proxy names."""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return (forwarded if settings.SECURE_PROXY_SSL_HEADER and forwarded else request.META.get("REMOTE_ADDR", ""))[:45]
