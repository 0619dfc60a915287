"""`bin/simulate-day`: a day's edits, reports and screens as fast as this machine goes, then everything is compared."""

import argparse
import asyncio
import contextlib
import itertools
import os
import sys
import time
from collections.abc import Iterator
from typing import Any, cast

import django
import mapbox_vector_tile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
django.setup()

from django.conf import settings  # noqa: E402
from shapely.geometry import shape  # noqa: E402

from bench.data import ensure_pilot, say  # noqa: E402
from bench.deployed import SMALL_CACHE, Deployed, deployed  # noqa: E402
from bench.intake import UNLIMITED, own_reports  # noqa: E402
from bench.load.client import Asker, Reply  # noqa: E402
from bench.load.measure import Verdict, as_table, write_table  # noqa: E402
from bench.load.profile import Profile, find_place  # noqa: E402
from bench.load.usage import sizes  # noqa: E402
from bench.processes import Server, await_answer, free_port, running  # noqa: E402
from bench.same import fetch  # noqa: E402

EDITS, REPORTS, SCREENS = 200_000, 50_000, 100
_AT_ONCE = {"edit": 8, "report": 8, "screen": 4}
# Megabytes that the second half of the day may add to a process.
_GROWTH = 30.0
# Units of a tile: two to either side.
_APART = 3.0


class Day:
    """Workers that share the day's numbers; a refusal by 503 is a reason to try again, as the form does."""

    def __init__(self, profile: Profile, edits: int, reports: int) -> None:
        self.profile, self.edits, self.reports = profile, edits, reports
        self.repeated, self.given_up = 0, 0

    async def run(self, first: int) -> None:
        """Edits, reports and looks of one half."""
        edits, reports = iter(range(first, first + self.edits)), iter(range(first, first + self.reports))
        writers = [self._write(self.profile.edit, edits) for _ in range(_AT_ONCE["edit"])]
        writers += [self._write(self.profile.report, reports) for _ in range(_AT_ONCE["report"])]
        looks = [asyncio.create_task(self._look(number)) for number in range(_AT_ONCE["screen"])]
        await asyncio.gather(*writers)
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)

    async def _write(self, ask: Asker, numbers: Iterator[int]) -> None:
        """`numbers` is shared by all workers of a kind."""
        for number in numbers:
            for attempt in range(60):
                try:
                    reply = await ask(number)
                except (OSError, asyncio.IncompleteReadError):
                    reply = Reply(0)
                if 200 <= reply.status < 300:
                    break
                self.repeated += 1
                await asyncio.sleep(min(2.0, 0.1 * (attempt + 1)))
            else:
                self.given_up += 1

    async def _look(self, first: int) -> None:
        """What screens fetch anew, at their pace."""
        for number in itertools.count(first):
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self.profile.hit(number)
            await asyncio.sleep(0.02)


async def _simulate(profile: Profile, service: Deployed, scale: float) -> list[Verdict]:
    edits, reports = int(EDITS * scale / 2), int(REPORTS * scale / 2)
    day, memory, begun = Day(profile, edits, reports), [], time.perf_counter()
    with contextlib.closing(profile):
        async with profile.listening(SCREENS):
            for half in range(2):
                await day.run(half * max(edits, reports))
                await asyncio.sleep(2)
                memory.append({name: sizes(pid)[0] for name, pid in service.processes.items()})
                say(f"Half {half + 1}: {time.perf_counter() - begun:.0f} s.")
            behind = sum(max(heard, default=0) < max(profile.sent, default=0) for heard in profile.heard)
    seconds = time.perf_counter() - begun
    verdicts = [
        Verdict(
            "a day in", f"{seconds:.0f} s: {len(profile.sent)} edits, {len(profile.reports)} reports, {SCREENS} screens", "told", held=True
        ),
        Verdict("requests repeated", str(day.repeated), "told", held=True),
        Verdict("screens that did not hear of the last edit", f"{behind} of {SCREENS}", "0", not behind),
        Verdict("writes given up", str(day.given_up), "0", not day.given_up),
    ]
    for name, before in memory[0].items():
        grown = memory[1][name] - before
        verdicts.append(
            Verdict(f"memory of {name} in the second half", f"{grown:+.1f} MB of {before:.0f}", f"< {_GROWTH:.0f} MB", grown < _GROWTH)
        )
    return verdicts


def _caches(profile: Profile, service: Deployed) -> Verdict:
    """Every tile of the public set as nginx and the node give it, beside a node that was started just now."""
    port = free_port()
    command = [sys.executable, "manage.py", "serve_tiles", "--port", str(port)]
    with running("fresh", command, {"LOG_LEVEL": "WARNING"}, cwd=settings.BASE_DIR):
        fresh = Server("fresh", f"http://127.0.0.1:{port}")
        for layer in ("facilities", "roads"):
            await_answer(f"{fresh.url}/metrics", holds=f'store_state{{layer="{layer}",store_state="ready"}} 1.0')
        paths = sorted(set(profile.public))
        front = Server("service", service.url, {"Accept-Encoding": "gzip"})
        differ = [path for path in paths if not _alike(_shown(front, path), _shown(fresh, path))]
    return Verdict("tiles that differ from a fresh process", f"{len(differ)} of {len(paths)}", "0", not differ)


Shown = dict[tuple[str, int], tuple[dict[str, Any], Any]]


def _shown(server: Server, path: str) -> Shown:
    """A tile's features: what they say and their shapes, by layer and id."""
    body = fetch(server, path)
    layers = cast("dict[str, Any]", mapbox_vector_tile.decode(body)) if body else {}
    features = ((name, part) for name, layer in layers.items() for part in layer["features"])
    return {(name, part["id"]): (part["properties"], shape(part["geometry"])) for name, part in features}


def _alike(left: Shown, right: Shown) -> bool:
    """Memory and database draw one state with vertices at most a unit apart in both directions, two on a cut (docs/adr/0007)."""
    return left.keys() == right.keys() and all(
        left[key][0] == right[key][0] and left[key][1].hausdorff_distance(right[key][1]) <= _APART for key in left
    )


def main() -> int:
    """See `bin/simulate-day --help`."""
    parser = argparse.ArgumentParser(prog="bin/simulate-day")
    parser.add_argument("--scale", type=float, default=0.01, help="of a day (0.01)")
    parser.add_argument("--report", action="store_true", help="write the table of docs/load.md")
    options = parser.parse_args()
    ensure_pilot()
    with own_reports():
        with deployed(environment=UNLIMITED | SMALL_CACHE) as service:
            profile = Profile(service, find_place(), only_last=True)
            verdicts = asyncio.run(_simulate(profile, service, options.scale))
            verdicts.append(_caches(profile, service))
        lost = profile.lost()
    verdicts.append(Verdict("edits and reports that are not as acknowledged", str(len(lost)), "0", not lost))
    sys.stdout.write(as_table(verdicts))
    if options.report:
        write_table("load.md", "bin/simulate-day", f"Scale {options.scale:g} of a day", verdicts)
    return 0 if all(verdict.held for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
