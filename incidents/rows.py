"""Incidents' way through the one door to rows, typed."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from gis_core.access import Reach, Scope, scope_of
from gis_core.models import User
from incidents.models import Incident, Instruction

EVERYBODY = Reach(everything=True)
"""For the service's own work: nobody is shown a row."""
PUBLIC = Reach(public=True)
"""What everybody sees."""


def incidents(reach: Reach) -> "QuerySet[Incident]":
    """The incidents inside `reach`."""
    return cast("QuerySet[Incident]", Incident.objects.within(reach))


def seen_by(user: User | AnonymousUser) -> "QuerySet[Incident]":
    """The incidents that a person may see."""
    return cast("QuerySet[Incident]", Incident.objects.restrict(user))


def instructions(reach: Reach) -> "QuerySet[Instruction]":
    """The instructions inside `reach`."""
    return cast("QuerySet[Instruction]", Instruction.objects.within(reach))


def staff_reach(user: object) -> Reach:
    """The incidents that somebody sees by work, not because they are public: what the board shows. Empty for everybody else."""
    return staff_reach_of(scope_of(user))


def staff_reach_of(scope: Scope) -> Reach:
    """The same of a scope."""
    reach = Incident.access.reach(scope)
    return reach if reach.everything else Reach(units=reach.units)


def office_reach_of(scope: Scope) -> Reach:
    """Not empty for everybody who works with incidents or with instructions: who sees the board may ask for the instructions on it."""
    return staff_reach_of(scope) or Instruction.access.reach(scope)
