"""The extract's page in words: Vietnamese, as the paper is an official form."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from gis_core.paper.sheet import LEFT, RIGHT, Sheet
from land.extract.content import Extract
from land.extract.sheet import Drawing

SIDE_MM = 124.0


def pdf(extract: Extract, address: str) -> bytes:
    """The extract as PDF; `address` is the parcel's page, which the QR code leads to."""
    with override("vi"):
        sheet = Sheet()
        _head(sheet, extract)
        _drawing(sheet, extract, address)
        _corners(sheet, extract)
        return sheet.bytes()


def _head(sheet: Sheet, extract: Extract) -> None:
    parcel = extract.parcel
    sheet.line_of_text(_("Extract of the cadastral map"), 15, bold=True, align="C")
    sheet.line_of_text(_("For information; it becomes valid only with the office's signature and seal."), 8, align="C")
    sheet.ln(2)
    unit = parcel.admin_unit.name if parcel.admin_unit else ""
    sheet.line_of_text(
        _("Parcel %(number)d, map sheet %(sheet)d, %(unit)s") % {"number": parcel.parcel_no, "sheet": parcel.sheet_no, "unit": unit},
        11,
        bold=True,
    )
    if parcel.old_sheet_no and parcel.old_unit:
        old = {"number": parcel.old_parcel_no or 0, "sheet": parcel.old_sheet_no, "unit": parcel.old_unit.name}
        sheet.line_of_text(_("Before 1 July 2025: parcel %(number)d, map sheet %(sheet)d, %(unit)s") % old, 9)
    sheet.line_of_text(_("Parcel code: %(code)s · Address: %(address)s") % {"code": parcel.geohash, "address": parcel.address}, 9)
    areas = {"area": _number(parcel.area_m2, 1), "legal": _number(parcel.legal_area_m2, 1) if parcel.legal_area_m2 else "–"}
    sheet.line_of_text(_("Area: %(area)s m² (on paper: %(legal)s m²)") % areas, 9)
    uses = "; ".join(f"{code} {name}: {_number(area, 1)} m²" for code, name, area in extract.uses)
    sheet.line_of_text(_("Land uses: %(uses)s") % {"uses": uses}, 9)
    state = {"day": extract.on.strftime("%d/%m/%Y"), "version": parcel.version, "status": parcel.get_status_display()}
    sheet.line_of_text(_("As of %(day)s, version %(version)d, status: %(status)s") % state, 9)


def _drawing(sheet: Sheet, extract: Extract, address: str) -> None:
    top = sheet.get_y() + 2
    Drawing(sheet, extract, LEFT, top, SIDE_MM).draw()
    beside = LEFT + SIDE_MM + 6
    sheet.qr(address, beside, top, 34)
    sheet.set_xy(beside, top + 36)
    sheet.set_font("latin", "", 7)
    sheet.multi_cell(RIGHT - beside, 3.4, _("The parcel's page, where the present state is found."), align="L")
    sheet.set_xy(beside, top + 52)
    sheet.set_font("latin", "B", 9)
    sheet.multi_cell(RIGHT - beside, 4.5, f"1:{extract.scale}", align="L")
    sheet.set_xy(beside, top + 58)
    sheet.set_font("latin", "", 7)
    sheet.multi_cell(RIGHT - beside, 3.4, _("VN-2000, central meridian 107°45', 3° zone"), align="L")
    sheet.set_xy(LEFT, top + SIDE_MM + 4)


def _corners(sheet: Sheet, extract: Extract) -> None:
    if not extract.has_corners:
        sheet.line_of_text(_("The outline has %(count)d corners; they are listed in exports only.") % {"count": len(extract.corners)}, 9)
        return
    head = (_("Corner"), _("X (north, m)"), _("Y (east, m)"), _("Length (m)"))
    rows = [(str(corner.number), f"{corner.x:.3f}", f"{corner.y:.3f}", f"{corner.length:.2f}") for corner in extract.corners]
    sheet.line_of_text(_("Corners, and lengths to the next corner"), 9, bold=True)
    sheet.table_of_texts(head, rows, (16, 38, 38, 28), ("CENTER", "RIGHT", "RIGHT", "RIGHT"))


def _number(value: float, decimals: int) -> str:
    """As written in Việt Nam: 1.234,5."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))
