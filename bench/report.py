"""docs/benchmarks.md and its plot, from one run: every ratio beside its target, with the machine and the programs it ran on."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from bench.data import PEER_FIELDS, TOWNS, ensure
from bench.harness import Ratio
from bench.peers import PEERS
from bench.plot import plot

_DOCUMENT = Path(settings.BASE_DIR, "docs", "benchmarks.md")
_PLOT = Path(settings.BASE_DIR, "docs", "benchmarks", "ratios.svg")
_TEXT = """# Benchmarks

Ratios, measured side by side in one run: ours beside another server, beside the plain query, or beside the same table
without what we add. Absolute times say more about a machine than about a program, so they stand in the details only.
Run them yourself: `bin/bench --install-peers --report` (names choose some of them, `--json FILE` writes the rows).

![Every ratio on a scale on which the target is 1](benchmarks/ratios.svg)

## How it is measured

- **Data.** {parcels} parcels: the pilot's town with its streets and fields, {towns} times side by side. We serve our own
  table with its permission rule (each request carries a token); peers serve a copy of the same rows and of the same attributes
  ({fields}), stored in EPSG:3857, in the order of the map, with a GiST index and a primary key, vacuumed.
- **The same answers.** Before a peer is timed, tiles of both are decoded and compared: features by id, attributes by value.
  A peer that does not serve the same is not compared.
- **Cold mix.** Tiles with data of zoom 14, 15 and 16, equally many of each, in one shuffled order, each once, four
  connections (wrk, one thread). Ours and tipg have a worker a core. Our tile cache is off; peers run without theirs. The
  database's own buffers are warm for all.
- **Warm tile.** One tile of the usual size, 32 connections; nginx serves the same bytes as a file, one worker, keep-alive,
  `sendfile` and an open file cache.
- **Rounds alternate** between the two sides, so that a busy neighbour disturbs both; the median of the rounds' ratios counts.
- The load generator runs on the same cores as the servers, which costs the faster server more.

## The machine and the programs

{machine}

{disturbed}## Results

{results}

## Not compared

{missing}
"""


def write(results: Sequence[Ratio]) -> None:
    """Write both files."""
    _PLOT.parent.mkdir(parents=True, exist_ok=True)
    _PLOT.write_text(plot(results), encoding="utf-8")
    missing = [f"- {peer.name}: not installed on this machine." for peer in PEERS if peer.version() is None]
    text = _TEXT.format(
        parcels=f"{ensure().parcels:,}".replace(",", " "),
        towns=TOWNS,
        fields=", ".join(PEER_FIELDS),
        disturbed=_disturbed(),
        machine="\n".join(f"- {line}" for line in _machine()),
        results="\n".join(_table(results)),
        missing="\n".join(missing) or "Nothing: every peer that the harness knows was installed.",
    )
    _DOCUMENT.write_text(text, encoding="utf-8")


def _disturbed() -> str:
    """A warning where others used the machine: it decides how far the figures can be trusted."""
    load, cores = os.getloadavg()[1], os.cpu_count() or 1
    if load <= cores + 1:
        return ""
    return (
        f"**Read with care: others used the machine during this run** (load {load:.0f} on {cores} cores). Time is shared out by process: "
        "one worker of ours gets a single share, a peer with several processes and database connections gets several, so ratios against "
        "peers come out too low, and waits in milliseconds too long. Repeat the run on a machine of its own.\n\n"
    )


def _machine() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), postgis_lib_version(), current_setting('shared_buffers')")
        server, postgis, buffers = cursor.fetchone()
    load = os.getloadavg()[0]
    peers = [f"{peer.name} {peer.version()}: {peer.notes}" for peer in PEERS if peer.version()]
    return [
        f"{timezone.now():%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores ({platform.machine()}), load {load:.1f} at the end",
        f"Python {platform.python_version()}, PostgreSQL {server} with PostGIS {postgis}, shared_buffers {buffers}, jit off",
        "Ours: granian, one worker (in the cold mix as many as cores), the layer in memory, gzip (isal, level 1)",
        *peers,
    ]


def _table(results: Sequence[Ratio]) -> list[str]:
    head = ["| measure | ratio | target | | detail |", "|---|---:|---|---|---|"]
    rows = [
        f"| {result.name} | {result.ratio:.3g} | {_sign(result.target)} | {_mark(result)} | {_cell(result.detail)} |"
        for result in results
        if "not installed" not in result.detail
    ]
    return [*head, *rows]


def _mark(result: Ratio) -> str:
    return "met" if result.met else "**missed**"


def _sign(target: str) -> str:
    return target.replace(">=", "≥").replace("<=", "≤")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
