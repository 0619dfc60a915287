"""What one of each thing costs: processor time by process, memory of a stream, bytes of a parcel (docs/scale.md counts with them)."""

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from bench.deployed import Deployed
from bench.load.client import Asker, Stream
from bench.load.measure import put
from bench.load.profile import Profile
from bench.load.usage import family, sizes

_TICK = os.sysconf("SC_CLK_TCK")
_AT_ONCE = 4
_IDLE_SECONDS = 8.0
_NUMBERS = {"tile hit": 6_000, "tile miss": 800, "items": 300, "edit": 300, "report": 300, "tile under a filter": 300}
_STREAMS = 400
PARTS = ("nginx", "web", "tiles", "worker", "PostgreSQL")


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one core by part of the service, of one thing of a kind."""

    what: str
    parts: Mapping[str, float]

    @property
    def whole(self) -> float:
        """Of all parts together."""
        return sum(self.parts.values())


def seconds(pid: int) -> float:
    """Processor time of a process with all that it started, those that ended included."""
    ticks = 0
    for member in family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            continue
        # utime and stime of those alive; cutime and cstime of the first for those that are gone (proc(5)).
        ticks += int(fields[11]) + int(fields[12]) + (int(fields[13]) + int(fields[14]) if member == pid else 0)
    return ticks / _TICK


class Meter:
    """Processor time by part; what they use with nothing to do is taken off."""

    def __init__(self, service: Deployed) -> None:
        names = {"nginx": "nginx", "web": "web-0", "tiles": "tiles-0", "worker": "worker"}
        self._pids = {part: service.processes[name] for part, name in names.items()} | {"PostgreSQL": _postmaster()}
        self._idle = dict.fromkeys(PARTS, 0.0)

    def read(self) -> dict[str, float]:
        """Seconds until now."""
        return {part: seconds(pid) for part, pid in self._pids.items()}

    async def rest(self) -> None:
        """Learn what idling costs."""
        before = self.read()
        await asyncio.sleep(_IDLE_SECONDS)
        self._idle = {part: (after - before[part]) / _IDLE_SECONDS for part, after in self.read().items()}

    def cost(self, what: str, before: Mapping[str, float], began: float, number: float) -> Cost:
        """Of each of `number` things since `before`."""
        spent, lasted = self.read(), time.perf_counter() - began
        return Cost(what, {part: max(0.0, spent[part] - before[part] - self._idle[part] * lasted) / number * 1000 for part in PARTS})


async def measured(profile: Profile, meter: Meter) -> list[Cost]:
    """Each kind alone; then edits with streams that hear them."""
    found = []
    for stream in profile.streams():
        await _many(stream.ask, 40, 0)
        await asyncio.sleep(1)
    await meter.rest()
    for stream in [*profile.streams(), Stream("tile under a filter", 0.0, profile.filtered)]:
        number = _NUMBERS[stream.kind]
        before, began = meter.read(), time.perf_counter()
        await _many(stream.ask, number, 1_000)
        await asyncio.sleep(1.5)  # what follows a write
        found.append(meter.cost(stream.kind, before, began, number))
    edit = next(cost for cost in found if cost.what == "edit")
    async with profile.listening(_STREAMS):
        await asyncio.sleep(1)
        await meter.rest()
        before, began, number = meter.read(), time.perf_counter(), 100
        await _many(profile.edit, number, 10_000)
        await asyncio.sleep(1.5)
        heard = meter.cost("", before, began, number)
    parts = {part: max(0.0, heard.parts[part] - edit.parts[part]) / _STREAMS for part in PARTS}
    return [*found, Cost("a change told to one stream", parts)]


async def _many(ask: Asker, number: int, first: int) -> None:
    numbers = iter(range(first, first + number))

    async def some() -> None:
        for one in numbers:
            reply = await ask(one)
            if not 200 <= reply.status < 400:
                raise SystemExit(f"It answers {reply.status}: {reply.body[:200]!r}")

    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))


async def stream_bytes(profile: Profile, service: Deployed) -> float:
    """Memory that an open stream takes in nginx, web and tile processes together, in kB."""

    def resident() -> float:
        return sum(sizes(service.processes[name])[0] for name in ("nginx", "web-0", "tiles-0"))

    before = resident()
    async with profile.listening(_STREAMS):
        await asyncio.sleep(2)
        return max(0.0, resident() - before) * 1024 / _STREAMS


def parcel_bytes() -> tuple[float, float, int]:
    """(bytes of a parcel's row, of its part of the indexes, how many parcels)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_table_size('land_parcel'), pg_indexes_size('land_parcel'), count(*) FROM land_parcel")
        table, indexes, number = cursor.fetchone()
    return table / number, indexes / number, number


def _postmaster() -> int:
    """The parent of our own backend, which is on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[1])


def write_costs(costs: list[Cost], stream_kb: float, parcel: tuple[float, float, int]) -> str:
    """The table of docs/scale.md, written between its marks; the same text."""
    rows = [f"| {cost.what} | " + " | ".join(f"{cost.parts[part]:.3f}" for part in PARTS) + f" | **{cost.whole:.3f}** |" for cost in costs]
    table = "\n".join([f"| ms of one core | {' | '.join(PARTS)} | all |", "|---" * (len(PARTS) + 2) + "|", *rows])
    text = (
        f"{table}\n\nAn open stream takes {stream_kb:.0f} kB of memory; a parcel {parcel[0]:.0f} bytes of table and {parcel[1]:.0f}"
        f" of indexes (of {parcel[2]:,} parcels).\n"
    )
    put("scale.md", "bin/load --costs", text)
    return text
