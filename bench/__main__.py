"""`bin/bench [NAME…] [--json FILE] [--install-peers] [--report]`: run benchmarks and print their ratios."""

import argparse
import os
import pkgutil
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path

import django
import orjson

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
# The command's own connections follow the log of nobody: stores and limits are the servers' that it starts.
django.setup()

import bench  # noqa: E402  Django must be set up first
import gis_core.db  # noqa: E402
from bench.data import ensure, ensure_pilot, say  # noqa: E402
from bench.harness import PILOT_WILL_DO, REGISTRY, Ratio  # noqa: E402
from bench.report import write  # noqa: E402

# Benchmarks that drive the application in this process would otherwise put its limits on every query that is measured later.
gis_core.db.limit_requests = lambda: None

# Each module registers its benchmarks when it is imported.
_HELPERS = {"__main__", "asgi", "peers"}


def main() -> int:
    """Run what is named, or all; 1 when a target is missed or a benchmark fails."""
    # Ended from outside it still ends the servers that it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name not in _HELPERS:
            import_module(f"bench.{module.name}")
    parser = argparse.ArgumentParser(prog="bin/bench", description="Ratios measured side by side in one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(REGISTRY)}")
    parser.add_argument("--json", type=Path, help="write the results as a list of {name, ratio, target, met, detail}")
    parser.add_argument("--report", action="store_true", help="write docs/benchmarks.md with its plots")
    parser.add_argument("--install-peers", action="store_true", help="first install the servers to compare with, from their registries")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in REGISTRY]:
        parser.error(f"There is no benchmark {unknown[0]!r}; there are: {', '.join(REGISTRY)}.")
    if options.install_peers:
        from bench.peers.install import install

        install()
    names = options.names or list(REGISTRY)
    data = ensure_pilot() if PILOT_WILL_DO.issuperset(names) and not options.report else ensure()
    say(f"{data.parcels} parcels.")
    results: list[Ratio] = []
    for name in names:
        results += _run(name)
        # After each, so that a run that is cut short leaves what it found.
        _keep(results, options)
    return 0 if all(result.met for result in results) else 1


def _keep(results: list[Ratio], options: argparse.Namespace) -> None:
    if options.json:
        options.json.write_bytes(orjson.dumps([result.as_dict() for result in results], option=orjson.OPT_INDENT_2))
    if options.report:
        write(results)


def _run(name: str) -> list[Ratio]:
    """One benchmark; its failure is a result like any other, and the next one runs."""
    results: list[Ratio] = []
    try:
        for result in REGISTRY[name]():
            results.append(result)
            _show(result)
    except (Exception, SystemExit) as error:  # noqa: BLE001
        traceback.print_exc()
        results.append(Ratio(name, float("inf"), "<= 0", f"failed: {type(error).__name__}: {str(error)[:200]}"))
        _show(results[-1])
    return results


def _show(result: Ratio) -> None:
    mark = "met" if result.met else "MISSED"
    sys.stdout.write(f"{result.name:<38} {result.ratio:>8.3f}  {result.target:<10} {mark:<7} {result.detail}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
