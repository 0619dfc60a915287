"""Who may write: rights of the layers' editors, and requests that a foreign page cannot forge."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from gis_core.access import scope_of
from gis_core.models import User
from layers.editing.contract import Operation
from layers.editing.door import may_edit
from layers.wfs.types import feature_types

# The names of operations in editors; "create" is Insert here.
EVERY: tuple[Operation, ...] = ("create", "update", "replace", "delete")


def editable_types(user: User | AnonymousUser) -> frozenset[str]:
    """The types that a person may write to, for capabilities."""
    return frozenset(layer.name for layer in feature_types(scope_of(user)) if may_edit(layer, user))


def refuse_foreign_page(request: HttpRequest) -> None:
    """Raises PermissionDenied for a request that a browser sends for another site's page with our session or credentials.

    GIS programs send no Origin; Bearer tokens are never sent by a browser on its own.
    """
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    if origin is not None and origin != own and not request.headers.get("Authorization", "").startswith("Bearer "):
        raise PermissionDenied
