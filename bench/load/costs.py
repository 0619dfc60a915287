"""What one of each costs: processor time of every process of the service and of the database, memory, bytes."""

import asyncio
import os
import re
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from bench.data import say
from bench.deployed import Deployed
from bench.load.client import Load, Stream
from bench.load.measure import Verdict, good
from bench.load.profile import Profile

_TICK = os.sysconf("SC_CLK_TCK")
_LISTENERS = 200
_RATES = {"tile hit": 300.0, "tile miss": 40.0, "items": 20.0, "edit": 10.0, "report": 10.0}


@dataclass
class Meter:
    """Processor seconds of the service's processes and of the database's."""

    service: Deployed

    def __post_init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('data_directory')")
            self._data = cursor.fetchone()[0]

    def read(self) -> dict[str, float]:
        """Seconds so far, by process."""
        found = {name: sum(map(_seconds, _family([pid]))) for name, pid in self.service.processes.items()}
        found["database"] = sum(map(_seconds, _in_folder(self._data)))
        return found


def _family(pids: list[int]) -> list[int]:
    family = list(pids)
    for member in family:
        try:
            family += map(int, Path(f"/proc/{member}/task/{member}/children").read_text(encoding="ascii").split())
        except OSError:
            continue
    return family


def _in_folder(folder: str) -> Iterable[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == folder:
                yield int(entry.name)
        except OSError:
            continue


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    # Its own and that of its children that have ended (connections of the database come and go).
    return sum(map(int, fields[11:15])) / _TICK


async def costs(profile: Profile, seconds: float) -> list[Verdict]:
    """Each stream alone; then edits with listeners."""
    meter, found = Meter(profile.service), []
    spent: dict[str, float] = {}
    for stream in profile.streams():
        each, parts, count = await _alone(meter, Stream(stream.kind, _RATES[stream.kind], stream.ask), seconds)
        spent[stream.kind] = each
        shown = ", ".join(f"{name} {part * 1000:.2f}" for name, part in sorted(parts.items(), key=lambda one: -one[1]) if part > 1e-5)
        found.append(Verdict(f"CPU of one {stream.kind}", f"{each * 1000:.2f} ms ({shown}; {count} of them)", "told", held=True))
    before = _memory(profile.service, "tiles-0")
    listeners = await profile.listen(_LISTENERS)
    grown = _memory(profile.service, "tiles-0") - before
    edits = next(stream for stream in profile.streams() if stream.kind == "edit")
    each, _parts, _count = await _alone(meter, Stream("edit", _RATES["edit"], edits.ask), seconds)
    for task in listeners:
        task.cancel()
    await asyncio.gather(*listeners, return_exceptions=True)
    event = max(0.0, each - spent["edit"]) / _LISTENERS
    found.append(Verdict("CPU of one event to one live stream", f"{event * 1e6:.0f} µs ({_LISTENERS} streams)", "told", held=True))
    found.append(Verdict("memory of one live stream", f"{grown / _LISTENERS * 1024:.0f} kB", "told", held=True))
    return [*found, *sizes(profile.service)]


async def _alone(meter: Meter, stream: Stream, seconds: float) -> tuple[float, dict[str, float], int]:
    say(f"{stream.kind} alone for {seconds:.0f} s ...")
    load = Load()
    await load.run([stream], 3)
    load.done.clear()
    before = meter.read()
    await load.run([stream], seconds)
    after = meter.read()
    count = max(1, sum(map(good, load.done)))
    parts = {name: max(0.0, after[name] - before[name]) / count for name in after}
    return sum(parts.values()), parts, count


def _memory(service: Deployed, name: str) -> float:
    """Resident megabytes of a process with its children."""
    pages = 0
    for pid in _family([service.processes[name]]):
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


def sizes(service: Deployed) -> list[Verdict]:
    """Bytes of a parcel: in the database with its indexes, in a node's memory; of a change in the log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('land_parcel'), count(*) FROM land_parcel")
        disk, parcels = cursor.fetchone()
        cursor.execute("SELECT pg_total_relation_size('change_log'), greatest(count(*), 1) FROM change_log")
        log, changes = cursor.fetchone()
    with urllib.request.urlopen(f"http://{service.tiles[0]}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    found = re.search(r'^store_bytes\{layer="parcels"\} (\S+)', text, re.MULTILINE)
    memory = float(found[1]) if found else 0.0
    return [
        Verdict("a parcel on disk, with indexes", f"{disk / parcels:.0f} bytes ({parcels} parcels)", "told", held=True),
        Verdict("a parcel in a node's memory", f"{memory / parcels:.0f} bytes", "told", held=True),
        Verdict("a change in the log", f"{log / changes:.0f} bytes ({changes} changes)", "told", held=True),
        Verdict("a tile node with the pilot in memory", f"{_memory(service, 'tiles-0'):.0f} MB", "told", held=True),
        Verdict("a web process with the pilot in memory", f"{_memory(service, 'web-0'):.0f} MB", "told", held=True),
    ]
