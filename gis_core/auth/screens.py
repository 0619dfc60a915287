"""Signed addresses and cookies of screens and links: who is looked through, without an account's session.

The address carries the number of the pass, signed; opening it leaves a cookie with that number and, for a screen, with what
binds it to this browser. Both mean nothing once the pass is revoked: every process holds the valid ones in its directory.
"""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from gis_core.errors import NotSignedIn

COOKIE = "ioc_screen"
# Screens stay for years; the pass itself says when it is over.
COOKIE_SECONDS = 5 * 365 * 86_400
_ADDRESS, _SALT = "gis_core.screen.address", "gis_core.screen"


class ScreenClosed(NotSignedIn):
    """The pass of a screen or link was revoked, is over, or belongs to another browser."""

    code = "screen-closed"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser keeps of a pass."""

    uid: str
    device: str

    def sealed(self) -> str:
        """The cookie's value."""
        return signing.dumps([self.uid, self.device], salt=_SALT)


def unseal(value: str) -> Shown | None:
    """What a cookie says; None when it is forged or damaged."""
    try:
        uid, device = signing.loads(value, salt=_SALT)
        return Shown(str(uid), str(device))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def token_of(uid: UUID) -> str:
    """The token in a pass's address."""
    return signing.dumps(uid.hex, salt=_ADDRESS)


def uid_of(token: str) -> UUID | None:
    """The pass that a token opens; None for a forged or damaged one."""
    try:
        return UUID(signing.loads(token, salt=_ADDRESS))
    except (signing.BadSignature, TypeError, ValueError, AttributeError):
        return None


def new_device() -> str:
    """What binds a screen to its browser."""
    return secrets.token_urlsafe(24)


def digest_of(device: str) -> str:
    """What the database keeps of it."""
    return hashlib.sha256(device.encode()).hexdigest() if device else ""
