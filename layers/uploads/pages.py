"""`/uploads/`: shells; the script reads everything from the API in the reader's name."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gis_core.access import scope_of
from gis_core.crs import ZONES, name_of
from layers.page import page_data
from layers.uploads.office import one as upload
from layers.uploads.rules import checked, layer_of, may_open
from layers.uploads.words import words

_ANY = UUID(int=0)


@require_safe
@login_required
def uploads(request: HttpRequest) -> HttpResponse:
    """The form, the own uploads and layers. Raises NotFound for those who may not bring files."""
    checked(request.user)  # type: ignore[arg-type]
    return _page(request)


@require_safe
@login_required
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One upload. Raises NotFound."""
    upload(request.user, uid)  # type: ignore[arg-type]
    return _page(request, uid=uid)


@require_safe
@login_required
def layer(request: HttpRequest, name: str) -> HttpResponse:
    """The style, access and versions of one uploaded layer. Raises NotFound."""
    layer_of(request.user, name)  # type: ignore[arg-type]
    return _page(request, name=name)


def _page(request: HttpRequest, uid: UUID | None = None, name: str | None = None) -> HttpResponse:
    data: dict[str, Any] = page_data(request)
    data["uploads"] = {
        "opened": str(uid) if uid else None,
        "layer": name,
        "api": f"{reverse('api:api-root')}uploads",
        "page": reverse("uploads:list"),
        "one": reverse("uploads:one", args=[_ANY]).replace(str(_ANY), "{uid}"),
        "one_layer": reverse("uploads:layer", args=["x"]).replace("/x/", "/{name}/"),
        "zones": [{"code": f"EPSG:{srid}", "name": name_of(srid)} for srid in (5899, *sorted(set(ZONES) - {5899}))],
        "may_open": may_open(scope_of(request.user)),
        "words": words(),
    }
    response = render(request, "layers/uploads.html", {"page": data})
    response.headers["Cache-Control"] = "private, no-cache"
    return response
