"""The API of domain verbs at /api/: packages hang their routers in by name, its document is made from the code (docs/adr/0012)."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer

from gis_core.errors import BadParameter, NotSignedIn, ServiceError, TooLarge
from gis_core.http_errors import respond
from gis_core.views.signed_in import SignedIn


class JSON(BaseRenderer):
    """orjson: dates, UUIDs and numbers as they are."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The answer's bytes."""
        return orjson.dumps(data)


api = NinjaAPI(
    title="IOC map",
    version="1",
    description="Verbs of the domains. Layers are read through the OGC services; here things are done to them.",
    docs_url="/docs",
    openapi_url="/openapi.json",
    auth=SignedIn(),
    renderer=JSON(),
    urls_namespace="api",
)
for prefix, router in settings.API_ROUTERS.items():
    api.add_router(prefix, router)


def _answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return respond(request, _ours(error if isinstance(error, Exception) else error()))


def _ours(error: Exception) -> Exception:
    """The library's failures as the service's own."""
    if isinstance(error, AuthenticationError):
        return NotSignedIn(_("Sign in, or send an access token."), headers={"WWW-Authenticate": 'Bearer realm="ioc-map"'})
    if isinstance(error, ValidationError):
        return _first_fault(error.errors)
    if isinstance(error, HttpError):
        return PermissionDenied() if error.status_code == 403 else _unreadable(error)
    return error


def _unreadable(error: HttpError) -> ServiceError:
    if error.status_code == 413:
        return TooLarge(_("The request is too large."))
    return BadParameter(_("The body cannot be read as JSON."), field="body")


def _first_fault(errors: list[dict[str, Any]]) -> BadParameter:
    """The first fault with its field; the value that was given is left out, for it may be personal data."""
    first: Mapping[str, Any] = errors[0] if errors else {"loc": (), "msg": ""}
    # The first part says where it came from (body, query, path), the second the parameter's name in the code.
    where = ".".join(str(part) for part in first["loc"][1:] if part not in ("asked", "payload")) or "body"
    fault = str(first["msg"]).removeprefix("Value error, ")
    return BadParameter(_("The value of %(field)s is not accepted: %(fault)s.") % {"field": where, "fault": fault}, field=where)


for kind in (Exception, Http404, AuthenticationError, ValidationError, HttpError):
    api.add_exception_handler(kind, _answer)
