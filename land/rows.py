"""Land's way through the one door to rows, typed."""

from typing import cast

from django.db.models import QuerySet

from gis_core.access import Reach
from land.models import Parcel

EVERYBODY = Reach(everything=True)
"""For the verbs themselves: a neighbour gets its vertex whoever may see it."""


def parcels(reach: Reach) -> "QuerySet[Parcel]":
    """All versions of the parcels inside `reach`."""
    return cast("QuerySet[Parcel]", Parcel.objects.within(reach))


def heads(reach: Reach) -> "QuerySet[Parcel]":
    """The newest version of each parcel inside `reach`, living or retired."""
    return parcels(reach).filter(superseded_at__isnull=True)
