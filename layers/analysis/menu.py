"""What stands in the head of every page for those who may use it: own data, analyses, briefings."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import Error
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.access import Scope, scope_of
from layers.analysis.rules import may_analyse
from layers.uploads.rules import may_bring

Entry = tuple[str, str]


def menu(request: HttpRequest) -> dict[str, Callable[[], list[Entry]]]:
    """For templates: `analysts_menu`, read by pages with that head alone."""
    return {"analysts_menu": partial(_entries, getattr(request, "user", None))}


def _entries(user: Any) -> list[Entry]:
    if user is None or not user.is_authenticated:
        return []
    try:
        return entries(scope_of(user))
    except Error:
        # The page may be the one that tells of the database's failure.
        return []


def entries(scope: Scope) -> list[Entry]:
    """(address, words) of the pages that exist for a scope."""
    found = [(reverse("uploads:list"), _("Your data"))] if may_bring(scope) else []
    if may_analyse(scope):
        found += [(reverse("analysis:list"), _("Analyses")), (reverse("briefings:list"), _("Briefings"))]
    return found
