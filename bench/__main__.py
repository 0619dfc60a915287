"""`bin/bench [NAME…] [--json FILE]`: run benchmarks and print their ratios."""

import argparse
import os
import sys
from pathlib import Path

import django
import orjson

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
django.setup()

from bench import changes, engine, items, tiles  # noqa: E402, F401  (they register themselves; Django must be set up first)
from bench.harness import REGISTRY, Ratio  # noqa: E402


def main() -> int:
    """Run what is named, or all; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Ratios measured side by side in one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(REGISTRY)}")
    parser.add_argument("--json", type=Path, help="write the results as a list of {name, ratio, target, met, detail}")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in REGISTRY]:
        parser.error(f"There is no benchmark {unknown[0]!r}; there are: {', '.join(REGISTRY)}.")
    results: list[Ratio] = []
    for name in options.names or REGISTRY:
        for result in REGISTRY[name]():
            results.append(result)
            _show(result)
    if options.json:
        options.json.write_bytes(orjson.dumps([result.as_dict() for result in results], option=orjson.OPT_INDENT_2))
    return 0 if all(result.met for result in results) else 1


def _show(result: Ratio) -> None:
    mark = "met" if result.met else "MISSED"
    sys.stdout.write(f"{result.name:<38} {result.ratio:>8.3f}  {result.target:<10} {mark:<7} {result.detail}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
