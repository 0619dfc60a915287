"""Handling units near an incident, free ones first."""

from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Count, Q

from incidents.models import HandlingUnit
from incidents.workflow.table import OPEN


def nearest(place: Point, limit: int = 8) -> list[dict[str, Any]]:
    """Active units with a base, by distance in metres; those that have room before those that are full."""
    load = Count("incidents", filter=Q(incidents__status__in=sorted(OPEN)))
    units = HandlingUnit.objects.filter(is_active=True, base__isnull=False).annotate(load=load, away=Distance("base", place))
    found = [_out(unit) for unit in units]
    return sorted(found, key=lambda unit: (not unit["free"], unit["distance_m"], unit["code"]))[:limit]


def _out(unit: Any) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "distance_m": round(unit.away.m),
        "open": unit.load,
        "capacity": unit.capacity,
        "free": unit.capacity is None or unit.load < unit.capacity,
    }
