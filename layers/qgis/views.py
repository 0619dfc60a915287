"""`/qgis/`: the page, projects, layer definitions and style files."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis_core.access import scope_of
from gis_core.changes.hub import hub
from gis_core.errors import BadParameter, NotFound, UnknownParameter
from gis_core.models import AccessToken, User
from gis_core.views.tokens import MAX_TOKENS
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.presentation import presentation
from layers.qgis.maplayers import Access
from layers.qgis.project import definition, project
from layers.styling.icons import icon_parts, icon_svg
from layers.styling.qml import qml_document
from layers.styling.sld import sld_document

# The id that a person gives to the configuration in QGIS's own store of passwords: seven letters, as QGIS wants.
CONFIGURATION = "iocmap1"
_QGZ, _QLR, _QML = "application/x-qgis-project", "application/x-qgis-layer-definition", "application/x-qgis-layer-settings"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """How to work in QGIS, with a button for everything and one for each layer."""
    _no_parameters(request)
    context = {"layers": _layers(request), "configuration": CONFIGURATION, "origin": _origin(request)}
    return _unkept(render(request, "layers/qgis.html", context))


@require_safe
def project_file(request: HttpRequest) -> HttpResponse:
    """The project without credentials: QGIS takes them from the configuration `iocmap1` of its own store."""
    _no_parameters(request)
    return _project(request, _access(request))


@login_required
@require_POST
def project_with_token(request: HttpRequest) -> HttpResponse:
    """The project with a new token of this person's inside, which can be revoked like every other."""
    user = request.user
    assert isinstance(user, User)
    if user.access_tokens.count() >= MAX_TOKENS:
        raise BadParameter(_("You have %(limit)d tokens already; revoke one first.") % {"limit": MAX_TOKENS})
    name = _("QGIS project of %(day)s") % {"day": timezone.localdate().strftime("%d/%m/%Y")}
    _token, secret = AccessToken.objects.issue(user, name)
    return _project(request, Access(_origin(request), username=user.get_username(), token=secret))


@require_safe
def layer_definition(request: HttpRequest, name: str) -> HttpResponse:
    """One layer for any project. 404 alike for unknown and forbidden layers."""
    _no_parameters(request)
    layer = _layer(request, name)
    return _file(definition(layer, scope_of(request.user), _access(request)), _QLR, f"{layer.name}.qlr")


@require_safe
def style_file(request: HttpRequest, name: str) -> HttpResponse:
    """The layer's style for QGIS. 404 alike for unknown and forbidden layers."""
    _no_parameters(request)
    layer = _layer(request, name)
    return _file(qml_document(layer), _QML, f"{layer.name}.qml")


@require_safe
def sld_file(request: HttpRequest, name: str) -> HttpResponse:
    """The layer's style for every GIS that reads SLD 1.1. 404 alike for unknown and forbidden layers."""
    _no_parameters(request)
    layer = _layer(request, name)
    content = sld_document([layer], {"default": "light"}, origin=_origin(request))
    return _file(content, "application/vnd.ogc.sld+xml", f"{layer.name}.sld")


@require_safe
def icon(request: HttpRequest, icon: str, colour: str) -> HttpResponse:
    """A pin that styles name `<icon>/<rrggbb>`, as SVG: what SLD refers to. The same for everybody."""
    _no_parameters(request)
    image = f"{icon}/{colour}"
    if icon_parts(image) is None:
        raise NotFound(_("Icons are at icons/<name>/<rrggbb>.svg."))
    return HttpResponse(icon_svg(image), content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def _project(request: HttpRequest, access: Access) -> HttpResponse:
    hub.catch_up()
    return _file(project(_layers(request), scope_of(request.user), access), _QGZ, "ioc-map.qgz")


def _layers(request: HttpRequest) -> list[FeatureLayer]:
    visible = presentation.ordered(catalogue.visible_to(scope_of(request.user), "wfs"))
    return [layer for layer in visible if isinstance(layer, FeatureLayer)]


def _layer(request: HttpRequest, name: str) -> FeatureLayer:
    return catalogue.features(name, scope_of(request.user), "wfs")


def _access(request: HttpRequest) -> Access:
    return Access(_origin(request), configuration=CONFIGURATION if request.user.is_authenticated else "")


def _origin(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _no_parameters(request: HttpRequest) -> None:
    if request.GET:
        sentence = _("The parameter “%(name)s” is not known here; accepted are: %(accepted)s.")
        name = next(iter(request.GET))[:80]
        raise UnknownParameter(sentence % {"name": name, "accepted": "–"}, field=name)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return _unkept(HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}))


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response
