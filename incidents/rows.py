"""Incidents' way through the one door to rows, typed."""

from typing import cast

from django.db.models import QuerySet

from gis_core.access import Reach
from incidents.models import Incident

EVERYBODY = Reach(everything=True)
"""For the service's own work: nobody is shown a row."""
PUBLIC = Reach(public=True)
"""What everybody sees."""


def incidents(reach: Reach) -> "QuerySet[Incident]":
    """The incidents inside `reach`."""
    return cast("QuerySet[Incident]", Incident.objects.within(reach))
