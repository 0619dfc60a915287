"""Which requests read the replica, and what a writer takes along to read its own writes anywhere."""

import contextlib
from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gis_core.changes.hub import hub
from gis_core.serving import replica

COOKIE = HEADER = "X-Read-After"
_SALT = "gis_core.replica"
_SECONDS = 300
_SAFE = ("GET", "HEAD", "OPTIONS")


class ReplicaMiddleware:
    """After the caller is known: sessions and tokens are the primary's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.is_configured = replica.is_configured()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One request."""
        if not self.is_configured:
            return self.get_response(request)
        if request.method in _SAFE:
            return self._read(request)
        response = self.get_response(request)
        if response.status_code < 400:
            with contextlib.suppress(DatabaseError, InterfaceError):  # what was written is written
                _note(response)
        return response

    def _read(self, request: HttpRequest) -> HttpResponseBase:
        if not _may_read_there(request):
            return self.get_response(request)
        with replica.reading(_read_after(request)) as reading:
            response = self.get_response(request)
        if not reading.happened:
            return response
        if response.status_code == 503:  # it died under the reading
            replica.replica.leave_alone()
            return self.get_response(request)
        response.headers["X-Read-From"] = replica.ALIAS
        return response


def _may_read_there(request: HttpRequest) -> bool:
    """Preconditions are compared with the primary; so is a change that this process has yet to hear of."""
    if not request.path.startswith(settings.REPLICA_PATHS) or "If-Match" in request.headers:
        return False
    wanted = request.GET.get("min_seq", "")
    return not wanted or (wanted.isascii() and wanted.isdigit() and len(wanted) < 19 and hub.clock.holds(int(wanted)))


def _read_after(request: HttpRequest) -> int:
    """The place in the write-ahead log that the caller's last write reached; what is not ours counts as none."""
    sealed = request.headers.get(HEADER) or request.COOKIES.get(COOKIE, "")
    try:
        return int(signing.loads(sealed, salt=_SALT, max_age=_SECONDS)) if sealed else 0
    except (signing.BadSignature, ValueError, TypeError):
        return 0


def _note(response: HttpResponseBase) -> None:
    """On the connection that wrote, after its commit: the place is behind everything that the request wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")
        sealed = signing.dumps(cursor.fetchone()[0], salt=_SALT)
    response.headers[HEADER] = sealed
    response.set_cookie(COOKIE, sealed, max_age=_SECONDS, httponly=True, samesite="Lax", secure=settings.HTTPS)
