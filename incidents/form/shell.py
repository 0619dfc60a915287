"""The page, its service worker and its manifest: the same for everybody, so that a device may keep them."""

import hashlib
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.access import ANONYMOUS
from incidents.intake.report import MAX_PHOTOS
from incidents.intake.source import COOKIE, COOKIE_SECONDS, new_device
from incidents.models import IncidentCategory
from layers.catalogue import catalogue
from layers.summary import summary

# What the page needs to stand without a network.
_SHELL = (
    "gis_core/icon.svg",
    "gis_core/dist/base.css",
    "gis_core/dist/base.js",
    "gis_core/dist/theme.js",
    "incidents/dist/report.css",
    "incidents/dist/report.js",
    *(f"gis_core/dist/fonts/be-vietnam-pro-{subset}-{weight}-normal.woff2" for subset in ("vietnamese", "latin") for weight in (400, 600)),
)
# What the small map is drawn from, if it is there and open to everybody.
_MAP_LAYERS = ("water", "roads")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The form. Nothing in it depends on who asks: the device keeps it and shows it to whoever holds the phone."""
    response = render(request, "incidents/new.html", {"report": _data(), "max_photos": MAX_PHOTOS})
    response.headers["Cache-Control"] = "no-cache"
    if COOKIE not in request.COOKIES:
        # The cookie goes to the form and to intake, and nowhere else.
        folder = reverse("report:new").removesuffix("new/")
        options: dict[str, Any] = {"max_age": COOKIE_SECONDS, "httponly": True, "samesite": "Lax", "secure": settings.HTTPS}
        response.set_cookie(COOKIE, new_device(), path=folder, **options)
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Its text names every file of the shell by hash, so that a new release is a new worker."""
    files = [static(path) for path in _SHELL]
    script = static("incidents/dist/report_worker.js")
    names = {"page": reverse("report:new"), "files": files, "intake": _intake(), "version": _digest([*files, script])}
    content = f"self.shell = {orjson.dumps(names).decode()};\nimportScripts({orjson.dumps(script).decode()});\n"
    return HttpResponse(content, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest (W3C)."""
    content = {
        "id": reverse("report:new"),
        "name": _("Field report"),
        "short_name": _("Field report"),
        "lang": get_language(),
        "start_url": reverse("report:new"),
        "scope": reverse("report:new"),
        "display": "standalone",
        "background_color": "#eef3f4",
        "theme_color": "#0a7285",
        "icons": [{"src": static("gis_core/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}],
    }
    return HttpResponse(orjson.dumps(content), content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


def _data() -> dict[str, object]:
    """What the script knows: addresses, categories, where the area of the service lies."""
    categories = IncidentCategory.objects.filter(is_active=True)
    return {
        "language": get_language(),
        "max_photos": MAX_PHOTOS,
        "bounds": _area(),
        "categories": [{"code": row.code, "name": row.name, "icon": row.icon} for row in categories],
        "map_layers": list(_MAP_LAYERS),
        "urls": {
            "worker": reverse("report:worker"),
            "scope": reverse("report:new"),
            "intake": _intake(),
            "place": reverse("report:place"),
            "similar": reverse("report:similar"),
            "follow": reverse("report:follow"),
            "tracking": reverse("report:new").replace("new/", "{code}/"),
            "items": "/ogc/collections/{layer}/items",
        },
    }


def _area() -> tuple[float, float, float, float] | None:
    """West, south, east, north of what everybody sees, the most local layer first: where the map opens without a position."""
    for name in (*reversed(_MAP_LAYERS), "admin_units"):
        layer = next((layer for layer in catalogue.feature_layers() if layer.name == name), None)
        bounds = summary(layer, layer.reach(ANONYMOUS)).bounds if layer else None
        if bounds:
            return bounds
    return None


def _intake() -> str:
    return reverse("report:new").replace("new/", "intake/reports")


def _digest(names: list[str]) -> str:
    return hashlib.blake2b("\n".join(names).encode(), digest_size=8).hexdigest()
