"""Processor time by part: what the server, the database and the load themselves used while something was measured.

Rates of a machine that does other things too say little; processor time for a report says the same on a busy machine.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """What the kernel tells of one: its parent, and its seconds of processor time with those of children that ended."""

    parent: int
    seconds: float


def processes() -> dict[int, Process]:
    """All of the machine, by id."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        found[int(path.parent.name)] = Process(int(fields[1]), sum(map(int, fields[11:15])) / _TICKS)
    return found


def used_by(root: int, everything: Mapping[int, Process]) -> float:
    """Seconds of processor time of a process and of all below it."""
    if root not in everything:
        return 0.0
    return everything[root].seconds + sum(used_by(pid, everything) for pid, process in everything.items() if process.parent == root)


class Cores:
    """Counts from `begin` on. The database's share is told where its server runs on this machine."""

    def __init__(self, server: int) -> None:
        everything = processes()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = everything.get(int(cursor.fetchone()[0]))
        self._roots = {"server": server, **({"database": backend.parent} if backend else {})}
        self._before: dict[str, float] = {}

    def begin(self) -> None:
        """Count from now on."""
        self._before = self._now(processes())

    def used(self) -> dict[str, float]:
        """Seconds since the beginning, by part; "load" is this process alone."""
        return {part: seconds - self._before[part] for part, seconds in self._now(processes()).items()}

    def _now(self, everything: Mapping[int, Process]) -> dict[str, float]:
        return {**{part: used_by(root, everything) for part, root in self._roots.items()}, "load": everything[os.getpid()].seconds}
