"""What an import is asked to do, what it answers, and why it may refuse."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from gis_core.importing.messages import Description, Options, Remarks
from gis_core.importing.report import Report
from gis_core.importing.sandbox import Limits
from gis_core.models import AdminUnit, User
from layers.models import ImportedLayer

Mode = Literal["create", "replace", "append", "upsert"]
Family = Literal["point", "line", "polygon"]


@dataclass(frozen=True)
class ImportRequest:
    """One import. `units` limit and own the rows; `family` picks one kind of geometry out of a mixed file.

    `limits` bound the reading; `author` is whose work the new version is; `look` sees the outcome before it is kept or, of a
    dry run, undone.
    """

    path: Path
    name: str
    title: str = ""
    options: Options = field(default_factory=Options)
    mode: Mode = "create"
    public: bool = False
    units: tuple[AdminUnit, ...] = ()
    owner: User | None = None
    key: str = ""
    family: Family | None = None
    skip_bad: bool = False
    repair: bool = False
    dry_run: bool = False
    limits: Limits = field(default_factory=Limits)
    author: User | None = None
    look: "Callable[[Outcome], None] | None" = None

    @property
    def adds(self) -> bool:
        """Whether rows come to those that are there."""
        return self.mode in ("append", "upsert")


@dataclass
class Outcome:
    """What an import did. `outside` counts rows in no unit, `other_kinds` those left out by `family`, `renewed` those of an upsert."""

    source: Description
    layer: ImportedLayer
    written: int
    report: Report
    remarks: Remarks
    outside: int = 0
    other_kinds: int = 0
    renewed: int = 0
    repaired: list[int] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


class ImportRefused(Exception):
    """The import cannot be done as asked; the sentence says what to do."""


class KindsMixed(ImportRefused):
    """The file holds points, lines and surfaces; `counts` says how many of each."""

    def __init__(self, counts: dict[str, int]) -> None:
        listed = ", ".join(f"{family}: {count}" for family, count in sorted(counts.items()))
        sentence = _("The file mixes kinds of geometry (%(listed)s); a layer has one. Choose it with --geometry point, line or polygon.")
        super().__init__(sentence % {"listed": listed})
        self.counts = counts


class RowsRefused(ImportRefused):
    """Rows are wrong and were not to be skipped: nothing was written."""

    def __init__(self, report: Report, total: int) -> None:
        super().__init__(f"{report.count} of {total} rows")
        self.report, self.total = report, total
