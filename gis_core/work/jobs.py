"""Work in the background: how far it is, its end on demand, and never two processes at one job.

A job runs in a process of its own, which its worker watches: it is killed when somebody cancels it, when it takes too long and
when the worker dies. Everything it writes is one transaction, so that nothing is left half-done.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, connections
from django.db.models import QuerySet
from django.utils import timezone

from gis_core.models.job import BackgroundWork

_TICK_SECONDS = 0.5
DEAD_AFTER = timedelta(minutes=3)
_PR_SET_PDEATHSIG = 1


class Cancelled(Exception):
    """Somebody asked for the end of the job."""


class Progress:
    """Writes how far a job is, twice a second at most, and raises Cancelled when its end is asked for.

    Over a connection of its own: nothing of the job's transaction would be seen before its end.
    """

    def __init__(self, job: BackgroundWork) -> None:
        self.job, self.last, self.what, self.counts = job, 0.0, "", (0, 0)
        # Inside somebody's transaction (a test's) another connection would not see the job at all.
        self.own = None if connection.in_atomic_block else connections["default"].copy()

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        now = time.monotonic()
        self.counts = done, total
        if what == self.what and now - self.last < _TICK_SECONDS:
            return
        self.what, self.last = what, now
        table = connection.ops.quote_name(self.job._meta.db_table)
        sql = f"UPDATE {table} SET step = %s, done = %s, total = %s, updated_at = now() WHERE id = %s RETURNING cancel_asked"  # noqa: S608  quoted
        with (self.own or connection).cursor() as cursor:
            cursor.execute(sql, [what[:200], done, total, self.job.pk])
            answer = cursor.fetchone()
        if answer is None or answer[0]:
            raise Cancelled

    def last_look(self) -> None:
        """Raises Cancelled also when the end was asked for a moment ago."""
        self.last = 0.0
        self(self.what, *self.counts)

    def close(self) -> None:
        """Give the connection back."""
        if self.own is not None:
            self.own.close()


@contextlib.contextmanager
def alone(job: BackgroundWork) -> Iterator[bool]:
    """Whether no other process works on the job; held until the end of the block."""
    key = f"job {job.uid}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def store(job: BackgroundWork, **values: Any) -> None:
    """Set columns of a job."""
    for name, value in values.items():
        setattr(job, name, value)
    job.save(update_fields=[*values, "updated_at"])


def left_behind(jobs: "QuerySet[Any]") -> list[UUID]:
    """Of some jobs those that a worker began and does not report on any more, and those that nobody has begun."""
    silent = timezone.now() - DEAD_AFTER
    return list(jobs.filter(state__in=jobs.model.busy, updated_at__lt=silent).values_list("uid", flat=True))


def die_with_parent() -> None:
    """First act of a job's process: its worker's death is its own."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def supervise(job: BackgroundWork, command: str, seconds: int) -> int | None:
    """Run `manage.py COMMAND UID` until it ends; its exit code, or None when it was killed because somebody cancelled the job.

    Raises TimeoutError when it took longer than `seconds`. The process may make tables where LOADER_DATABASE_URL says so.
    """
    deadline = time.monotonic() + seconds
    process = subprocess.Popen(  # noqa: S603  our own interpreter and our own command
        [sys.executable, str(settings.BASE_DIR / "manage.py"), command, str(job.uid)],
        stdin=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
    )
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(_TICK_SECONDS)
            if _cancelled(job):
                return None
            if time.monotonic() > deadline:
                raise TimeoutError
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment() -> Mapping[str, str]:
    url = settings.LOADER_DATABASE_URL
    if not url:
        return os.environ
    return {**{name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"}, "DATABASE_URL": url}


def _cancelled(job: BackgroundWork) -> bool:
    """Whether the end of the job was asked for; the look is a sign of life too."""
    table = connection.ops.quote_name(job._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET updated_at = now() WHERE id = %s RETURNING cancel_asked", [job.pk])  # noqa: S608  quoted
        answer = cursor.fetchone()
    return answer is None or bool(answer[0])
