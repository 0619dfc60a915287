"""Run the profile, then three times as much, then the profile again; or a soak. The exit status is 1 where a limit is missed."""

import argparse
import asyncio
import os
import sys
import time
from contextlib import closing

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
django.setup()

from bench.data import ensure_pilot, say  # noqa: E402
from bench.deployed import SMALL_CACHE, Deployed, deployed  # noqa: E402
from bench.intake import UNLIMITED, own_reports  # noqa: E402
from bench.load.client import Load, undisturbed  # noqa: E402
from bench.load.costs import Cost, Meter, measured, parcel_bytes, stream_bytes, write_costs  # noqa: E402
from bench.load.measure import Verdict, as_table, normal, overload, recovery, write_table  # noqa: E402
from bench.load.profile import LISTENERS, Profile, find_place  # noqa: E402
from bench.load.usage import sizes  # noqa: E402

WARM_UP = 8.0
_BETWEEN, _HALF_MINUTE = 2.0, 15  # seconds from one look at the processes to the next; looks


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/load", description="A province's hour at half its size, then three times as much.")
    parser.add_argument("--seconds", type=float, default=180, help="of the profile (180); overload takes a third of it, recovery 30 s")
    parser.add_argument("--factor", type=float, default=1.0, help="of all rates: 0.5 is a quarter of a province")
    parser.add_argument("--overload", type=float, default=3.0, help="how many times as much (3)")
    parser.add_argument(
        "--soak", type=float, default=0, metavar="SECONDS", help="the profile alone for so long; memory and descriptors are watched"
    )
    parser.add_argument("--costs", action="store_true", help="instead of all that: what one of each costs (docs/scale.md)")
    parser.add_argument("--first", action="store_true", help="before whatever else this machine does; the table says how busy that is")
    parser.add_argument("--report", action="store_true", help="write the table of docs/load.md")
    return parser.parse_args()


async def _phases(profile: Profile, options: argparse.Namespace) -> list[Verdict]:
    load, lasts = Load(), max(20.0, options.seconds / 3)
    async with profile.listening(int(LISTENERS * min(1.0, options.factor))):
        await load.run(profile.streams(), WARM_UP, options.factor)
        load.done.clear()
        say(f"The profile for {options.seconds:.0f} s ...")
        begun = time.perf_counter()
        await load.run(profile.streams(), options.seconds, options.factor)
        usual, load.done = load.done, []
        await asyncio.sleep(1)
        verdicts = normal(usual, profile.waits(begun, time.perf_counter()))
        say(f"{options.overload:g} times as much for {lasts:.0f} s ...")
        await load.run(profile.streams(), lasts, options.factor * options.overload)
        during, load.done = load.done, []
        verdicts += overload(usual, during, (options.seconds, lasts))
        say("The profile again ...")
        again = time.perf_counter()
        await load.run(profile.streams(), 30, options.factor)
    return [*verdicts, recovery(load.done, again)]


async def _chosen(profile: Profile, service: Deployed, options: argparse.Namespace) -> list[Verdict]:
    with closing(profile), undisturbed():
        return await (_soak(profile, service, options) if options.soak else _phases(profile, options))


async def _soak(profile: Profile, service: Deployed, options: argparse.Namespace) -> list[Verdict]:
    load, samples = Load(), []
    async with profile.listening(int(LISTENERS * min(1.0, options.factor))):
        await load.run(profile.streams(), WARM_UP, options.factor)
        load.done.clear()
        begun = time.perf_counter()
        work = asyncio.create_task(load.run(profile.streams(), options.soak, options.factor))
        while not work.done():
            samples.append((time.perf_counter() - begun, {name: sizes(pid) for name, pid in service.processes.items()}))
            await asyncio.sleep(_BETWEEN)
        await work
        await asyncio.sleep(1)
        verdicts = normal(load.done, profile.waits(begun, time.perf_counter()))
    return [*verdicts, *_growth(samples)]


def _growth(samples: "list[tuple[float, dict[str, tuple[float, int]]]]") -> list[Verdict]:
    """Of each process, without the first third. What a burst opens it closes again: at rest is the least of each half minute."""
    kept, found = samples[len(samples) // 3 :], []
    minutes = [at / 60 for at, _sizes in kept]
    for name in kept[0][1]:
        slope = float(np.polyfit(minutes, [found_[name][0] for _at, found_ in kept], 1)[0])
        found.append(Verdict(f"memory of {name}", f"{slope:+.2f} MB a minute, {kept[-1][1][name][0]:.0f} MB", "< 1 MB a minute", slope < 1))
        open_files = np.array([found_[name][1] for _at, found_ in kept])
        least = [int(part.min()) for part in np.array_split(open_files, max(2, len(kept) // _HALF_MINUTE))]
        flat = max(least) - min(least) <= 10 and open_files.max() - open_files.min() <= 20
        text = f"{min(least)} to {max(least)} at rest, {open_files.max()} at most"
        found.append(Verdict(f"descriptors of {name}", text, "flat (10 at rest, 20 in all)", flat))
    return found


async def _costs(profile: Profile, service: Deployed, meter: Meter) -> tuple[float, list[Cost]]:
    with closing(profile):
        return await stream_bytes(profile, service), await measured(profile, meter)


def _tell_costs() -> int:
    with own_reports(), deployed(environment=UNLIMITED) as service:
        stream_kb, costs = asyncio.run(_costs(Profile(service, find_place()), service, Meter(service)))
    sys.stdout.write(write_costs(costs, stream_kb, parcel_bytes()))
    return 0


def main() -> int:
    """See `bin/load --help`."""
    options, busy = _options(), os.getloadavg()[0]
    ensure_pilot()
    if options.costs:
        return _tell_costs()
    with own_reports():
        with deployed(environment=UNLIMITED | (SMALL_CACHE if options.soak else {})) as service:
            profile = Profile(service, find_place())
            verdicts = asyncio.run(_chosen(profile, service, options))
        lost = profile.lost()
    known = f"{len(profile.sent)} edits and {len(profile.reports)} reports acknowledged, {len(lost)} lost"
    verdicts.append(Verdict("nothing acknowledged is lost", known, "0", not lost))
    sys.stdout.write(as_table(verdicts))
    if options.report:
        command = "bin/load --soak" if options.soak else "bin/load --first" if options.first else "bin/load"
        kind = f"Soak of {options.soak:.0f} s" if options.soak else f"{options.seconds:.0f} s, then {options.overload:g} times as much"
        beside = f" · beside other work (load {busy:.1f} before it began)" if options.first else ""
        write_table("load.md", command, f"Rates × {options.factor:g} · {kind}{beside}", verdicts)
    return 0 if all(verdict.held for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
