"""Runs the loading steps: what is there is left alone, what is not is loaded part by part, each in its own transaction."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import psycopg
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from gis_core.db import conninfo
from gis_core.models import PilotStep
from gis_core.pilot.progress import Out
from gis_core.pilot.steps import Run, Step

# Two loads at once would write everything twice; the number only has to be nobody else's.
_LOCK = 0x1017_0001


class LoadRefused(Exception):
    """The database holds pilot data of another seed or scale, or another load is running. The message says what to do."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for; None: whatever is there, else the default."""

    seed: int | None
    scale: float | None
    day: date | None


def settle(wanted: Wanted, *, seed: int, scale: float, day: date) -> tuple[int, float, date]:
    """Seed, scale and date of the run: those of what is already loaded, else what was asked for, else the defaults.

    Raises LoadRefused when something else is loaded than was asked for.
    """
    loaded = PilotStep.objects.order_by("pk").first()
    if loaded is None:
        return (
            seed if wanted.seed is None else wanted.seed,
            scale if wanted.scale is None else wanted.scale,
            wanted.day or day,
        )
    asked = {"--seed": wanted.seed, "--scale": wanted.scale, "--date": wanted.day}
    there = {"--seed": loaded.seed, "--scale": loaded.scale, "--date": loaded.reference_date}
    different = [name for name, value in asked.items() if value is not None and value != there[name]]
    if different:
        have = ", ".join(f"{name} {there[name]}" for name in different)
        raise LoadRefused(f"Pilot data with {have} are loaded: add --reset to replace them, or leave the option out.")
    return loaded.seed, loaded.scale, loaded.reference_date


@contextlib.contextmanager
def only_load() -> Iterator[None]:
    """Make sure that no other load runs while this one does. Raises LoadRefused.

    The lock has a connection of its own: it ends with the load, whatever becomes of the load's transactions.
    """
    with psycopg.connect(conninfo("load_pilot"), autocommit=True) as own:
        row = own.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        if row != (True,):
            raise LoadRefused("Another load_pilot is at work on this database: wait for it to end.")
        yield


def missing_parts(steps: Iterable[Step]) -> list[tuple[Step, list[str]]]:
    """The steps that are not complete, with the parts they lack."""
    done = set(PilotStep.objects.values_list("step", "part"))
    lacking = [(step, [part for part in step.parts() if (step.name, part) not in done]) for step in steps]
    return [(step, parts) for step, parts in lacking if parts]


def load(missing: list[tuple[Step, list[str]]], run: Run) -> None:
    """Load the missing parts in order."""
    for step, parts in missing:
        run.progress.start(step.name, step.size(run.scale) if step.size else 0)
        for part in parts:
            _load_part(step, part, run)
        run.progress.finish()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _load_part(step: Step, part: str, run: Run) -> None:
    """One transaction: the rows and the note that they are there."""
    began = time.monotonic()
    with transaction.atomic():
        announce_as_bulk()
        with connection.cursor() as cursor:
            # A part may compute for minutes on a slow machine before it writes its first row.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        rows = step.load(run, part)
        PilotStep.objects.create(
            step=step.name,
            part=part,
            rows=rows,
            seconds=time.monotonic() - began,
            seed=run.seed,
            scale=run.scale,
            reference_date=run.day,
        )


def clear(steps: list[Step], out: Out) -> None:
    """Take away everything the steps loaded, last step first, in one transaction.

    Raises LoadRefused, with everything still there, when rows that are no demo data hang on demo rows.
    """
    try:
        with transaction.atomic():
            announce_as_bulk()
            for step in reversed(steps):
                out.write(f"removing {step.name}\n")
                step.clear()
            PilotStep.objects.all().delete()
    except (ProtectedError, IntegrityError) as error:
        raise LoadRefused(f"Nothing was removed, for other data refer to the pilot's: move or delete those first. ({error})") from error


def announce_as_bulk() -> None:
    """Until the transaction ends, have the change log say "read the table again" once instead of a row a feature.

    A limit on the time of statements, meant for requests, does not hold either.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ioc.bulk = 'on'; SET LOCAL statement_timeout = 0")
