"""Problems as HTTP answers: problem+json for programs, a page for people, and what a protocol has of its own."""

import logging
from collections.abc import Callable
from typing import cast

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.utils.module_loading import import_string

from gis_core.errors import Problem, problem_of
from gis_core.logs import request_id

log = logging.getLogger("gis_core.errors")
# Resources that programs read; everything else answers a browser with a page.
_PROGRAM_PATHS = ("/ogc", "/query/", "/tiles/", "/live/", "/api/", "/open311/", "/qgis/", "/healthz", "/readyz", "/metrics")


def wants_page(request: HttpRequest) -> bool:
    """Whether the caller is a person with a browser (f=html, or an HTML Accept on a page's address)."""
    if "f=html" in request.META.get("QUERY_STRING", "").split("&"):  # the raw query: reading request.GET may fail
        return True
    accepts_html = "text/html" in request.headers.get("Accept", "")
    return accepts_html and not request.path.startswith(_PROGRAM_PATHS)


def respond(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to a failure in the caller's format. Unforeseen failures are logged with their traceback."""
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    response = _written(request, problem)
    for name, value in problem.headers:
        response.headers[name] = value
    return response


def _written(request: HttpRequest, problem: Problem) -> HttpResponse:
    """In the form of the protocol that the address speaks (settings.PROBLEM_FORMATS), else a page or problem+json."""
    for path, name in settings.PROBLEM_FORMATS.items():
        if request.path.rstrip("/") == path:
            return cast(Callable[[HttpRequest, Problem], HttpResponse], import_string(name))(request, problem)
    return _page(request, problem) if wants_page(request) else as_json(problem)


def as_json(problem: Problem) -> HttpResponse:
    """RFC 9457 application/problem+json."""
    body = orjson.dumps(problem.as_dict(f"urn:ioc-map:request:{request_id.get()}"))
    return HttpResponse(body, status=problem.status, content_type="application/problem+json", headers={"Cache-Control": "no-store"})


def _page(request: HttpRequest, problem: Problem) -> HttpResponse:
    context = {"problem": problem, "request_id": request_id.get()}
    try:
        return render(request, "gis_core/problem.html", context, status=problem.status)
    except TemplateDoesNotExist:
        return as_json(problem)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    return respond(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return respond(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return respond(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. The failure itself is logged by Django's own handler."""
    return _written(request, problem_of(RuntimeError()))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW."""
    from django.core.exceptions import PermissionDenied

    return respond(request, PermissionDenied(reason))
