"""Tokens of GIS clients as users, and the pass of signed-in browsers."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gis_core.auth import passes
from gis_core.auth.credentials import TokenCredentials, parse_authorization, refused
from gis_core.auth.directory import fingerprint
from gis_core.errors import ServiceError
from gis_core.http_errors import respond
from gis_core.models import AccessToken, User
from gis_core.models.access_token import digest_of


class IdentityMiddleware:
    """After Django's session: a token in the Authorization header wins over a session; sessions get a pass for the hot path."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One request."""
        try:
            presented = parse_authorization(request.headers.get("Authorization", ""))
            if presented:
                request.user = user_of(presented)
                _settle_csrf(request, presented)
                return self.get_response(request)
            response = self.get_response(request)
            _renew_pass(request, response)
        except (ServiceError, DatabaseError, InterfaceError) as error:
            # Views' failures are answered inside; these are of looking up who asks, which a database that is away fails too.
            return respond(request, error)
        return response


def user_of(presented: TokenCredentials) -> User:
    """The user behind a token. Raises NotSignedIn."""
    token = AccessToken.objects.valid().select_related("user").filter(digest=digest_of(presented.secret)).first()
    if token is None or presented.username not in (None, token.user.username):
        raise refused()
    return token.user


def _settle_csrf(request: HttpRequest, presented: TokenCredentials) -> None:
    """A browser may repeat Basic credentials for a foreign page, so only requests without a foreign Origin are exempt."""
    origin = request.headers.get("Origin")
    own = origin is None or origin == f"{request.scheme}://{request.get_host()}"
    if presented.username is None or own:
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # Django's own switch for token clients


def _renew_pass(request: HttpRequest, response: HttpResponseBase) -> None:
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        if passes.COOKIE in request.COOKIES:
            response.delete_cookie(passes.COOKIE, samesite="Lax")
        return
    held = passes.unseal(request.COOKIES.get(passes.COOKIE, ""))
    wanted = passes.issue(user.pk, request.session.session_key, fingerprint(user.password))
    if held and (held.user, held.session, held.fingerprint) == (wanted.user, wanted.session, wanted.fingerprint):
        return
    response.set_cookie(
        passes.COOKIE, wanted.sealed(), max_age=settings.SESSION_COOKIE_AGE, httponly=True, samesite="Lax", secure=settings.HTTPS
    )
