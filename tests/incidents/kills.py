"""Kills intake at seeded points: `python -m tests.incidents.kills COUNT SEED` prints what was broken afterwards, as JSON.

Each life of a report runs in a process of its own that is killed (SIGKILL) before or after a statement, a commit, a sync or a
rename; then the client does what clients do: it sends again, perhaps to be cut off once more. Run by test_kills.py.
"""

import json
import os
import random
import signal
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection, connections  # noqa: E402  Django must be set up first

from incidents.intake import NewReport, take_in  # noqa: E402
from incidents.models import Photo, Reporter  # noqa: E402
from incidents.photos import store  # noqa: E402
from incidents.photos.darkroom import darkroom  # noqa: E402
from incidents.photos.take_in import add_photo  # noqa: E402
from incidents.photos.tasks import develop_photo, sweep  # noqa: E402
from incidents.rows import EVERYBODY, incidents  # noqa: E402
from tests.incidents.reports import jpeg, report  # noqa: E402

PHOTOS = 2


class Killer:
    """Counts steps and ends this process at one of them."""

    def __init__(self, at: int) -> None:
        self.at, self.steps = at, 0

    def step(self) -> None:
        """One more point at which a process can die."""
        self.steps += 1
        if self.steps == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work with a step before and after it."""

        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.step()
            done = work(*arguments, **named)
            self.step()
            return done

        return wrapped

    def install(self, stack: ExitStack) -> None:
        """Statements, commits, syncs and renames become steps."""
        stack.enter_context(connection.execute_wrapper(self._statement))
        for owner, name in ((connection, "_commit"), (os, "fsync"), (Path, "replace")):
            setattr(owner, name, self.around(getattr(owner, name)))

    def _statement(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        return self.around(execute)(*arguments)


def life(given: NewReport, contents: dict[uuid.UUID, bytes]) -> None:
    """What a client does until the office says that it has everything, and what the worker does then."""
    receipt = take_in(given)
    for uid in receipt.missing:
        add_photo(given.uid, uid, contents[uid])
    for uid in contents:
        develop_photo(uid=str(uid))


def in_child(work: Callable[[], None], at: int) -> int:
    """Run in a process that dies at step `at` (0: never); how many steps it took, -1 when it was killed."""
    connections.close_all()
    darkroom.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with ExitStack() as stack:
            killer = Killer(at)
            killer.install(stack)
            work()
        darkroom.close()
        os.write(writing, str(killer.steps).encode())
        os._exit(0)
    os.close(writing)
    said = os.read(reading, 20)
    os.close(reading)
    _pid, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and status:
        raise RuntimeError(f"a life failed by itself: {status}")
    return int(said) if said else -1


def faults(given: NewReport, *, finished: bool) -> list[str]:
    """What is wrong with the rows and files of a report: nothing, always; and all of it there once a life went through."""
    rows = list(incidents(EVERYBODY).filter(uid=given.uid))
    photos = list(Photo.objects.filter(incident__uid=given.uid))
    found = []
    if len(rows) > 1:
        found.append(f"{len(rows)} reports")
    if rows and (len(photos) != PHOTOS or not Reporter.objects.filter(incident=rows[0]).exists()):
        found.append("half a report")
    there = [photo for photo in photos if photo.state != Photo.State.RECEIVING]
    if rows and rows[0].photos_received != len(there):
        found.append(f"{rows[0].photos_received} photos counted, {len(there)} there")
    found += [f"lost file of {photo.pk}" for photo in there if not store.originals().exists(store.path_of(photo.original))]
    found += [f"{number} tasks for one photo" for number in _tasks(there) if number != 1]
    if finished:
        found += [f"{photo.state} in the end" for photo in photos if photo.state != Photo.State.READY]
        found += [] if rows else ["no report in the end"]
    return found


def _tasks(photos: list[Photo]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(j.id) FROM unnest(%s::text[]) AS wanted (uid)"
            " LEFT JOIN procrastinate_jobs j ON j.args->>'uid' = wanted.uid GROUP BY wanted.uid",
            [[str(photo.pk) for photo in photos]],
        )
        return [number for (number,) in cursor.fetchall()]


def orphans() -> list[str]:
    """Files that no row names, after the sweep."""
    sweep(timedelta(0))
    named = {"originals": set(Photo.objects.values_list("original", flat=True))}
    found = []
    for name, storage in (("originals", store.originals()), ("photos", store.pictures())):
        root = Path(storage.path(""))
        present = {path.name for path in root.rglob("*") if path.is_file()}
        if name == "originals":
            found += [f"orphan {key}" for key in present - named["originals"]]
        found += [f"part {key}" for key in present if key.endswith(".part")]
    return found


def main(count: int, seed: int) -> None:
    """Kill `count` times and print what was broken."""
    dice, broken, killed = random.Random(seed), [], 0
    started = time.monotonic()
    steps = 0
    while killed < count:
        given = report(
            uid=uuid.UUID(int=dice.getrandbits(128), version=4), photos=tuple(uuid.UUID(int=dice.getrandbits(128)) for _ in range(PHOTOS))
        )
        contents = {uid: jpeg(32, 24, colour=f"#{dice.getrandbits(24):06x}") for uid in given.photos}
        work = lambda given=given, contents=contents: life(given, contents)  # noqa: E731  a closure for the child
        if not steps:
            steps = in_child(work, 0)
            continue
        while killed < count and in_child(work, dice.randint(1, steps)) < 0:
            killed += 1
            broken += [f"kill {killed}: {fault}" for fault in faults(given, finished=False)]
            if dice.random() < 0.3:
                broken += [f"kill {killed}: {fault}" for fault in orphans()]
        in_child(work, 0)
        broken += [f"after kill {killed}: {fault}" for fault in faults(given, finished=True)]
    broken += orphans()
    print(json.dumps({"killed": killed, "steps": steps, "broken": broken, "seconds": round(time.monotonic() - started, 1)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
