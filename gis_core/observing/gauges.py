"""Metrics that are looked up when somebody asks for `/metrics`: the database's, the queue's, the disk's, the audit log's.

Each is one short query or a look at memory; what cannot be asked is left out, so that a database in trouble still shows the
process's own figures. `gauges_failed` names how many could not be asked.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress

from django.apps import apps
from django.conf import settings
from django.db import Error, connection
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gis_core.models.job import Job

_AUDIT = """
    SELECT coalesce((SELECT max(number) FROM audit_seal), 0),
        coalesce((SELECT extract(epoch FROM now() - min(at)) FROM audit_entry e
            WHERE e.id > coalesce((SELECT max(entry) FROM audit_seal), 0)), 0)
"""
_QUEUE = """
    SELECT j.status, count(*), coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), 0)
    FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
    WHERE j.status IN ('todo', 'doing') GROUP BY j.status
"""
_BACKENDS = """
    SELECT coalesce(state, 'other'), count(*), coalesce(max(extract(epoch FROM now() - query_start)) FILTER (WHERE state = 'active'), 0)
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' GROUP BY 1
"""
_JOBS = "SELECT state, count(*) FROM {} GROUP BY state"


def _rows(statement: str) -> list[tuple[str, float, float]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _pool() -> Iterator[Metric]:
    """Django's pool of this process."""
    pool = getattr(connection, "pool", None)
    stats = pool.get_stats() if pool is not None else {}
    size, free = stats.get("pool_size", 0), stats.get("pool_available", 0)
    yield GaugeMetricFamily("db_pool_size", "Connections of this process's pool.", size)
    yield GaugeMetricFamily("db_pool_in_use", "Of them in use.", size - free)
    yield GaugeMetricFamily("db_pool_waiting", "Requests that wait for one.", stats.get("requests_waiting", 0))


def _backends() -> Iterator[Metric]:
    counts = GaugeMetricFamily("db_backends", "Connections of this database by state.", labels=["state"])
    longest = 0.0
    for state, number, age in _rows(_BACKENDS):
        counts.add_metric([state], number)
        longest = max(longest, float(age))
    yield counts
    yield GaugeMetricFamily("db_longest_statement_seconds", "Age of the oldest running statement.", longest)


def _queue() -> Iterator[Metric]:
    counts = GaugeMetricFamily("queue_jobs", "Jobs of the background worker by state.", labels=["state"])
    ages = {"todo": 0.0}
    for state, number, age in _rows(_QUEUE):
        counts.add_metric([state], number)
        ages[state] = max(0.0, float(age))
    yield counts
    yield GaugeMetricFamily("queue_age_seconds", "How long the oldest due job waits.", ages["todo"])


def _imports() -> Iterator[Metric]:
    family = GaugeMetricFamily("import_jobs", "Imports and uploads by kind and state.", labels=["kind", "state"])
    for model in apps.get_models():
        if issubclass(model, Job):
            for state, number in _rows(_JOBS.format(connection.ops.quote_name(model._meta.db_table))):  # type: ignore[misc]
                family.add_metric([model._meta.model_name or "", state], number)
    yield family


def _audit() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT)
        number, age = cursor.fetchone()
    yield GaugeMetricFamily("audit_links", "Links of the audit log's chain.", number)
    yield GaugeMetricFamily("audit_unsealed_seconds", "Age of the oldest audit entry that waits for its link.", float(age))


def _disk() -> Iterator[Metric]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    yield GaugeMetricFamily("data_dir_free_bytes", "Free space where uploads and photos lie.", usage.free)
    yield GaugeMetricFamily("data_dir_size_bytes", "Size of that disk.", usage.total)


GAUGES: tuple[Callable[[], Iterator[Metric]], ...] = (_disk, _pool, _backends, _queue, _imports, _audit)


def figures(name: str) -> list[Metric]:
    """The family `name`. Raises what asking for it raises."""
    groups = {"queue_age_seconds": _queue, "audit_unsealed_seconds": _audit}
    return [metric for metric in groups[name]() if metric.name == name]


class Gauges(Collector):
    """All of the above as one collector."""

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """At each scrape."""
        failed = 0
        for gauge in GAUGES:
            try:
                yield from list(gauge())
            except (Error, OSError):
                failed += 1
        yield GaugeMetricFamily("gauges_failed", "Groups of figures that could not be looked up.", failed)


with suppress(ValueError):  # registered already (the module was loaded twice)
    REGISTRY.register(Gauges())
