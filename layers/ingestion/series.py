"""Measurements in time of rows of a layer (stations, stretches of road): once, in whatever batches they come."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach
from layers.catalogue import catalogue
from layers.ingestion.batch import Outcome, RowFault, every
from layers.layer import FeatureLayer

AHEAD = timedelta(minutes=10)  # clocks of loggers run fast


@dataclass(frozen=True)
class Measured:
    """A measurement as it arrives: whose it is by code or id, when, and the result."""

    station: str | int
    at: datetime
    result: float


@dataclass(frozen=True)
class Series:
    """`host` are the rows that are measured (by `code` or id), `readings` their measurements in time: `owner`, `time`, `result` name
    its columns. `columns` are the names that senders know (whose, when, what). `follow` writes to hosts what their newest
    reading means and names the columns it wrote.
    """

    host: Any
    readings: Any
    owner: str
    time: str
    result: str
    columns: tuple[str, str, str]
    unknown: Any
    follow: Callable[[Any, Any], tuple[str, ...]]
    low: float = -1e9
    high: float = 1e9

    def take_in(self, reach: Reach, rows: Iterable[Measured]) -> Outcome:
        """Write a batch for somebody who may change the hosts inside `reach`. Raises BatchRefused.

        The same measurement counts once; another result for the same moment is a correction. The hosts of a batch are locked in
        the order of their keys: batches never wait for each other in a ring.
        """
        given = list(rows)
        layer = next(found for found in catalogue.feature_layers() if found.model is self.host)
        with transaction.atomic():
            known = _hosts(layer, reach, given)
            read = every(given, lambda row: (self._known(known, row), self._moment(row), self._result(row)))
            latest = {(host.pk, at): (host, result) for host, at, result in read}
            outcome = self._write(latest, len(given))
            if outcome.created or outcome.corrected:
                self._follow({host.pk: host for host, _result in latest.values()})
        return outcome

    def _known(self, known: Mapping[str | int, Any], row: Measured) -> Any:
        if row.station not in known:
            raise RowFault(self.columns[0], str(self.unknown) % {"code": str(row.station)[:40]})
        return known[row.station]

    def _moment(self, row: Measured) -> datetime:
        if timezone.is_naive(row.at):
            raise RowFault(self.columns[1], _("a time needs its offset: 2026-11-28T08:00:00+07:00"))
        if row.at > timezone.now() + AHEAD or row.at.year < 1900:
            raise RowFault(self.columns[1], _("the time lies in the future or before 1900"))
        return row.at

    def _result(self, row: Measured) -> float:
        if not math.isfinite(row.result) or abs(row.result) > 1e9:
            raise RowFault(self.columns[2], _("a result is a finite number"))
        if not self.low <= row.result <= self.high:
            words = {"low": f"{self.low:g}", "high": f"{self.high:g}"}
            raise RowFault(self.columns[2], _("a value from %(low)s to %(high)s is expected") % words)
        return row.result

    def _write(self, latest: Mapping[tuple[int, datetime], tuple[Any, float]], received: int) -> Outcome:
        manager: models.Manager[Any] = self.readings.objects
        owners, moments = {pk for pk, _at in latest}, {at for _pk, at in latest}
        found = manager.filter(**{f"{self.owner}_id__in": owners, f"{self.time}__in": moments})
        there = {tuple(key): result for *key, result in found.values_list(f"{self.owner}_id", self.time, self.result)}
        changed = {key: result for key, (_host, result) in latest.items() if there.get(key) != result}
        manager.bulk_create(
            [self.readings(**{f"{self.owner}_id": pk, self.time: at, self.result: result}) for (pk, at), result in changed.items()],
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=[self.owner, self.time],
            update_fields=[self.result],
        )
        corrected = sum(key in there for key in changed)
        return Outcome(received, len(changed) - corrected, corrected, received - len(changed))

    def _follow(self, hosts: dict[int, Any]) -> None:
        """What the newest readings mean for their hosts; one statement, so one entry each in the change log."""
        manager: models.Manager[Any] = self.readings.objects
        newest = (
            manager.filter(**{f"{self.owner}_id__in": hosts}).order_by(f"{self.owner}_id", f"-{self.time}").distinct(f"{self.owner}_id")
        )
        now, written = timezone.now(), set[str]()
        for reading in newest:
            host = hosts[getattr(reading, f"{self.owner}_id")]
            written |= set(self.follow(host, reading))
            host.updated_at = now
        self.host._default_manager.bulk_update(hosts.values(), sorted(written | {"updated_at"}))


def _hosts(layer: FeatureLayer, reach: Reach, rows: list[Measured]) -> dict[str | int, Any]:
    codes = {row.station for row in rows if isinstance(row.station, str)} - {""}
    ids = {row.station for row in rows if isinstance(row.station, int)}
    found = layer.rows(reach).select_for_update(of=("self",)).order_by("pk")
    hosts = [*found.filter(code__in=codes), *found.filter(pk__in=ids)]
    return {key: host for host in hosts for key in (host.code, host.pk)}
