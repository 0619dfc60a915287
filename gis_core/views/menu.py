"""What stands in the head of every page: each app's own pages, for those to whom they are open."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.utils.module_loading import import_string

from gis_core.access import Scope, scope_of

Entry = tuple[str, str]
"""An address and its words."""
Provider = Callable[[Scope], Iterable[Entry]]


def menu(request: HttpRequest) -> dict[str, Callable[[], list[Entry]]]:
    """For templates: `work_menu`, read by pages with that head alone."""
    return {"work_menu": partial(_of, getattr(request, "user", None))}


def entries(scope: Scope) -> list[Entry]:
    """The pages that exist for a scope, in the order of the setting HEAD_MENU."""
    return [entry for provider in _providers() for entry in provider(scope)]


def _of(user: Any) -> list[Entry]:
    if user is None or not user.is_authenticated:
        return []
    try:
        return entries(scope_of(user))
    except Error:
        # The page may be the one that tells of the database's failure.
        return []


@lru_cache(maxsize=1)
def _providers() -> list[Provider]:
    return [import_string(name) for name in settings.HEAD_MENU]
