"""Where a report comes from, without keeping who that is: keyed hashes of the device's cookie and of the network address."""

import hashlib
import time
import uuid
from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.http.cookie import parse_cookie

from incidents.intake.report import Source

COOKIE = "ioc_device"
COOKIE_SECONDS = 400 * 24 * 3600
_SALT = "incidents.device"
# A device that asked for the form only now could be one of thousands that a script makes up.
KNOWN_AFTER_SECONDS = 24 * 3600


def new_device() -> str:
    """The cookie's value for a device that has none: a random number and the day of issue, signed."""
    return signing.dumps([uuid.uuid4().hex, int(time.time())], salt=_SALT)


def source_of(headers: Mapping[bytes, bytes], client: str) -> Source:
    """The source behind a request's headers (lower-case names) and its peer's address.

    Behind our own proxy the peer is the proxy, which appends the caller's address to X-Forwarded-For; what stands before
    that in the header, callers can write themselves.
    """
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2].strip()
        client = forwarded or client
    device, issued = _device(parse_cookie(headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE, ""))
    known = bool(device) and time.time() - issued > KNOWN_AFTER_SECONDS
    return Source(keyed(f"device {device}") if device else "", keyed(f"address {_network(client)}"), known)


def keyed(text: str) -> str:
    """A hash that nobody can turn back or make without the service's key."""
    return hashlib.blake2b(text.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()


def _network(address: str) -> str:
    """An IPv6 customer has a whole /64 to choose addresses from."""
    return ":".join(address.split(":")[:4]) if ":" in address else address


def _device(value: str) -> tuple[str, int]:
    try:
        number, issued = signing.loads(value, salt=_SALT)
        return str(number), int(issued)
    except (signing.BadSignature, TypeError, ValueError):
        return "", 0
