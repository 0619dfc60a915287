"""Exports: the incidents of a filter, and the statistics, as files. Nothing about reporters is in any of them."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Literal

import orjson
import xlsxwriter
from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import TooLarge
from incidents.board.statistics import By, table

Format = Literal["csv", "xlsx", "geojson"]
MOST = 250_000
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
_VALUES = (
    *("tracking_code", "title", "category__name", "status", "severity", "reported_at", "due_at", "resolved_at"),
    *("handling_unit__name", "admin_unit__name", "address", "description", "is_public"),
)
_NAMES = (
    *("code", "title", "category", "status", "severity", "reported_at", "due_at", "resolved_at"),
    *("unit", "area", "address", "description", "is_public"),
)
# A cell that begins so is a formula to a spreadsheet (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(rows: Any, kind: Format) -> FileResponse:
    """A file to save. Raises TooLarge for more than 250,000 incidents."""
    if rows.order_by()[: MOST + 1].count() > MOST:
        raise TooLarge(_("An export holds at most %(limit)d incidents; filter further.") % {"limit": MOST})
    out = tempfile.SpooledTemporaryFile(max_size=8_000_000)  # noqa: SIM115  the answer closes it
    values = rows.order_by("pk").values_list(*_VALUES, "geom").iterator(chunk_size=5_000)
    _WRITERS[kind](out, values)
    out.seek(0)
    name = f"phan-anh-{timezone.localdate()}.{kind}"
    headers = {"Cache-Control": "private, no-cache"}
    return FileResponse(out, as_attachment=True, filename=name, content_type=_TYPES[kind], headers=headers)


def statistics_sheet(lines: Sequence[dict[str, Any]], by: By, kind: Literal["csv", "xlsx"]) -> HttpResponse:
    """The statistics as a file."""
    head = [
        *(_("Group"), _("Total"), _("Open"), _("Resolved"), _("On time"), _("Late"), _("Overdue")),
        *(_("Reopened"), _("Rejected"), _("Median (hours)")),
    ]
    body = [head, *table(lines)]
    content = csv_bytes(body) if kind == "csv" else _sheet(body)
    name = f"thong-ke-{by}-{timezone.localdate()}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(content, content_type=_TYPES[kind], headers=headers)


def csv_bytes(lines: Iterable[Sequence[Any]]) -> bytes:
    """With a byte order mark, without which Excel spoils Vietnamese letters; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([_plain(value) for value in line] for line in lines)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _csv(out: IO[bytes], values: Iterable[Sequence[Any]]) -> None:
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow((*_NAMES, "lon", "lat"))
    writer.writerows([_plain(value) for value in _line(row)] for row in values)
    text.flush()
    text.detach()


def _xlsx(out: IO[bytes], values: Iterable[Sequence[Any]]) -> None:
    """Row by row in constant memory; texts that begin with "=" stay texts."""
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        sheet = book.add_worksheet(_("Reports"))
        sheet.write_row(0, 0, (*_NAMES, "lon", "lat"), book.add_format({"bold": True}))
        for number, row in enumerate(values, start=1):
            sheet.write_row(number, 0, _line(row))
        sheet.freeze_panes(1, 0)


def _geojson(out: IO[bytes], values: Iterable[Sequence[Any]]) -> None:
    out.write(b'{"type":"FeatureCollection","features":[')
    for number, row in enumerate(values):
        *attributes, lon, lat = _line(row)
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": dict(zip(_NAMES, attributes, strict=True)),
        }
        out.write((b"," if number else b"") + orjson.dumps(feature))
    out.write(b"]}")


def _line(row: Sequence[Any]) -> Iterator[Any]:
    *values, geom = row
    for name, value in zip(_NAMES, values, strict=True):
        if name.endswith("_at"):
            yield timezone.localtime(value).isoformat(timespec="seconds") if value else ""
        elif name in ("status", "severity"):
            yield value
        else:
            yield "" if value is None else value
    yield round(geom.x, 7)
    yield round(geom.y, 7)


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _sheet(lines: Sequence[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        sheet = book.add_worksheet(_("Statistics"))
        bold = book.add_format({"bold": True})
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line, None if number else bold)
        sheet.set_column(0, 0, 34)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_WRITERS = {"csv": _csv, "xlsx": _xlsx, "geojson": _geojson}
