"""Vietnamese of the years before Unicode is brought into it, also in the names of attributes; workbooks are tables with points."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gis_core.importing.faults import FileFault
from gis_core.importing.legacy import recognised
from tests.importing.conftest import Writer, read

ROWS = ("Phường Tân Thạnh", "Trường Xuân", "đường Điện Biên Phủ", "Hòa Hương", "khối phố Mỹ Thạch Bắc")
# The same words as the bytes of three scripts, as Latin-1 shows them.
TCVN3 = ("Ph\u00ad\u00eang T\u00a9n Th\u00b9nh", "Tr\u00ad\u00eang Xu\u00a9n", "\u00ae\u00ad\u00eang \u00a7i\u00d6n Bi\u00aan Ph\u00f1")
VNI = ("Phöôøng Taân Thaïnh", "Tröôøng Xuaân", "ñöôøng Ñieän Bieân Phuû")


def cp1258(text: str) -> bytes:
    """Windows' own page: the letter with its hat, then the tone."""
    import unicodedata

    return b"".join(
        letter.encode("cp1258")
        for found in text
        for letter in _letter_and_tone(unicodedata.normalize("NFD", found) if found not in "đĐ" else found)
    )


def _letter_and_tone(parts: str) -> Sequence[str]:
    import unicodedata

    tones = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
    return [unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)), *tones]


@pytest.mark.parametrize(("texts", "script"), [(TCVN3, "tcvn3"), (VNI, "vni"), (ROWS, "utf8")])
def test_scripts_are_told_apart(texts: Sequence[str], script: str) -> None:
    """By letters that no text in Unicode has side by side."""
    assert recognised(texts) == script


def test_windows_1258_is_told_apart() -> None:
    """Its tones stand behind their letters."""
    assert recognised([cp1258(text).decode("latin-1") for text in ROWS]) == "cp1258"


def _csv(texts: Sequence[bytes], heading: bytes) -> bytes:
    return b"lon,lat," + heading + b"\n" + b"".join(b"108.47,15.57," + text + b"\n" for text in texts)


@pytest.mark.parametrize(
    ("content", "heading", "script"),
    [
        (_csv([text.encode("latin-1") for text in TCVN3], b"ph\xad\xeang"), "phường", "tcvn3"),
        (_csv([text.encode("latin-1") for text in VNI], "phöôøng".encode("latin-1")), "phường", "vni"),
        (_csv([cp1258(text) for text in ROWS[:3]], cp1258("phường")), "phường", "cp1258"),
    ],
    ids=["tcvn3", "vni", "cp1258"],
)
def test_bytes_become_letters(write: Writer, content: bytes, heading: str, script: str) -> None:
    """Rows and headings alike, in composed form."""
    found = read(write("cu.csv", content), encoding="ISO-8859-1", script="auto")
    assert found.remarks.script == script
    assert found.column(heading) == list(ROWS[:3])


def test_unicode_stays_as_it_is(write: Writer) -> None:
    """Nothing is guessed into it."""
    found = read(write("moi.csv", _csv([text.encode() for text in ROWS], "phường".encode())), script="auto")
    assert (found.remarks.script, found.column("phường")) == ("utf8", list(ROWS))


def _workbook(path: Path, *rows: Sequence[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbook_is_a_table_with_points(tmp_path: Path) -> None:
    """Also where a cell holds text with a decimal comma; a row without a place is told."""
    rows = [("Tên", "Kinh độ", "Vĩ độ"), ("Chợ", 108.47, 15.57), ("Trường", "108,48", "15,58"), ("Trạm", None, 15.6)]
    found = read(_workbook(tmp_path / "a.xlsx", *rows))
    assert (found.about.format, found.about.srid, found.column("Tên")) == ("xlsx", 4326, ["Chợ", "Trường"])
    assert found.codes == {3: "no-geometry"}


def test_a_workbook_in_metres_has_to_say_where(tmp_path: Path) -> None:
    """Or is told."""
    path = _workbook(tmp_path / "b.xlsx", ("x", "y"), (550_000.5, 1_722_000.25))
    with pytest.raises(FileFault, match="EPSG:5899"):
        read(path)
    assert len(read(path, srid=5899).rows) == 1


def test_a_workbook_without_places_says_which_columns_it_has(tmp_path: Path) -> None:
    """And which would do."""
    with pytest.raises(FileFault, match="Loại, Số"):
        read(_workbook(tmp_path / "c.xlsx", ("Loại", "Số"), ("a", 1)))


def test_an_old_workbook_is_told(write: Writer) -> None:
    """How to save it."""
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le") + bytes(900)
    with pytest.raises(FileFault, match="xlsx"):
        read(write("d.xls", content))
