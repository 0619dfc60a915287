"""`/analysis/`: shells; the script reads everything from the API in the reader's name."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.access import Scope
from gis_core.models import AdminUnit
from layers.analysis.contract import kinds
from layers.analysis.office import one as analysis
from layers.analysis.parameters import FieldChoice, LayerChoice
from layers.analysis.rules import checked
from layers.attributes import attributes
from layers.catalogue import catalogue
from layers.layer import CoverageLayer, FeatureLayer
from layers.page import page_data
from layers.uploads.rules import may_bring

_ANY = UUID(int=0)


@require_safe
@login_required
def analyses(request: HttpRequest) -> HttpResponse:
    """The kinds, a form, the own analyses. Raises NotFound for those who may not analyse."""
    return _page(request, checked(request.user))  # type: ignore[arg-type]


@require_safe
@login_required
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One analysis. Raises NotFound."""
    analysis(request.user, uid)  # type: ignore[arg-type]
    return _page(request, checked(request.user), uid)  # type: ignore[arg-type]


def _page(request: HttpRequest, scope: Scope, uid: UUID | None = None) -> HttpResponse:
    data: dict[str, Any] = page_data(request)
    api = reverse("api:api-root")
    data["analysis"] = {
        "opened": str(uid) if uid else None,
        "api": f"{api}analyses",
        "page": reverse("analysis:list"),
        "one": reverse("analysis:one", args=[_ANY]).replace(str(_ANY), "{uid}"),
        "kinds": [kind.described() for kind in kinds().values()],
        "layers": [_layer(layer) for layer in catalogue.visible_to(scope, "query") if isinstance(layer, FeatureLayer)],
        "rasters": [[layer.name, str(layer.title)] for layer in catalogue.visible_to(scope, "query") if isinstance(layer, CoverageLayer)],
        "units": [[unit.code, unit.name] for unit in AdminUnit.objects.current().filter(level="commune").order_by("name")],
        "may_keep": may_bring(scope),
        "words": _words(),
    }
    response = render(request, "layers/analysis.html", {"page": data})
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _layer(layer: FeatureLayer) -> dict[str, Any]:
    """A layer with what decides whether it does for a parameter."""
    number, other = FieldChoice(name="n", label="", numeric=True), FieldChoice(name="o", label="")
    timed = LayerChoice(name="t", label="", timed=True).fits(layer)
    fields = [[one.name, one.label, number.fits(one)] for one in attributes(layer) if other.fits(one)]
    return {"name": layer.name, "title": str(layer.title), "geometry": layer.geometry_kind, "timed": timed, "fields": fields}


def _words() -> dict[str, str]:
    """The page's sentences."""
    return {
        "title": _("Analyses"),
        "lead": _("Computed in the background from the rows that you see; looked at on the map before anything is kept."),
        "yours": _("Your analyses"),
        "none": _("Nothing yet."),
        "compute": _("Compute"),
        "another": _("All analyses"),
        "nothing": _("none"),
        "all": _("everywhere"),
        "waiting": _("Waiting for the worker …"),
        "cancel": _("Cancel"),
        "cancelled": _("The analysis was cancelled; nothing of it is stored."),
        "rows": _("rows"),
        "result": _("Result"),
        "firstRows": _("First rows"),
        "keep": _("Keep as a layer"),
        "layerTitle": _("Title of the layer"),
        "kept": _("The layer is on the map, in QGIS and in every service."),
        "toMap": _("To the map"),
        "again": _("Compute again"),
        "download": _("As a file"),
        "provenance": _("How it was computed"),
        "inputs": _("{rows} rows of “{title}”, last change no. {change}"),
        "files": _("{files} files of “{title}”"),
        "changed": _("Changed while it was computed: {names}"),
        "empty": _("Nothing meets these conditions."),
        "noAnswer": _("The service does not answer. Try again."),
        "newOne": _("New analysis"),
    }
