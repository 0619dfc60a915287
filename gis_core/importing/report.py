"""The error report of an import: how many rows are wrong in which way, and the first of them by number."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gis_core.geometry import gettext_noop
from gis_core.importing.faults import RowFault, Translate

SHOWN = 50
_ROW = gettext_noop("Row %(row)d: %(sentence)s")
_MORE = gettext_noop("… and %(count)d more rows.")
_BAD = gettext_noop("%(count)d of %(total)d rows cannot be used:")


@dataclass
class Report:
    """Collects faults in the order of the rows; a row counts once, with its first fault."""

    shown: int = SHOWN
    rows: set[int] = field(default_factory=set)
    first: list[RowFault] = field(default_factory=list)
    by_code: Counter[str] = field(default_factory=Counter)

    def add(self, fault: RowFault) -> None:
        """Take in one fault."""
        if fault.row in self.rows:
            return
        self.rows.add(fault.row)
        self.by_code[fault.fault.code] += 1
        # The lowest row numbers, also when faults of several checks come one after the other.
        if len(self.first) < self.shown or fault.row < self.first[-1].row:
            self.first = sorted([*self.first, fault], key=lambda found: found.row)[: self.shown]

    def extend(self, faults: Iterable[RowFault]) -> None:
        """Take in several."""
        for fault in faults:
            self.add(fault)

    @property
    def count(self) -> int:
        """How many rows are wrong."""
        return len(self.rows)

    def lines(self, total: int, translate: Translate) -> Iterator[str]:
        """The report for people: a heading, the first rows with a sentence each, and how many more there are."""
        if not self.count:
            return
        yield translate(_BAD) % {"count": self.count, "total": total}
        for found in self.first:
            yield "  " + translate(_ROW) % {"row": found.row, "sentence": found.fault.sentence(translate)}
        if self.count > len(self.first):
            yield "  " + translate(_MORE) % {"count": self.count - len(self.first)}
