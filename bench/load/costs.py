"""What one of each costs: processor time of every process of the service and of the database, memory, bytes."""

import re
import urllib.request
from dataclasses import dataclass

from django.db import connection

from bench.data import say
from bench.deployed import Deployed
from bench.load.client import Load, Stream
from bench.load.measure import Verdict, good
from bench.load.profile import Profile
from bench.load.usage import family, seconds, sizes, working_in

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
        found = {name: sum(map(seconds, family(pid))) for name, pid in self.service.processes.items()}
        found["database"] = sum(map(seconds, working_in(self._data)))
        return found


async def costs(profile: Profile, lasts: float) -> list[Verdict]:
    """Each stream alone; then edits with listeners."""
    meter, found = Meter(profile.service), []
    spent: dict[str, float] = {}
    for stream in profile.streams():
        each, parts, count = await _alone(meter, Stream(stream.kind, _RATES[stream.kind], stream.ask), lasts)
        spent[stream.kind] = each
        shown = ", ".join(f"{name} {part * 1000:.2f}" for name, part in sorted(parts.items(), key=lambda one: -one[1]) if part > 1e-5)
        found.append(Verdict(f"CPU of one {stream.kind}", f"{each * 1000:.2f} ms ({shown}; {count} of them)", "told", held=True))
    before = sizes(profile.service.processes["tiles-0"])[0]
    edits = next(stream for stream in profile.streams() if stream.kind == "edit")
    async with profile.listening(_LISTENERS):
        grown = sizes(profile.service.processes["tiles-0"])[0] - before
        each, _parts, _count = await _alone(meter, Stream("edit", _RATES["edit"], edits.ask), lasts)
    event = max(0.0, each - spent["edit"]) / _LISTENERS
    found.append(Verdict("CPU of one event to one live stream", f"{event * 1e6:.0f} µs ({_LISTENERS} streams)", "told", held=True))
    found.append(Verdict("memory of one live stream", f"{grown / _LISTENERS * 1024:.0f} kB", "told", held=True))
    return [*found, *_bytes(profile.service)]


async def _alone(meter: Meter, stream: Stream, lasts: float) -> tuple[float, dict[str, float], int]:
    say(f"{stream.kind} alone for {lasts:.0f} s ...")
    load = Load()
    await load.run([stream], 3)
    load.done.clear()
    before = meter.read()
    await load.run([stream], lasts)
    after = meter.read()
    count = max(1, sum(map(good, load.done)))
    parts = {name: max(0.0, after[name] - before[name]) / count for name in after}
    return sum(parts.values()), parts, count


def _bytes(service: Deployed) -> list[Verdict]:
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
        Verdict("a tile node with the pilot in memory", f"{sizes(service.processes['tiles-0'])[0]:.0f} MB", "told", held=True),
        Verdict("a web process with the pilot in memory", f"{sizes(service.processes['web-0'])[0]:.0f} MB", "told", held=True),
    ]
