"""The change clock: when was this place last touched? Answers from memory, exactly, before any work is done.

Two states of the log that a node can be in are nested (one contains the other), so (highest seq, number of rows) of the
changes touching a place differ whenever the states of that place do. This pair is the heart of every ETag. Pruning the
log writes a row of op P, which touches everything and forgets what is older, alike in every process.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from gis_core.access import Reach
from gis_core.changes.follow import BEGINNING, Change

Box = tuple[float, float, float, float]
_WORLD: Box = (-np.inf, -np.inf, np.inf, np.inf)
_GROWTH = 1024
_COLUMNS = ("boxes", "seqs", "units", "public", "times")
_GAPS = 10_000


@dataclass(frozen=True)
class Stamp:
    """The state of a place: the highest change that touches it and how many do. Equal stamps mean equal content.

    `epoch` names the history of the database that both numbers count in: after a restored backup no old stamp fits.
    """

    seq: int = 0
    count: int = 0
    epoch: str = ""

    def __str__(self) -> str:
        return f"{self.epoch}{self.seq:x}.{self.count:x}"


@dataclass
class TableClock:
    """The changes of one table as columns.

    boxes (n, 4) in EPSG:3857, seq (n), unit before and after (n, 2), public (n), Unix time (n; 0 for a pruning).
    """

    size: int = 0
    boxes: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((_GROWTH, 4)))
    seqs: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(_GROWTH, np.int64))
    units: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty((_GROWTH, 2), np.int64))
    public: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(_GROWTH, np.bool_))
    times: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(_GROWTH))

    def append(self, change: Change) -> None:
        """Add one change."""
        if self.size == len(self.seqs):
            self._grow()
        at = self.size
        self.boxes[at] = change.bbox or _WORLD
        self.seqs[at] = change.seq
        units = change.units or ()
        self.units[at] = (units[0] if units else -1, units[-1] if units else -1)
        # Without units and box (a reload) everybody is told: what was inside is unknown.
        self.public[at] = change.is_public or change.op in "RP"
        self.times[at] = 0.0 if change.op == "P" else change.at.timestamp()
        self.size += 1

    def forget(self, upto: int) -> None:
        """Drop changes with seq <= `upto` (pruned from the log)."""
        keep = self.seqs[: self.size] > upto
        kept = int(keep.sum())
        for name in _COLUMNS:
            column = getattr(self, name)
            column[:kept] = column[: self.size][keep]
        self.size = kept

    def stamp(self, box: Box | None, reach: Reach | None) -> Stamp:
        """The stamp of `box` (EPSG:3857; None: the whole table) as `reach` may know it (None: all of it)."""
        size = self.size
        if not size:
            return Stamp()
        touched = self._touching(box, size)
        if reach is not None and not reach.everything:
            touched &= self._heard(reach, size)
        count = int(np.count_nonzero(touched))
        return Stamp(int(self.seqs[:size][touched].max()), count) if count else Stamp()

    def changed_at(self, reach: Reach) -> float | None:
        """Unix time of the last change that `reach` may know of; None when there is none."""
        times = self.times[: self.size] if reach.everything else self.times[: self.size][self._heard(reach, self.size)]
        return float(times.max()) or None if times.size else None

    def _touching(self, box: Box | None, size: int) -> npt.NDArray[np.bool_]:
        if box is None:
            return np.ones(size, np.bool_)
        b = self.boxes[:size]
        return (b[:, 0] <= box[2]) & (b[:, 2] >= box[0]) & (b[:, 1] <= box[3]) & (b[:, 3] >= box[1])

    def _heard(self, reach: Reach, size: int) -> npt.NDArray[np.bool_]:
        heard = np.isin(self.units[:size], list(reach.units)).any(axis=1)
        whole = np.isneginf(self.boxes[:size, 0])
        return heard | whole | self.public[:size] if reach.public else heard | whole

    def _grow(self) -> None:
        for name in _COLUMNS:
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.empty_like(column)]))


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
