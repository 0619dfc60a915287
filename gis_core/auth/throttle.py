"""How often signing in may fail, so that passwords cannot be tried and yet nobody is locked out by somebody else.

- One account from one network address: 5 failures in a quarter of an hour.
- One account from everywhere: 30; browsers in which this account signed in before are not touched by it, so a stranger who
  tries an account does not lock its owner out.
- One address for all accounts: 100; again not for known browsers, so one person in a commune's building who tries passwords
  does not keep the building from its work.
"""

import hashlib
import time

from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gis_core.audit.record import address_of
from gis_core.errors import TooMany

SPAN_SECONDS = 900
PAIR, ACCOUNT, ADDRESS = 5, 30, 100
COOKIE = "ioc_browser"
_SALT = "gis_core.browser"
_COOKIE_SECONDS = 180 * 24 * 3600
_KNOWN_ACCOUNTS = 12  # how many accounts' people may share a browser
_COUNT = """
    INSERT INTO gis_core_signinfailure AS f (key, span, count) SELECT key, %(span)s, 1 FROM unnest(%(keys)s::text[]) AS key ORDER BY key
    ON CONFLICT (key) DO UPDATE SET span = excluded.span, count = CASE WHEN f.span = excluded.span THEN f.count + 1 ELSE 1 END
"""


def refuse(request: HttpRequest, username: str) -> None:
    """Raises TooMany when this caller has to wait before trying this account again."""
    pair, account, address = _keys(request, username)
    known = _mark(username) in _known(request)
    limits = {pair: PAIR} if known else {pair: PAIR, account: ACCOUNT, address: ADDRESS}
    counts = _counts(list(limits))
    if any(counts.get(key, 0) >= limit for key, limit in limits.items()):
        wait = SPAN_SECONDS - int(time.time()) % SPAN_SECONDS
        sentence = _("Signing in failed too often from here. Try again in %(minutes)d minutes, or ask an administrator for a new password.")
        raise TooMany(sentence % {"minutes": wait // 60 + 1}, headers={"Retry-After": str(wait)})


def failed(request: HttpRequest, username: str) -> None:
    """Count a failure."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"keys": list(_keys(request, username)), "span": _span()})


def remember(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """This account signed in: its failures here are forgiven, and its browser is known from now on."""
    pair = _keys(request, username)[0]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gis_core_signinfailure WHERE key = %s", [pair])
    marks = [_mark(username), *(mark for mark in _known(request) if mark != _mark(username))][:_KNOWN_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps(marks, salt=_SALT),
        max_age=_COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def _keys(request: HttpRequest, username: str) -> tuple[str, str, str]:
    """Keyed hashes: the table tells nobody's name or address."""
    source = address_of(request)
    network = ":".join(source.split(":")[:4]) if ":" in source else source
    return _hashed(f"pair {username} {network}"), _hashed(f"account {username}"), _hashed(f"address {network}")


def _hashed(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="replace"), key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()


def _mark(username: str) -> str:
    return _hashed(f"browser {username}")[:16]


def _known(request: HttpRequest) -> list[str]:
    try:
        marks = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_COOKIE_SECONDS)
    except signing.BadSignature:
        return []
    return [str(mark) for mark in marks] if isinstance(marks, list) else []


def _counts(keys: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, count FROM gis_core_signinfailure WHERE key = ANY(%s) AND span = %s", [keys, _span()])
        return dict(cursor.fetchall())


def _span() -> int:
    return int(time.time()) // SPAN_SECONDS
