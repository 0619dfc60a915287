"""The analysts' pages in the head of every page: own data, analyses, briefings."""

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.views.menu import Entry
from layers.analysis.rules import may_analyse
from layers.uploads.rules import may_bring


def entries(scope: Scope) -> list[Entry]:
    """Those that exist for a scope."""
    found = [(reverse("uploads:list"), _("Your data"))] if may_bring(scope) else []
    if may_analyse(scope):
        found += [(reverse("analysis:list"), _("Analyses")), (reverse("briefings:list"), _("Briefings"))]
    return found
