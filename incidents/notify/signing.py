"""Signatures of webhooks as standardwebhooks.com specifies them, and the links in mails that do something."""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.core import signing

_CONFIRM, _LEAVE = "incidents.follow.confirm", "incidents.follow.leave"


def secret_of(uid: UUID, generation: int) -> bytes:
    """The 32 bytes with which a hook's messages are signed. Derived from the service's key: nothing is stored to be stolen."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"incidents.webhook:{uid}:{generation}".encode(), hashlib.sha256)


def shown(secret: bytes) -> str:
    """The secret as the receiver's library takes it."""
    return f"whsec_{base64.b64encode(secret).decode()}"


def headers(secret: bytes, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """`webhook-id` is the same at each attempt, so that a receiver drops what it has; `at` is the second of this attempt."""
    signed = f"{message_id}.{at}.".encode() + body
    signature = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": f"v1,{signature}"}


def confirm_token(follow: UUID) -> str:
    """Proof that whoever brings it reads the mailbox."""
    return signing.dumps(str(follow), salt=_CONFIRM)


def leave_token(follow: UUID) -> str:
    """For the link that ends a subscription; it does not age."""
    return signing.dumps(str(follow), salt=_LEAVE)


def read_confirm(token: str, days: int = 7) -> UUID | None:
    """The subscription that a token confirms; None for a false or old one."""
    return _read(token, _CONFIRM, days * 86_400)


def read_leave(token: str) -> UUID | None:
    """The subscription that a token ends; None for a false one."""
    return _read(token, _LEAVE, None)


def _read(token: str, salt: str, seconds: int | None) -> UUID | None:
    try:
        return UUID(signing.loads(token, salt=salt, max_age=seconds))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
