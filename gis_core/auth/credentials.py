"""What a client presents: a pass cookie, or a token by Bearer or Basic (RFC 6750, RFC 7617)."""

import base64
import binascii
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_core.errors import NotSignedIn
from gis_core.metrics import AUTH_FAILURES

CHALLENGE = {"WWW-Authenticate": 'Basic realm="IOC map", charset="UTF-8"'}


@dataclass(frozen=True, slots=True)
class TokenCredentials:
    """A presented token; `username` is None with Bearer."""

    secret: str
    username: str | None


def parse_authorization(header: str) -> TokenCredentials | None:
    """Credentials from an Authorization header; None when there is none.

    Raises NotSignedIn for a scheme or an encoding that is not understood: a client that means to sign in must not be
    served as a visitor.
    """
    if not header:
        return None
    scheme, _space, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return TokenCredentials(value.strip(), None)
    if scheme.lower() == "basic":
        try:
            username, colon, secret = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if colon:
            return TokenCredentials(secret, username)
    raise refused()


def refused() -> NotSignedIn:
    """The one answer to wrong credentials, whatever was wrong with them."""
    AUTH_FAILURES.labels("token").inc()
    return NotSignedIn(
        _(
            "These credentials are not valid. GIS clients sign in with the account's name and an access token as the password; "
            "create a token on the page Access tokens of your account."
        ),
        headers=dict(CHALLENGE),
    )
