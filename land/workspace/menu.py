"""The land office in the head of every page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.views.menu import Entry
from land.models import ParcelChange


def entries(scope: Scope) -> list[Entry]:
    """For officers and approvers."""
    return [(reverse("land:work"), _("Land office"))] if ParcelChange.view_rule.reach(scope) else []
