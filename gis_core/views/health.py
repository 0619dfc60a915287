"""Liveness, readiness and metrics for the operators and their monitoring."""

import os
import shutil
from collections.abc import Callable
from ipaddress import ip_address

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from gis_core.changes.hub import hub, unready_after
from gis_core.db import conninfo
from gis_core.errors import NotFound
from gis_core.observing import gauges


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process lives. Nothing else is asked, so that a database's trouble does not restart the service."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when requests can be served; 503 with the names of what is not ready. `change_seq` is the last change that this
    process knows; `impaired` names what needs a person but does not keep this process from serving. Details stay in the log.

    What asks a database that does not answer is left out: each would wait for it, and who balances the load waits for us.
    """
    answers = _holds(PROBES["database"])
    skipped: frozenset[str] = frozenset() if answers else ASK_THE_DATABASE
    checked = [name for name in PROBES if name not in skipped]
    failed = [name for name in checked if not (answers if name == "database" else _holds(PROBES[name]))]
    impaired = [name for name, probe in IMPAIRMENTS.items() if name not in skipped and not _holds(probe)]
    body = {"ready": not failed, "failed": failed, "impaired": impaired, "checked": checked, "change_seq": hub.clock.seq}
    return JsonResponse(body, status=503 if failed else 200, headers={"Cache-Control": "no-store"})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text format, for the monitoring on this machine and for staff.

    Labels name layers that not everybody may know of. Raises NotFound for anybody else.
    """
    if not (_is_local(request) or getattr(request.user, "is_staff", False)):
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _is_local(request: HttpRequest) -> bool:
    """From this machine and not through a proxy on it."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback and "X-Forwarded-For" not in request.headers


def _database() -> bool:
    if hub.running and hub.age > _HEARD_SECONDS:
        # The pool would wait seconds for a connection; a refusal or a silence is known sooner.
        psycopg.connect(conninfo("ready"), connect_timeout=2).close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT pg_is_in_recovery() OR true")
        return bool(cursor.fetchone())


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _follower() -> bool:
    return not hub.running or hub.age < unready_after()


def _data_dir() -> bool:
    return os.access(settings.DATA_DIR, os.W_OK | os.X_OK)


PROBES: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "follower": _follower,
    "data_dir": _data_dir,
}


def _disk() -> bool:
    usage = shutil.disk_usage(settings.DATA_DIR)
    return usage.free > usage.total * MIN_FREE_SHARE


def _queue() -> bool:
    return _figure("queue_age_seconds") < MAX_QUEUE_SECONDS


def _audit() -> bool:
    return _figure("audit_unsealed_seconds") < MAX_UNSEALED_SECONDS


def _figure(name: str) -> float:
    return next(float(sample.value) for metric in gauges.figures(name) for sample in metric.samples)


ASK_THE_DATABASE = frozenset({"migrations", "queue", "audit_log"})
_HEARD_SECONDS = 1.5  # the follower reads once a second
MIN_FREE_SHARE = 0.1
MAX_QUEUE_SECONDS = 600
MAX_UNSEALED_SECONDS = 600
IMPAIRMENTS: dict[str, Callable[[], bool]] = {"disk": _disk, "queue": _queue, "audit_log": _audit}


def _holds(probe: Callable[[], bool]) -> bool:
    try:
        return probe()
    except Exception:  # noqa: BLE001  whatever goes wrong in a probe means "not ready"
        return False
