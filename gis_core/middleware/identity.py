"""Tokens of GIS clients as users, the pass of signed-in browsers, and screens that look through an account."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError
from django.db.models import DateTimeField, TextField
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from gis_core.access import scope_of
from gis_core.auth import passes, screens
from gis_core.auth.credentials import TokenCredentials, parse_authorization, refused
from gis_core.auth.directory import fingerprint
from gis_core.auth.watch import closed
from gis_core.errors import ServiceError
from gis_core.http_errors import respond
from gis_core.models import AccessToken, ScreenPass, User
from gis_core.models.access_token import digest_of
from gis_core.serving.statement import Given, Statement

# Where a screen or link looks through its account. Everywhere else its browser is a visitor's: no page of an account, no
# register with names, nothing that can be changed.
_FOR_SCREENS = ("/wall/", "/query/", "/ogc/", "/api/alerts")
_READING = ("GET", "HEAD", "OPTIONS")


class IdentityMiddleware:
    """After Django's session: a token in the Authorization header wins over a session; sessions get a pass for the hot path."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One request."""
        try:
            presented = parse_authorization(request.headers.get("Authorization", ""))
            if presented:
                if request.path.startswith(settings.SESSION_PATHS):
                    raise PermissionDenied  # whoever finds a program's token must not make accounts or tokens with it
                request.user = user_of(presented)
                _settle_csrf(request, presented)
                return self.get_response(request)
            if screens.COOKIE in request.COOKIES and _is_for_screens(request):
                request.user = viewer_of(request.COOKIES[screens.COOKIE])
                return self.get_response(request)
            response = self.get_response(request)
            _renew_pass(request, response)
        except (ServiceError, PermissionDenied, DatabaseError, InterfaceError) as error:
            # Views' failures are answered inside; these are of looking up who asks, which a database that is away fails too.
            return respond(request, error)
        return response


def user_of(presented: TokenCredentials) -> User:
    """The user behind a token. Raises NotSignedIn."""
    holders, columns = _holders()
    found = holders.run(digest=digest_of(presented.secret), now=timezone.now())
    user = User.from_db(DEFAULT_DB_ALIAS, columns, found[0]) if found else None
    if user is None or presented.username not in (None, user.username):
        raise refused()
    return user


@cache
def _holders() -> tuple[Statement, list[str]]:
    """Who holds a valid token: each request of a program asks. The columns of the account are named in their order."""
    columns = [field.attname for field in User._meta.concrete_fields]
    tokens = AccessToken.objects.valid(Given("now", DateTimeField())).filter(digest=Given("digest", TextField()))
    return Statement.of(tokens.values_list(*(f"user__{name}" for name in columns))), columns


def viewer_of(cookie: str) -> User:
    """The account that a screen or link looks through, without its powers. Raises ScreenClosed."""
    shown = screens.unseal(cookie)
    found = ScreenPass.objects.valid().select_related("user").filter(uid=shown.uid).first() if shown else None
    if shown is None or found is None or found.device != screens.digest_of(shown.device):
        raise closed()
    user = found.user
    user._scope = replace(scope_of(user), read_only=True)  # type: ignore[attr-defined]
    user.is_staff = user.is_superuser = False
    user.screen = found  # type: ignore[attr-defined]
    return user


def _is_for_screens(request: HttpRequest) -> bool:
    entering = request.path == "/wall/" and "token" in request.GET
    opens = request.path.startswith(_FOR_SCREENS) and request.method in _READING and not entering and request.path != "/wall/screen"
    return opens and not request.user.is_authenticated


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
