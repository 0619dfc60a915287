"""Workbooks by anybody are read in a confined child: as texts, bounded, and never half."""

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter

from layers.ingestion import workbook
from layers.ingestion.workbook import UnreadableWorkbook, rows_of


def _book(rows: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        book.add_worksheet("second").write(0, 0, "not read")
    return content.getvalue()


def test_cells_are_texts() -> None:
    """A code stays a code, a whole number has no tail, an empty cell is empty."""
    rows = rows_of(_book([["unit", "n", "x", "e"], ["20341", 20341, 1.5, None], ["Tam Kỳ", 0, -2, ""]]))
    assert rows[0] == ["unit", "n", "x", "e"]
    assert rows[1][:3] == ["20341", "20341", "1.5"]
    assert rows[2][:3] == ["Tam Kỳ", "0", "-2"]
    assert not any("not read" in cell for row in rows for cell in row)


def test_an_empty_workbook_has_no_rows() -> None:
    assert [row for row in rows_of(_book([])) if any(row)] == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"unit,n\n1,2\n", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableWorkbook):
        rows_of(content)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(UnreadableWorkbook):
        rows_of(content.getvalue())


def test_a_sheet_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader stops at its limit, not at the end of memory."""
    monkeypatch.setattr(workbook, "MAX_CELLS", 5)
    with pytest.raises(ValueError, match=r"^$"):
        workbook._read(_book([["a", "b", "c"], ["d", "e", "f"]]))
