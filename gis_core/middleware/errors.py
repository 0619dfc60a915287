"""Exceptions of views as answers in the caller's format."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from gis_core.errors import MethodNotAllowed
from gis_core.http_errors import respond


class ErrorMiddleware:
    """Turns what a view raises into its answer (gis_core/errors.py holds the table)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass through; Django's bare 405 gets a sentence."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            allowed = response.headers["Allow"]
            return respond(request, MethodNotAllowed(_("Possible here: %(methods)s.") % {"methods": allowed}, headers={"Allow": allowed}))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        """Django calls this for an exception that a view raised."""
        return respond(request, exception)
