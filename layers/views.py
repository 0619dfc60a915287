"""The catalogue page with the viewer, the wall, and the numbers that the wall shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.access import scope_of
from gis_core.changes.hub import hub
from gis_core.errors import UnknownParameter
from gis_core.headers import policy_with_pictures
from gis_core.views.screens import enter
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.page import page_data
from layers.summary import summary
from layers.wall import wall_data


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`/`: every layer that the visitor may see, on a map and in words."""
    return _page(request, "layers/index.html", page_data(request))


@require_safe
def wall(request: HttpRequest) -> HttpResponseBase:
    """`/wall/`: the same layers, dark and full-screen, with live counts. `token` opens it for a screen or a phone."""
    if token := request.GET.get("token"):
        return enter(request, token)
    data = page_data(request)
    data["layers"] = [entry for entry in data["layers"] if entry["on_wall"]]
    data["wall"] = wall_data(request.user)
    if _is_for_phones(request, data["wall"]["screen"]):
        return _page(request, "layers/wall_phone.html", data)
    response = _page(request, "layers/wall.html", data)
    if settings.CAMERA_ORIGINS:
        response.headers["Content-Security-Policy"] = policy_with_pictures(settings.CAMERA_ORIGINS)
    return response


def _is_for_phones(request: HttpRequest, screen: dict[str, Any] | None) -> bool:
    """A link opens without the map's engine, and so does a phone; `view=map` and `view=phone` say otherwise."""
    view = request.GET.get("view", "")
    if view in ("map", "phone"):
        return view == "phone"
    return (screen is not None and screen["kind"] == "link") or request.headers.get("Sec-CH-UA-Mobile") == "?1"


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """`/wall/counts`: {layer name: number of rows that the caller reaches}."""
    if request.GET:
        raise UnknownParameter(_("There are no parameters here."), field=next(iter(request.GET)))
    hub.catch_up()
    scope = scope_of(request.user)
    layers = [layer for layer in catalogue.visible_to(scope, "wall") if isinstance(layer, FeatureLayer)]
    body = {layer.name: summary(layer, layer.reach(scope)).count for layer in layers}
    return JsonResponse(body, headers={"Cache-Control": "private, no-store"})


def _page(request: HttpRequest, template: str, data: dict[str, Any]) -> HttpResponse:
    response = render(request, template, {"page": data})
    response.headers["Cache-Control"] = "private, no-cache"
    return response
