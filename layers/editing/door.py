"""From a layer to its editor, in a person's name."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import NotSignedIn
from gis_core.models import User
from layers.editing.contract import Editor, MayNotEdit, NotEditable, Operation
from layers.layer import Layer


def editor_of(layer: Layer, user: User | AnonymousUser, operation: Operation, note: str = "") -> Editor:
    """The editor for one kind of write. The layer was found in the catalogue, so the person sees it.

    Raises NotSignedIn (401, asks for Basic so that QGIS offers its dialogue), MayNotEdit (403), NotEditable (405).
    """
    kind: type[Editor] | None = getattr(layer, "editor", None)
    if kind is None or operation not in kind.operations:
        sentence = _("The layer “%(layer)s” takes no writes of the kind “%(operation)s”.")
        raise NotEditable(sentence % {"layer": layer.name, "operation": operation})
    if not isinstance(user, User):
        raise NotSignedIn(_("Sign in to change features."), headers={"WWW-Authenticate": 'Basic realm="ioc-map", charset="UTF-8"'})
    if not may_edit(layer, user):
        raise MayNotEdit(_("Your account sees the layer “%(layer)s” and may not change it.") % {"layer": layer.name})
    return kind(layer, user, note)  # type: ignore[arg-type]  # `editor` is an attribute of feature layers alone


def may_edit(layer: Layer, user: User | AnonymousUser) -> bool:
    """Whether a person may write to a layer at all: for lists of operations in capabilities and link relations."""
    return getattr(layer, "editor", None) is not None and bool(layer.reach(scope_of(user), "change"))
