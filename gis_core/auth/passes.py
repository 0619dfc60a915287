"""Signed passes: how the hot path knows who asks without touching the database.

A signed-in browser carries the cookie `ioc_pass`: user, session, password fingerprint and expiry, signed. The directory in
memory (watch.py) says whether it still holds: sign-out, deactivation and a new password end it at the next change of the log.
"""

import hashlib
import time
from dataclasses import dataclass

from django.conf import settings
from django.core import signing

COOKIE = "ioc_pass"
_SALT = "gis_core.pass"


@dataclass(frozen=True, slots=True)
class Pass:
    """Who, in which session (digest of its key), with which password (fingerprint), until when (Unix seconds)."""

    user: int
    session: str
    fingerprint: str
    expires: int

    def sealed(self) -> str:
        """The cookie's value."""
        return signing.dumps([self.user, self.session, self.fingerprint, self.expires], salt=_SALT)


def unseal(value: str) -> Pass | None:
    """The pass in a cookie's value; None when it is forged, damaged, over, or of another release's making."""
    try:
        user, session, fingerprint, expires = signing.loads(value, salt=_SALT)
        found = Pass(int(user), str(session), str(fingerprint), int(expires))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return found if found.expires > time.time() else None


def session_digest(session_key: str | None) -> str:
    """Names a session without giving its key away."""
    return hashlib.blake2b((session_key or "").encode(), digest_size=16).hexdigest()


def issue(user: int, session_key: str | None, fingerprint: str) -> Pass:
    """A pass for as long as the session may live."""
    return Pass(user, session_digest(session_key), fingerprint, int(time.time()) + settings.SESSION_COOKIE_AGE)
