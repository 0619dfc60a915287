"""The first sheet of an Excel workbook as rows of texts, read in a confined child process: workbooks are archives of XML by anybody."""

import io
import json
import sys
from typing import Any

from gis_core.importing import sandbox

MAX_CELLS = 400_000
_LIMITS = sandbox.Limits(memory=1 << 30, cpu_seconds=20, seconds=40)


class UnreadableWorkbook(Exception):
    """It is no workbook, is damaged, or asks for more than it may."""


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of the first sheet. Raises UnreadableWorkbook."""
    with sandbox.start("layers.ingestion.workbook") as child:
        told, _errors = child.communicate(content)
    if child.returncode:
        raise UnreadableWorkbook
    rows: list[list[str]] = json.loads(told)
    return rows


def _read(content: bytes) -> list[list[str]]:
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    rows, cells = [], 0
    for line in sheet.iter_rows(values_only=True):
        cells += len(line)
        if cells > MAX_CELLS:
            raise ValueError
        rows.append([_text(cell) for cell in line])
    return rows


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    # A whole number in a sheet is a float: a code must not arrive as "20341.0".
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def main() -> int:
    """The child: a workbook on standard input, its rows as JSON on standard output."""
    sandbox.confine(_LIMITS)
    sys.stdout.write(json.dumps(_read(sys.stdin.buffer.read())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
