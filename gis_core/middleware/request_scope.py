"""The outermost middleware: request number, limits on the address, security headers."""

import time
import uuid
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gis_core.errors import ServiceError
from gis_core.headers import SECURITY_HEADERS
from gis_core.http_errors import respond
from gis_core.limits import refuse_long_address
from gis_core.logs import number_of, request_id
from gis_core.metrics import DENIED, REQUESTS, SHED, method_label
from gis_core.observing.sql_comment import SQLComment

_COUNTED = {401: DENIED, 403: DENIED, 404: DENIED, 429: SHED, 503: SHED}


class RequestScopeMiddleware:
    """Gives each request a number that stands in its log lines and in its answer, and each answer the security headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One request."""
        started = time.perf_counter()
        number = number_of(request.headers.get("X-Request-Id", "")) or uuid.uuid4().hex[:12]
        token = request_id.set(number)
        try:
            response = self._checked(request)
        finally:
            request_id.reset(token)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = number
        route, status = _route(request), response.status_code
        REQUESTS.labels(route, method_label(request.method), status).observe(time.perf_counter() - started)
        if status in _COUNTED:
            _COUNTED[status].labels(route, status).inc()
        return response

    def _checked(self, request: HttpRequest) -> HttpResponseBase:
        try:
            refuse_long_address(request.META.get("QUERY_STRING", ""), request.path)
        except ServiceError as error:
            answer: HttpResponse = respond(request, error)
            return answer
        with connection.execute_wrapper(SQLComment(request)):
            return self.get_response(request)


def _route(request: HttpRequest) -> str:
    """The pattern, never the address: a label must not carry ids or grow without bound."""
    match = request.resolver_match
    return f"/{match.route}" if match else "unmatched"
