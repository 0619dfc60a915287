"""The dispatch board in the head of every page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.views.menu import Entry
from incidents.rows import staff_reach_of


def entries(scope: Scope) -> list[Entry]:
    """For everybody who works with incidents."""
    return [(reverse("incidents:board"), _("Dispatch board"))] if staff_reach_of(scope) else []
