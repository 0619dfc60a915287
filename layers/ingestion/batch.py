"""What every ingestion does alike: it names each fault with its row, writes all or nothing, and says what became of the batch."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar, TypeVar

import openpyxl
from django.utils.translation import gettext as _

from gis_core.errors import ServiceError

T = TypeVar("T")
R = TypeVar("R")
MAX_ROWS = 10_000
MAX_FAULTS = 50


@dataclass(frozen=True)
class Fault:
    """What is wrong with one row; rows count from 1."""

    row: int
    field: str
    detail: str


class RowFault(Exception):
    """Raised by a reader of rows; `batch` adds the number."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.detail = field, detail


class BatchRefused(ServiceError):
    """Rows of a batch cannot be taken in; nothing of it was written. `faults` has the first of them."""

    status: ClassVar[HTTPStatus] = HTTPStatus.UNPROCESSABLE_ENTITY
    code: ClassVar[str] = "batch-refused"

    def __init__(self, faults: list[Fault]) -> None:
        first = faults[0]
        sentence = _("%(count)d rows cannot be taken in, so none was. Row %(row)d, %(field)s: %(detail)s")
        words = {"count": len({fault.row for fault in faults}), "row": first.row, "field": first.field, "detail": first.detail}
        super().__init__(sentence % words, field=first.field, members={"faults": [asdict(fault) for fault in faults[:MAX_FAULTS]]})
        self.faults = faults


@dataclass(frozen=True)
class Outcome:
    """What became of a batch. `repeated` rows were there already with the same values; `corrected` ones had others."""

    received: int
    created: int
    corrected: int
    repeated: int


def every(rows: Iterable[T], read: Callable[[T], R]) -> list[R]:
    """Read all rows. Raises BatchRefused with the faults of all of them, or for too many rows."""
    found: list[R] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows, 1):
        if number > MAX_ROWS:
            raise BatchRefused([Fault(number, "row", _("a batch holds at most %(limit)d rows") % {"limit": MAX_ROWS})])
        try:
            found.append(read(row))
        except RowFault as fault:
            faults.append(Fault(number, fault.field, fault.detail))
    if faults:
        raise BatchRefused(faults)
    return found


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV (UTF-8) or Excel file as texts by column name; empty rows are left out. For operators' commands."""
    lines = _sheet(path) if path.suffix.lower() == ".xlsx" else csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    names = [name.strip() for name in next(lines, [])]
    for line in lines:
        if any(cell.strip() for cell in line):
            yield {name: cell.strip() for name, cell in zip(names, line, strict=False) if name}


def _sheet(path: Path) -> Iterator[list[str]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for line in book.worksheets[0].iter_rows(values_only=True):
        yield ["" if cell is None else str(cell) for cell in line]
