"""What was written and what was read, with times, and the three rules of freshness that they must keep (DESIGN section 4).

A cell is a group of rows of two layers. Each transaction writes the whole cell: all its rows get the next version, and an
amount goes from one row to another. So an answer that mixes two states shows two versions or a wrong sum.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

TOTAL = 1_000
# Row -> (version, amount), as a tile shows it.
Seen = dict[tuple[str, int], tuple[int, int]]


@dataclass(frozen=True)
class Write:
    """A committed transaction. Times are monotonic seconds: between them lies the commit. `seq`: its last row in the log."""

    cell: int
    version: int
    seq: int
    began: float
    committed: float


@dataclass(frozen=True)
class Read:
    """An answer: who gave it, what it said of the log, what its content is (of a 304: what the caller holds under `etag`)."""

    node: int
    path: str
    began: float
    ended: float
    status: int
    etag: str
    seq: int
    seen: Seen
    sent: str = ""
    min_seq: int | None = None


@dataclass
class History:
    """All of a run; threads append."""

    cells: dict[int, tuple[tuple[str, int], ...]]
    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    failures: list[tuple[float, int]] = field(default_factory=list)  # when a request began, the status (0: no answer)

    def versions(self, read: Read) -> dict[int, set[int]]:
        """The versions of each cell in an answer."""
        return {cell: {read.seen[row][0] for row in rows if row in read.seen} for cell, rows in self.cells.items()}

    def violations(self, patience: float) -> list[str]:
        """Every breach of a rule; `patience` is the lag in seconds that rule 2 allows at most."""
        found = [sentence for read in self.reads for sentence in self._breaches(read, patience)]
        return found + list(self._one_content_a_validator())

    def lags(self) -> list[float]:
        """For each read and cell: how long the newest write that it should show and does not was committed before it began."""
        return [max(self._missed(read)) if any(self._missed(read)) else 0.0 for read in self.reads]

    def _missed(self, read: Read) -> list[float]:
        versions = self.versions(read)
        return [
            read.began - write.committed
            for write in self.writes
            if write.committed < read.began and write.version > max(versions[write.cell], default=0)
        ]

    def _breaches(self, read: Read, patience: float) -> Iterator[str]:
        yield from self._mixtures(read)
        what = f"{read.status} of node {read.node} for {read.path}"
        if read.status == 304 and read.etag not in read.sent:
            yield f"{what}: a validator that nobody sent"
        versions = self.versions(read)
        known = next((write for write in self.writes if write.seq == read.min_seq), None)
        for write in self.writes:
            newest = max(versions[write.cell], default=0)
            if write.version <= newest:
                continue
            late = read.began - write.committed
            if late > patience:
                yield f"{what}: version {newest} of cell {write.cell}, {write.version} was committed {late:.2f} s before (rule 2)"
            # Numbers are given out before commit: a lower one that committed later than the known change is not part of it.
            if known is not None and (write is known or write.committed < known.began):
                yield f"{what}: asked for {read.min_seq}, got version {newest}, {write.version} has {write.seq} (rule 1)"

    def _mixtures(self, read: Read) -> Iterator[str]:
        for cell, rows in self.cells.items():
            states = [read.seen[row] for row in rows if row in read.seen]
            if len({version for version, _amount in states}) != 1 or len(states) != len(rows):
                yield f"{read.status} of node {read.node} for {read.path}: cell {cell} in two states {states} (rule 3)"
            elif sum(amount for _version, amount in states) != TOTAL:
                yield f"{read.status} of node {read.node} for {read.path}: cell {cell} adds up to another sum {states} (rule 3)"

    def _one_content_a_validator(self) -> Iterator[str]:
        held: dict[tuple[str, str], Seen] = {}
        for read in self.reads:
            if read.etag and held.setdefault((read.path, read.etag), read.seen) != read.seen:
                yield f"{read.path}: {read.etag} stands for two contents (rule 3)"


def share(numbers: Iterable[float], part: float) -> float:
    """The quantile `part` of numbers, 0 where there are none."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0
