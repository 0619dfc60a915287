"""A report on paper: A4, the service's own fonts, everything drawn as vectors (fpdf2)."""

from typing import Any

from django.utils.translation import gettext as _

from gis_core.paper.sheet import LEFT, RIGHT, Sheet
from layers.briefings.charts import bars, columns, still_map
from layers.briefings.content import Bars, Block, Columns, Content, Fact, MapOf, Section, Table, short
from layers.briefings.drawing import on_paper

_WIDE = RIGHT - LEFT
_ACCENT, _DEEP, _QUIET = "#0a7285", "#06303b", "#667a85"
_TONES = {"good": "#1f8f5f", "watch": "#d99100", "bad": "#c92a3a"}
_MOST_ROWS = 60


class _Paper(Sheet):
    """Pages with the report's name and their number at the foot."""

    name = ""

    def footer(self) -> None:
        """See fpdf2."""
        self.set_y(-11)
        self.set_font("latin", "", 7.5)
        self.set_text_color(_QUIET)
        self.cell(_WIDE / 2, 5, self.name)
        self.cell(_WIDE / 2, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)


def pdf(content: Content) -> bytes:
    """The file."""
    _Paper.name = content.title
    sheet = _Paper()
    sheet.set_title(content.title)
    sheet.set_lang("vi")
    _head(sheet, content)
    if content.summary:
        sheet.line_of_text(content.summary, 10.5)
        sheet.ln(3)
    _facts(sheet, content.facts)
    for number, section in enumerate(content.sections, 1):
        _section(sheet, number, section)
    _foot(sheet, content)
    return sheet.bytes()


def _head(sheet: Sheet, content: Content) -> None:
    sheet.set_fill_color(_DEEP)
    sheet.rect(0, 0, 210, 46, style="F")
    sheet.set_text_color("#ffffff")
    sheet.set_xy(LEFT, 11)
    sheet.line_of_text(_("Operations centre · Report").upper(), 7.5, bold=True)
    sheet.ln(1)
    sheet.line_of_text(content.title, 18, bold=True)
    sheet.ln(1)
    sheet.line_of_text(content.subtitle + (f"  ·  {_('Demo data')}" if content.demo else ""), 10)
    sheet.set_text_color(0)
    sheet.set_y(max(sheet.get_y() + 4, 52))


def _facts(sheet: Sheet, facts: Any) -> None:
    """Boxes, four a row."""
    found = list(facts)
    for start in range(0, len(found), 4):
        row: list[Fact] = found[start : start + 4]
        _room(sheet, 24)
        wide, top = (_WIDE - 3 * 3) / 4, sheet.get_y()
        for place, fact in enumerate(row):
            x = LEFT + place * (wide + 3)
            sheet.set_fill_color("#f4f7f8")
            sheet.rect(x, top, wide, 20, style="F")
            sheet.set_fill_color(_TONES.get(fact.tone, _ACCENT))
            sheet.rect(x, top, wide, 0.8, style="F")
            _in_box(sheet, fact, x + 2.2, top, wide - 4)
        sheet.set_xy(LEFT, top + 23)


def _in_box(sheet: Sheet, fact: Fact, x: float, top: float, wide: float) -> None:
    sheet.set_text_color(_QUIET)
    sheet.set_font("latin", "", 7.5)
    sheet.put(x, top + 5.4, _fitted(sheet, fact.name, wide))
    sheet.set_text_color(0)
    sheet.set_font("latin", "B", 14)
    sheet.put(x, top + 12.6, fact.value)
    if fact.note:
        sheet.set_text_color(_QUIET)
        sheet.set_font("latin", "", 6.8)
        sheet.put(x, top + 17.4, _fitted(sheet, fact.note, wide))
        sheet.set_text_color(0)


def _fitted(sheet: Sheet, text: str, wide: float) -> str:
    while text and sheet.get_string_width(text) > wide:
        text = text[:-2].rstrip("… ") + "…"
    return text


def _section(sheet: Sheet, number: int, section: Section) -> None:
    _room(sheet, 50)
    sheet.ln(3)
    sheet.set_text_color(_ACCENT)
    sheet.line_of_text(f"{number}.  {section.title}", 13, bold=True)
    sheet.set_text_color(0)
    sheet.ln(1.5)
    if section.text:
        sheet.line_of_text(section.text, 9.5)
        sheet.ln(2)
    _facts(sheet, section.facts)
    for block in section.blocks:
        _block(sheet, block)


def _block(sheet: Sheet, block: Block) -> None:
    if isinstance(block, Table):
        _table(sheet, block)
        return
    drawing = still_map(block) if isinstance(block, MapOf) else bars(block) if isinstance(block, Bars) else _columns(block)
    high = drawing.height * _WIDE / drawing.width
    _room(sheet, high + 10)
    sheet.line_of_text(block.title, 9, bold=True)
    sheet.ln(1)
    top = sheet.get_y()
    on_paper(sheet, drawing, LEFT, top, _WIDE)
    sheet.set_xy(LEFT, top + high + 2)
    if isinstance(block, MapOf):
        _legend(sheet, [entry for layer in block.layers for entry in layer.legend])
    sheet.ln(2)


def _columns(block: Columns) -> Any:
    return columns(block)


def _legend(sheet: Sheet, entries: list[tuple[str, str]]) -> None:
    sheet.set_font("latin", "", 8)
    x, y = LEFT, sheet.get_y() + 2
    for text, colour in entries:
        wide = sheet.get_string_width(text) + 10
        if x + wide > RIGHT:
            x, y = LEFT, y + 5
        sheet.set_fill_color(colour)
        sheet.rect(x, y, 3, 3, style="F")
        sheet.put(x + 4.4, y + 2.6, text)
        x += wide
    sheet.set_xy(LEFT, y + 5)


def _table(sheet: Sheet, block: Table) -> None:
    _room(sheet, 30)
    sheet.line_of_text(block.title, 9, bold=True)
    sheet.ln(1)
    rows = [
        [short(value) if isinstance(value, int | float) else "–" if value is None else str(value) for value in row] for row in block.rows
    ]
    numbers = [any(isinstance(row[place], int | float) for row in block.rows) for place in range(len(block.head))]
    weights = [1.0 if is_number else 2.4 for is_number in numbers]
    widths = [_WIDE * weight / sum(weights) for weight in weights]
    sheet.set_draw_color("#dde5e8")
    sheet.table_of_texts(block.head, rows[:_MOST_ROWS], widths, ["RIGHT" if is_number else "LEFT" for is_number in numbers])
    note = block.note
    if len(rows) > _MOST_ROWS:
        note = _("%(shown)d of %(count)d rows; all of them are in the workbook beside this file.") % {
            "shown": _MOST_ROWS,
            "count": len(rows),
        }
    if note:
        sheet.set_text_color(_QUIET)
        sheet.line_of_text(note, 8)
        sheet.set_text_color(0)
    sheet.ln(3)


def _room(sheet: Sheet, high: float) -> None:
    """A new page where less than `high` mm are left."""
    if sheet.get_y() + high > sheet.h - 16:
        sheet.add_page()


def _foot(sheet: Sheet, content: Content) -> None:
    _room(sheet, 24)
    sheet.ln(4)
    sheet.set_text_color(_QUIET)
    sheet.line_of_text(_("Sources"), 9, bold=True)
    for source in content.sources:
        sheet.line_of_text(f"– {source}", 8)
    at = content.made_at.strftime("%H:%M %d/%m/%Y")
    sheet.line_of_text(_("Made at %(at)s for %(by)s, from the data that this account may see.") % {"at": at, "by": content.made_by}, 8)
    sheet.set_text_color(0)
