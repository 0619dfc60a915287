"""What the pages hand to their scripts: addresses, the visitor, and each layer in words."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, override

from gis_core import crs
from gis_core.access import Reach, Scope, scope_of
from gis_core.changes.clock import clock
from gis_core.changes.hub import hub
from gis_core.models import Jurisdiction, User
from layers.analysis.rules import may_analyse
from layers.catalogue import catalogue
from layers.coverages.looks import is_heights
from layers.coverages.telling import band_name
from layers.layer import CoverageLayer, FeatureLayer, Layer
from layers.portrayal import legend_of, looks_of
from layers.presentation import presentation
from layers.summary import summary
from layers.uploads.rules import may_bring

Bounds = tuple[float, float, float, float]
# Where the map opens when no layer has rows yet: Tam Kỳ.
_HOME: Bounds = (108.44, 15.5, 108.56, 15.65)


def page_data(request: HttpRequest) -> dict[str, Any]:
    """The JSON of the element `page` (see gis_core/frontend/page.ts for the reader's side)."""
    hub.catch_up()
    scope = scope_of(request.user)
    layers = presentation.ordered(catalogue.visible_to(scope))
    entries = [layer_entry(request, layer, scope) for layer in layers if isinstance(layer, FeatureLayer)]
    # Last in the catalogue, as they lie below everything else.
    entries += [coverage_entry(request, layer) for layer in layers if isinstance(layer, CoverageLayer)]
    return {
        "urls": _urls() | _urls_of(scope),
        "bounds": _home(entries),
        "user": _user(request),
        "language": get_language(),
        "seq": clock.seq,
        "crs": {f"EPSG:{srid}": zone.proj4 for srid, zone in crs.ZONES.items()},
        "cadastral_crs": "EPSG:5899",
        "layers": entries,
    }


def layer_entry(request: HttpRequest, layer: FeatureLayer, scope: Scope) -> dict[str, Any]:
    """One layer: what it is, who answers for it, how fresh it is, how to connect."""
    setting = presentation.of(layer)
    reach = layer.reach(scope)
    found = summary(layer, reach)
    changed = last_change(layer, reach)
    return {
        "name": layer.name,
        "title": str(layer.title),
        "abstract": str(layer.abstract),
        "group": _group_key(layer),
        "group_title": str(layer.group),
        "geometry": layer.geometry_kind,
        "min_zoom": presentation.min_zoom(layer),
        "max_zoom": presentation.max_zoom(layer),
        "visible": setting.visible,
        "on_wall": setting.on_wall and "wall" in layer.services,
        "count": found.count,
        "bounds": found.bounds,
        "owner": setting.owner or None,
        "contact": _contact(layer),
        "cadence": str(setting.get_cadence_display()),
        "licence": setting.licence or None,
        "last_change": changed.isoformat() if changed else None,
        "overdue": setting.is_overdue(changed),
        "demo": bool(found.count) and layer.rows(reach).filter(is_demo=True).exists(),
        "legend": legend_of(layer),
        "time": layer.time_fields is not None,
        "moments": layer.moments,
        "connections": connections(request, layer),
    }


def coverage_entry(request: HttpRequest, layer: CoverageLayer) -> dict[str, Any]:
    """A raster, in the same words; what only layers of features have is empty."""
    setting = presentation.of(layer)
    days = layer.days
    return {
        "name": layer.name,
        "title": str(layer.title),
        "abstract": str(layer.abstract),
        "group": _group_key(layer),
        "group_title": str(layer.group),
        "geometry": "raster",
        "min_zoom": presentation.min_zoom(layer),
        "max_zoom": presentation.max_zoom(layer),
        "visible": setting.visible,
        "on_wall": setting.on_wall and "wall" in layer.services,
        "count": None,
        "bounds": list(layer.degrees),
        "owner": setting.owner or None,
        "contact": _contact(layer),
        "cadence": str(setting.get_cadence_display()),
        "licence": setting.licence or None,
        "last_change": None,
        "overdue": False,
        "demo": layer.is_demo,
        "legend": legend_of(layer),
        "time": days is not None and days[0] != days[1],
        "raster": {
            "unit": layer.unit or None,
            "bands": [band_name(layer, number) for number in range(1, len(layer.raster.bands) + 1)],
            "days": [day.isoformat() for day in days] if days else None,
            "heights": is_heights(layer.raster),
            "looks": looks_of(layer),
            "profile": reverse("query:profile", args=[layer.name]),
        },
        "connections": coverage_connections(request, layer),
    }


def coverage_connections(request: HttpRequest, layer: CoverageLayer) -> dict[str, str]:
    """The addresses under which clients find a raster."""
    root = request.build_absolute_uri("/").rstrip("/")
    return {
        "tilejson": f"{root}/tiles/{layer.name}.json",
        "tiles": f"{root}/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.webp",
        "wms": f"{root}/wms",
        "wmts": f"{root}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities",
        "value": f"{root}{reverse('query:value', args=[layer.name])}",
        "zonal": f"{root}{reverse('query:zonal', args=[layer.name])}",
    }


def _group_key(layer: Layer) -> str:
    """The group's name in the source language: the same in every language of the page."""
    with override(None):
        return str(layer.group)


def last_change(layer: FeatureLayer, reach: Reach) -> datetime | None:
    """When the rows that `reach` holds last changed, by the change log; nothing about anybody else's rows."""
    at = clock.changed_at(layer.table, reach)
    return datetime.fromtimestamp(at, tz=UTC) if at else None


def connections(request: HttpRequest, layer: FeatureLayer) -> dict[str, str]:
    """The addresses under which clients find the layer."""
    root = request.build_absolute_uri("/").rstrip("/")
    return {
        "tilejson": f"{root}/tiles/{layer.name}.json",
        "tiles": f"{root}/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt",
        "collection": f"{root}/ogc/collections/{layer.name}",
        "items": f"{root}/ogc/collections/{layer.name}/items",
        "ogc": f"{root}/ogc/",
        "wms": f"{root}/wms",
        "wmts": f"{root}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities",
        "qgis": f"{root}{reverse('qgis:definition', args=[layer.name])}",
        "qgis_page": f"{root}{reverse('qgis:page')}",
    }


def _urls() -> dict[str, str]:
    return {
        "style": "/tiles/style.json",
        "live": "/live/",
        "at_point": "/query/at-point",
        "search": "/query/search",
        "counts": reverse("counts"),
        "home": reverse("index"),
        "wall": reverse("wall"),
        "items": "/ogc/collections/{layer}/items",
        "login": reverse("login"),
        "logout": reverse("logout"),
        "tokens": reverse("tokens"),
        "screens": reverse("screens"),
        "admin": reverse("admin:index"),
        "language": reverse("set_language"),
        "worker": static("gis_core/dist/maplibre-worker.js"),
    }


def _urls_of(scope: Scope) -> dict[str, str]:
    """Pages that exist for some people alone."""
    uploads = {"uploads": reverse("uploads:list")} if may_bring(scope) else {}
    return uploads | ({"analysis": reverse("analysis:list")} if may_analyse(scope) else {})


def _user(request: HttpRequest) -> dict[str, Any] | None:
    user = request.user
    if not isinstance(user, User):
        return None
    held = Jurisdiction.objects.filter(user=user).select_related("unit")
    roles = [f"{jurisdiction.get_role_display()} – {jurisdiction.unit.name}" for jurisdiction in held]
    if user.is_superuser:
        roles.insert(0, gettext("administrator"))
    return {"name": user.get_full_name() or user.get_username(), "roles": roles, "staff": user.is_staff}


def _contact(layer: Layer) -> dict[str, str] | None:
    setting = presentation.of(layer)
    if not setting.contact_name:
        return None
    return {"name": setting.contact_name, "phone": setting.contact_phone, "email": setting.contact_email}


def _home(entries: list[dict[str, Any]]) -> Bounds:
    # Where the work is, before the outline of the whole province with its far islands.
    for name in ("parcels", "roads", "facilities", "admin_units"):
        for entry in entries:
            if entry["name"] == name and entry["bounds"]:
                bounds: Bounds = entry["bounds"]
                return bounds
    return _HOME
