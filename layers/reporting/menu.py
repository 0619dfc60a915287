"""The units' reports in the head of every page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.views.menu import Entry
from layers.models import ReportDuty


def entries(scope: Scope) -> list[Entry]:
    """For those who report for a unit."""
    return [(reverse("reports:list"), _("Unit reports"))] if ReportDuty.access.reach(scope, "change") else []
