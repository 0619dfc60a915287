"""Measured speeds of stretches of road, and stretches that events close: the verbs behind `POST /api/traffic` and the worker's clock."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.access import Reach
from layers.ingestion.series import Measured, Series
from layers.models import RoadEvent, RoadSegment, TrafficReading

__all__ = ["Measured", "apply_closures", "take_in"]
_EVERYTHING = Reach(everything=True)


def _follow(road: Any, reading: Any) -> tuple[str, ...]:
    """Speed now, and the state that it means; what an event closed stays closed until the event ends."""
    road.speed_kmh, road.observed_at = reading.speed_kmh, reading.observed_at
    if not road.closed_by:
        road.traffic_state = road.state_of(reading.speed_kmh)
    return ("speed_kmh", "observed_at", "traffic_state")


SERIES = Series(
    RoadSegment, TrafficReading, "road", "observed_at", "speed_kmh",
    columns=("road", "at", "speed_kmh"),
    unknown=_("there is no stretch of road “%(code)s”, or it is not yours to write"),
    follow=_follow,
    low=0,
    high=200,
)  # fmt: skip
take_in = SERIES.take_in


def closures(at: datetime) -> QuerySet[Any]:
    """The events that close a stretch of road at a moment."""
    in_force = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    rows: QuerySet[Any] = RoadEvent.objects.within(_EVERYTHING)
    return rows.filter(in_force, kind=RoadEvent.Kind.CLOSURE, starts_at__lte=at).exclude(road_code="")


def apply_closures(at: datetime | None = None) -> int:
    """Close the stretches whose closure has begun and open those whose closures have ended; returns how many changed."""
    rows: QuerySet[Any] = RoadSegment.objects.within(_EVERYTHING)
    closing = closures(at or timezone.now()).filter(road_code=OuterRef("code"))
    with transaction.atomic():
        shut = rows.filter(Exists(closing), closed_by="").select_for_update(of=("self",)).order_by("pk")
        free = rows.exclude(closed_by="").exclude(Exists(closing)).select_for_update(of=("self",)).order_by("pk")
        changed = [*_shut(list(shut), at), *_opened(list(free))]
        RoadSegment.objects.bulk_update(changed, ["traffic_state", "closed_by", "updated_at"])
    return len(changed)


def _shut(roads: list[Any], at: datetime | None) -> list[Any]:
    by = dict(closures(at or timezone.now()).order_by("-starts_at").values_list("road_code", "code"))
    for road in roads:
        road.closed_by, road.traffic_state, road.updated_at = by[road.code], road.State.CLOSED, timezone.now()
    return roads


def _opened(roads: list[Any]) -> list[Any]:
    for road in roads:
        road.closed_by, road.traffic_state, road.updated_at = "", road.state_of(road.speed_kmh), timezone.now()
    return roads
