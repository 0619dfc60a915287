"""The change clock: when was this place last touched? Answers from memory, exactly, before any work is done.

Two states of the log that a node can be in are nested (one contains the other), so (highest seq, number of rows) of the
changes touching a place differ whenever the states of that place do. This pair is the heart of every ETag. Pruning the
log writes a row of op P, which touches everything and forgets what is older, alike in every process.
"""

import threading
from collections.abc import Iterable
from dataclasses import replace

from gis_core.access import Reach
from gis_core.changes.follow import BEGINNING, Change
from gis_core.changes.table_clock import Box, Stamp, TableClock

__all__ = ["Box", "ChangeClock", "Stamp", "clock"]
_GAPS = 10_000


class ChangeClock:
    """All tables' clocks and the position in the log up to which they are right. Safe to read from any thread."""

    def __init__(self) -> None:
        self.position = BEGINNING
        self.seq = 0
        self.history = ""
        self.epoch = ""
        self._gaps: set[int] = set()
        self._tables: dict[str, TableClock] = {}
        self._lock = threading.Lock()

    def begin(self, history: str, mark: str = "") -> list[str]:
        """Forget everything and count in another history of the database; returns the tables that were known.

        `mark` sets an epoch apart from that of the same history before (a database put back without a trace of it).
        """
        with self._lock:
            known = [*self._tables]
            self.position, self.seq, self.history = BEGINNING, 0, history
            self.epoch = f"{history[:8]}{mark}-"
            self._gaps, self._tables = set(), {}
        return known

    def apply(self, position: str, changes: Iterable[Change]) -> None:
        """Take in the changes that one read of the log returned."""
        with self._lock:
            for change in changes:
                clock = self._tables.setdefault(change.table, TableClock())
                if change.op == "P":
                    clock.forget(change.fid or 0)
                clock.append(change)
                self._arrived(change.seq)
            self.position = position

    def holds(self, seq: int) -> bool:
        """Whether change `seq` is taken in. Being past a number is not enough: lower ones may commit later."""
        with self._lock:
            return seq <= self.seq and seq not in self._gaps

    def _arrived(self, seq: int) -> None:
        if seq <= self.seq:
            self._gaps.discard(seq)
            return
        # Most gaps are rolled-back transactions, which nobody will ask for; the newest are all that matter.
        self._gaps.update(range(max(self.seq + 1, seq - _GAPS), seq))
        self.seq = seq
        if len(self._gaps) > 2 * _GAPS:
            self._gaps = set(sorted(self._gaps)[-_GAPS:])

    def stamp(self, table: str, box: Box | None = None, reach: Reach | None = None) -> Stamp:
        """The stamp of a place in a table; see `TableClock.stamp`."""
        with self._lock:
            clock = self._tables.get(table)
            found = clock.stamp(box, reach) if clock else Stamp()
            return replace(found, epoch=self.epoch) if self.epoch else found

    def changed_at(self, table: str, reach: Reach) -> float | None:
        """Unix time of the last change of a table that `reach` may know of; None when the log knows of none."""
        with self._lock:
            clock = self._tables.get(table)
            return clock.changed_at(reach) if clock else None


clock = ChangeClock()
