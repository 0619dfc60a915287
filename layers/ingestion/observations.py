"""Measurements of stations: the one verb behind `POST /api/observations`."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach
from layers.catalogue import catalogue
from layers.ingestion.batch import Outcome, RowFault, every
from layers.layer import FeatureLayer
from layers.models import Observation, Station

AHEAD = timedelta(minutes=10)  # clocks of loggers run fast


@dataclass(frozen=True)
class Measured:
    """A measurement as it arrives: the station by code or id."""

    station: str | int
    at: datetime
    result: float


def take_in(scope_reach: Reach, rows: Iterable[Measured]) -> Outcome:
    """Write a batch for somebody who may change the stations inside `scope_reach`. Raises BatchRefused.

    The same measurement counts once, however often and in whatever batches it comes; another result for the same moment is
    a correction. The stations of a batch are locked in the order of their keys: batches never wait for each other in a ring.
    """
    given = list(rows)
    layer = next(found for found in catalogue.feature_layers() if found.model is Station)
    with transaction.atomic():
        known = _stations(layer, scope_reach, given)
        read = every(given, lambda row: (_known(known, row), _moment(row), _result(row)))
        latest = {(station.pk, at): (station, result) for station, at, result in read}
        outcome = _write(latest, len(given))
        if outcome.created or outcome.corrected:
            _follow({station.pk: station for station, _result in latest.values()})
    return outcome


def _stations(layer: FeatureLayer, reach: Reach, rows: list[Measured]) -> dict[str | int, Station]:
    codes = {row.station for row in rows if isinstance(row.station, str)}
    ids = {row.station for row in rows if isinstance(row.station, int)}
    found = layer.rows(reach).select_for_update(of=("self",)).order_by("pk")
    stations = [*found.filter(code__in=codes), *found.filter(pk__in=ids)]
    return {key: station for station in stations for key in (station.code, station.pk)}


def _known(known: dict[str | int, Station], row: Measured) -> Station:
    if row.station not in known:
        raise RowFault("Datastream", _("there is no station “%(code)s”, or it is not yours to write") % {"code": str(row.station)[:40]})
    return known[row.station]


def _moment(row: Measured) -> datetime:
    if timezone.is_naive(row.at):
        raise RowFault("phenomenonTime", _("a time needs its offset: 2026-11-28T08:00:00+07:00"))
    if row.at > timezone.now() + AHEAD or row.at.year < 1900:
        raise RowFault("phenomenonTime", _("the time lies in the future or before 1900"))
    return row.at


def _result(row: Measured) -> float:
    if not math.isfinite(row.result) or abs(row.result) > 1e9:
        raise RowFault("result", _("a result is a finite number"))
    return row.result


def _write(latest: dict[tuple[int, datetime], tuple[Station, float]], received: int) -> Outcome:
    stations = {pk for pk, _at in latest}
    moments = {at for _pk, at in latest}
    there = {
        (row.station_id, row.phenomenon_time): row.result
        for row in Observation.objects.filter(station_id__in=stations, phenomenon_time__in=moments)
    }
    changed = {key: result for key, (_station, result) in latest.items() if there.get(key) != result}
    Observation.objects.bulk_create(
        [Observation(station_id=pk, phenomenon_time=at, result=result) for (pk, at), result in changed.items()],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["station", "phenomenon_time"],
        update_fields=["result"],
    )
    corrected = sum(key in there for key in changed)
    return Outcome(received, len(changed) - corrected, corrected, received - len(changed))


def _follow(stations: dict[int, Station]) -> None:
    """Latest result and state of the stations; one statement, so one entry each in the change log."""
    newest = Observation.objects.filter(station_id__in=stations).order_by("station_id", "-phenomenon_time").distinct("station_id")
    now = timezone.now()
    for row in newest:
        station = stations[row.station_id]
        station.latest_result, station.latest_at, station.state = row.result, row.phenomenon_time, station.state_of(row.result)
        station.updated_at = now
    Station.objects.bulk_update(stations.values(), ["latest_result", "latest_at", "state", "updated_at"])
