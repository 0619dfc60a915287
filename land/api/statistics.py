"""Area statistics as JSON, CSV and Excel."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.params.functions import Query

from gis_core.access import scope_of
from land.layers import Parcels
from land.statistics import Line, area_table

router = Router()
_ON = Query(None, description="The day; today where left out")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/areas", response=list[dict[str, Any]], summary="Areas by unit and land use, adding up at every level")
def areas(request: HttpRequest, on: date | None = _ON, format: Literal["json", "csv", "xlsx"] = "json") -> Any:
    """The parcels that you may see, by commune and the units above it. A line without a code is the unit's total."""
    lines = area_table(Parcels().reach(scope_of(request.user)), on or timezone.localdate())
    if format == "json":
        names = ("unit", "path", "code", "use", "parcels", "area_m2")
        return [{name: getattr(line, name) for name in names} for line in lines]
    content, kind = (_csv(lines), "text/csv; charset=utf-8") if format == "csv" else (_xlsx(lines), _XLSX)
    name = f"dien-tich-{on or timezone.localdate()}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _head() -> Sequence[str]:
    return (_("Unit"), _("Unit's path"), _("Land-use code"), _("Land use"), _("Parcels"), _("Area (m²)"))


def _csv(lines: Sequence[Line]) -> bytes:
    """With a byte order mark, without which Excel spoils Vietnamese letters; numbers with a point."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_head())
    writer.writerows((line.unit, line.path, line.code, line.use, line.parcels, f"{line.area_m2:.2f}") for line in lines)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(lines: Sequence[Line]) -> bytes:
    """Totals are values, not formulas: a copied sheet keeps them. Texts that begin with "=" stay texts."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(_("Areas"))
        bold, area = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        total = book.add_format({"bold": True, "num_format": "#,##0.00"})
        sheet.write_row(0, 0, _head(), bold)
        for row, line in enumerate(lines, start=1):
            style = area if line.code else total
            sheet.write_row(row, 0, (line.unit, line.path, line.code, line.use, line.parcels, line.area_m2), style)
            sheet.write_number(row, 4, line.parcels, None if line.code else bold)
        for column, width in enumerate((26, 14, 10, 44, 10, 18)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(lines), 1), 5)
    return out.getvalue()
