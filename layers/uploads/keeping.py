"""What the owner of an uploaded layer does with it: style, title, access, former versions, removal.

Tables are made and dropped by the worker alone, so bringing a version back and removing a layer are jobs like uploads.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, NotFound
from gis_core.models import AdminUnit, User
from layers.coverages.looks import checked as checked_look
from layers.coverages.scene import Scene
from layers.imports import looks
from layers.imports.watch import renew
from layers.models import ImportedLayer, LayerVersion, Upload
from layers.uploads.asked import Answers, Plan
from layers.uploads.office import queue
from layers.uploads.rules import RULE, checked, checked_public, layer_of, may_open


def proposed(user: User, name: str, kind: looks.Kind, field: str, count: int, method: looks.Method, ramp: str) -> dict[str, Any]:
    """A look from the layer's rows. Raises NotFound, BadParameter."""
    layer = layer_of(user, name)
    if layer.is_coverage:
        raise BadParameter(_("A raster's style is chosen without a proposal: see its description."), field="kind")
    return looks.proposal(layer, kind, field, count, method, ramp)


def draw(user: User, name: str, look: dict[str, Any] | None, label: str | None) -> ImportedLayer:
    """Keep a look. Raises NotFound, BadParameter."""
    layer = layer_of(user, name)
    if layer.is_coverage:
        _draw_raster(layer, look)
    else:
        looks.keep(layer, look, label)
    return layer


def _draw_raster(layer: ImportedLayer, look: dict[str, Any] | None) -> None:
    """None: as the data suggest."""
    raster = Scene.from_dict((layer.raster or {})["scenes"][0]).raster
    layer.look = None if look is None else checked_look(look, raster).as_dict()
    with transaction.atomic():
        layer.save()
        transaction.on_commit(renew)


def share(user: User, name: str, title: str | None, public: bool | None, units: list[int] | None = None) -> ImportedLayer:
    """Title and access; of a raster also the units whose staff see it. Raises NotFound, BadParameter."""
    layer = layer_of(user, name)
    if units is not None:
        layer.units = _checked_units(user, layer, units)
    if public is not None:
        opened = checked_public(checked(user), public=public)
        layer.access = ImportedLayer.Access.PUBLIC if opened else ImportedLayer.Access.SCOPED
    layer.title = (title or layer.title).strip()
    with transaction.atomic():
        layer.save()
        transaction.on_commit(renew)
    return layer


def _checked_units(user: User, layer: ImportedLayer, units: list[int]) -> list[int]:
    """Units inside of the person's own work. Raises BadParameter."""
    scope = checked(user)
    if not layer.is_coverage:
        raise BadParameter(_("The rows of a table are shared by the unit in which each lies."), field="units")
    known = set(AdminUnit.objects.filter(pk__in=units).values_list("pk", flat=True))
    own = known if may_open(scope) else known & scope.units(RULE.change)
    for unit in units:
        if unit not in own:
            raise BadParameter(_("units: %(unit)d is none of your units.") % {"unit": unit}, field="units")
    return sorted(set(units))


def restore(user: User, name: str, number: int) -> Upload:
    """Queue the return of a former version. Raises NotFound."""
    layer = layer_of(user, name)
    if not LayerVersion.objects.filter(layer=layer, number=number).exclude(table="").exists():
        raise NotFound(_("Version %(number)d of this layer is not kept.") % {"number": number}, field="number")
    return _queued(user, layer, Plan(mode="rollback", target=name, number=number))


def remove(user: User, name: str) -> Upload:
    """Queue the removal of a layer. Raises NotFound."""
    return _queued(user, layer_of(user, name), Plan(mode="remove", target=name))


def _queued(user: User, layer: ImportedLayer, plan: Plan) -> Upload:
    job = Upload(author=user, name=layer.title[:120], asked=Answers().as_dict(), plan=plan.as_dict(), state=Upload.State.CONFIRMED)
    job.save()
    queue(job)
    return job
