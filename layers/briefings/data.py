"""The data beside a report: every table as a sheet of a workbook, every layer of it as a GeoPackage."""

import tempfile
from io import BytesIO
from pathlib import Path

import xlsxwriter

from layers.briefings.content import Content


def workbook(content: Content) -> bytes:
    """An Excel file: the facts first, then a sheet a table."""
    out = BytesIO()
    # Texts stay texts: a name that begins with "=" is no formula, and an address is no link.
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, head = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True, "bottom": 1, "bg_color": "#e1f2f4"})
    first = book.add_worksheet("Tổng hợp")
    first.set_column(0, 0, 46)
    first.set_column(1, 2, 24)
    first.write(0, 0, content.title, bold)
    first.write(1, 0, content.subtitle)
    for number, fact in enumerate(content.facts, 3):
        first.write_row(number, 0, [fact.name, fact.value, fact.note])
    used = {"tổng hợp"}
    for name, table in content.sheets.items():
        sheet = book.add_worksheet(_name(name, used))
        sheet.write_row(0, 0, list(table.head), head)
        for number, row in enumerate(table.rows, 1):
            sheet.write_row(number, 0, ["" if value is None else value for value in row])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.head) - 1)
        sheet.autofit()
    book.close()
    return out.getvalue()


def _name(title: str, used: set[str]) -> str:
    """A sheet's name: at most 31 letters, none that Excel forbids, each once."""
    plain = "".join(letter for letter in title if letter not in "[]:*?/\\'")[:28].strip() or "Dữ liệu"
    name, number = plain, 2
    while name.lower() in used:
        name, number = f"{plain} {number}", number + 1
    used.add(name.lower())
    return name


def geopackage(content: Content) -> bytes:
    """A layer a frame, in VN-2000; nothing where a report has none."""
    frames = {name: frame for name, frame in content.frames.items() if len(frame)}
    if not frames:
        return b""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.gpkg"
        for name, frame in frames.items():
            frame.to_file(path, driver="GPKG", layer=name, engine="pyogrio")
        return path.read_bytes()
