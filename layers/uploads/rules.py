"""Who may bring files, and who may change which uploaded layer. Unknown and forbidden are the same."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.access import AccessRule, Reach, Scope, scope_of
from gis_core.errors import BadParameter, NotFound
from gis_core.models import AdminUnit, Role, User
from layers.models import ImportedLayer, Upload

# Analysts and administrators bring files.
RULE = AccessRule(change=frozenset({Role.ANALYST, Role.ADMINISTRATOR}))
# What everybody in the world may see is not one analyst's decision.
_OPENERS = AccessRule(change=frozenset({Role.ADMINISTRATOR}))


def may_bring(scope: Scope) -> bool:
    """Whether uploads exist for this scope."""
    return bool(bringing(scope))


def bringing(scope: Scope) -> Reach:
    """The units in which this scope may bring rows; empty for everybody without such work."""
    return RULE.reach(scope, "change")


def may_open(scope: Scope) -> bool:
    """Whether this scope may publish rows to everybody."""
    return bool(_OPENERS.reach(scope, "change"))


def checked(user: User) -> Scope:
    """The scope of somebody who may bring files. Raises NotFound."""
    scope = scope_of(user)
    if not may_bring(scope):
        raise NotFound(_("Uploads are not open to your account."))
    return scope


def visible(user: User) -> "QuerySet[Upload]":
    """A person's own uploads, newest first."""
    checked(user)
    return Upload.objects.filter(author=user).select_related("author").order_by("-created_at")


def layers_of(user: User) -> "QuerySet[ImportedLayer]":
    """The uploaded layers that a person may change: the own ones, for administrators all."""
    scope = checked(user)
    rows = ImportedLayer.objects.select_related("owner")
    return rows if may_open(scope) else rows.filter(owner=user)


def layer_of(user: User, name: str) -> ImportedLayer:
    """One of them. Raises NotFound."""
    found = layers_of(user).filter(name=name).first()
    if found is None:
        raise NotFound(_("There is no uploaded layer “%(name)s”, or it is not yours.") % {"name": name[:60]}, field="layer")
    return found


def units_of(user: User) -> tuple[AdminUnit, ...]:
    """The units in which a person's rows may lie: those of the work as an analyst; none given means all of them."""
    scope = scope_of(user)
    if scope.superuser:
        return ()
    held = _highest(scope.units(RULE.change))
    return tuple(AdminUnit.objects.current().filter(pk__in=held).order_by("path"))


def _highest(units: Iterable[int]) -> list[int]:
    """Of units closed downwards those that have none above them in the set."""
    chosen = set(units)
    parents = dict(AdminUnit.objects.filter(pk__in=chosen).values_list("pk", "parent_id"))
    return [pk for pk, parent in parents.items() if parent not in chosen]


def checked_public(scope: Scope, *, public: bool) -> bool:
    """Whether rows are opened to everybody. Raises BadParameter."""
    if public and not may_open(scope):
        raise BadParameter(_("Only an administrator opens a layer to everybody. Share it by administrative unit."), field="public")
    return public
