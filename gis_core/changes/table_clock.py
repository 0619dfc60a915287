"""The changes of one table, and which of them touch a place.

A busy province changes a table a hundred thousand times within the days that the log is kept, and each tile asks: so full
segments of changes stand in blocks of near ones, and only blocks whose hull meets the place are looked into.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gis_core.access import Reach
from gis_core.changes.follow import Change

Box = tuple[float, float, float, float]
Boxes = npt.NDArray[np.float64]  # (n, 4), EPSG:3857
_WORLD: Box = (-np.inf, -np.inf, np.inf, np.inf)
_GROWTH = 1024
_SEGMENT, _BLOCK = 4096, 64
_COLUMNS = ("boxes", "seqs", "units", "public", "times")
_REACHES = 256


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


@dataclass(frozen=True)
class _Whole:
    """What one reach may know of the first `size` changes, wherever they are."""

    size: int = 0
    seq: int = 0
    count: int = 0
    time: float = 0.0


@dataclass
class TableClock:
    """The changes of one table as columns.

    boxes (n, 4) in EPSG:3857, seq (n), unit before and after (n, 2), public (n), Unix time (n; 0 for a pruning). The first
    `packed` rows stand in blocks, each with its hull (n / 64, 4).
    """

    size: int = 0
    boxes: Boxes = field(default_factory=lambda: np.empty((_GROWTH, 4)))
    seqs: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(_GROWTH, np.int64))
    units: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty((_GROWTH, 2), np.int64))
    public: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(_GROWTH, np.bool_))
    times: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(_GROWTH))
    packed: int = 0
    hulls: Boxes = field(default_factory=lambda: np.empty((0, 4)))
    _wholes: dict[Reach | None, _Whole] = field(default_factory=dict)

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
        if self.size - self.packed == _SEGMENT:
            self._pack()

    def forget(self, upto: int) -> None:
        """Drop changes with seq <= `upto` (pruned from the log)."""
        keep = self.seqs[: self.size] > upto
        kept = int(keep.sum())
        for name in _COLUMNS:
            column = getattr(self, name)
            column[:kept] = column[: self.size][keep]
        self.size, self.packed, self.hulls = kept, 0, np.empty((0, 4))
        self._wholes.clear()
        while self.size - self.packed >= _SEGMENT:
            self._pack()

    def stamp(self, box: Box | None, reach: Reach | None) -> Stamp:
        """The stamp of `box` (EPSG:3857; None: the whole table) as `reach` may know it (None: all of it)."""
        if box is None:
            whole = self._whole(reach)
            return Stamp(whole.seq, whole.count)
        highest, count = 0, 0
        rest = slice(self.packed, self.size)
        for rows in (self._near(box), rest) if self.packed else (rest,):
            touched = _meets(self.boxes[rows], box)
            if reach is not None and not reach.everything:
                touched &= self._heard(reach, rows)
            seqs = self.seqs[rows][touched]
            if seqs.size:
                highest, count = max(highest, int(seqs.max())), count + seqs.size
        return Stamp(highest, count)

    def changed_at(self, reach: Reach) -> float | None:
        """Unix time of the last change that `reach` may know of; None when there is none."""
        return self._whole(reach).time or None

    def _near(self, box: Box) -> npt.NDArray[np.int64]:
        """The rows of the blocks that may touch `box`."""
        blocks = np.flatnonzero(_meets(self.hulls, box))
        return (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()

    def _whole(self, reach: Reach | None) -> _Whole:
        """Only what came since the last time is looked at."""
        known = self._wholes.get(reach, _Whole())
        if known.size == self.size:
            return known
        new = slice(known.size, self.size)
        heard = np.ones(self.size - known.size, np.bool_) if reach is None or reach.everything else self._heard(reach, new)
        seqs, times = self.seqs[new][heard], self.times[new][heard]
        if seqs.size:
            known = _Whole(0, max(known.seq, int(seqs.max())), known.count + seqs.size, max(known.time, float(times.max())))
        if len(self._wholes) >= _REACHES:
            self._wholes.clear()
        self._wholes[reach] = found = _Whole(self.size, known.seq, known.count, known.time)
        return found

    def _heard(self, reach: Reach, rows: "slice | npt.NDArray[np.int64]") -> npt.NDArray[np.bool_]:
        heard = np.isin(self.units[rows], list(reach.units)).any(axis=1)
        whole = np.isneginf(self.boxes[rows, 0])
        return heard | whole | self.public[rows] if reach.public else heard | whole

    def _pack(self) -> None:
        """Put the next segment in an order in which neighbours stand together."""
        rows = slice(self.packed, self.packed + _SEGMENT)
        order = np.argsort(_morton(self.boxes[rows]), kind="stable")
        for name in _COLUMNS:
            column = getattr(self, name)
            column[rows] = column[rows][order]
        blocks = self.boxes[rows].reshape(-1, _BLOCK, 4)
        hulls = np.concatenate([blocks[:, :, :2].min(axis=1), blocks[:, :, 2:].max(axis=1)], axis=1)
        self.hulls = np.concatenate([self.hulls, hulls])
        self.packed += _SEGMENT
        self._wholes.clear()  # they count from the front, where other rows stand now

    def _grow(self) -> None:
        for name in _COLUMNS:
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.empty_like(column)]))


def _meets(boxes: Boxes, box: Box) -> npt.NDArray[np.bool_]:
    return (boxes[:, 0] <= box[2]) & (boxes[:, 2] >= box[0]) & (boxes[:, 1] <= box[3]) & (boxes[:, 3] >= box[1])


def _morton(boxes: Boxes) -> npt.NDArray[np.int64]:
    """Places along a Z-order curve of 1024 × 1024 over all boxes with a place; those without one come last."""
    placed = np.isfinite(boxes[:, 0])
    key = np.full(len(boxes), 1 << 20, np.int64)
    if placed.any():
        corners = boxes[placed, :2]
        low = corners.min(axis=0)
        steps = ((corners - low) / np.maximum(corners.max(axis=0) - low, 1e-9) * 1023).astype(np.int64)
        key[placed] = sum(((steps[:, axis] >> bit) & 1) << (2 * bit + axis) for bit in range(10) for axis in (0, 1))
    return key
