"""Paper: a sheet in the service's own fonts, with tables and QR codes. Vietnamese letters come from a second font file."""

import io
import logging
from collections.abc import Sequence
from pathlib import Path

import segno
from django.contrib.staticfiles import finders
from fpdf import FPDF
from fpdf.enums import XPos, YPos

# It tells of every table and every letter that it leaves out, at the level of our own messages.
logging.getLogger("fontTools").setLevel(logging.WARNING)
_FAMILY = "be-vietnam-pro"
_FONTS = "gis_core/dist/fonts/{family}-{part}-{weight}-normal.woff2"
LEFT, RIGHT = 18.0, 192.0
"""Margins of an A4 sheet in millimetres."""


class Sheet(FPDF):
    """A page (A4, or width and height in mm) in the service's own fonts: Latin letters from one file, the Vietnamese ones from another."""

    def __init__(self, size: tuple[float, float] | str = "A4") -> None:
        super().__init__(format=size)
        for weight, style in (("400", ""), ("700", "B")):
            self.add_font("latin", style, font_file("latin", weight))
            self.add_font("vietnamese", style, font_file("vietnamese", weight))
        self.set_fallback_fonts(["vietnamese"], exact_match=False)
        self.set_margins(LEFT, 14, 210 - RIGHT)
        self.set_auto_page_break(True, 14)
        self.add_page()

    def line_of_text(self, text: str, size: float = 10, *, bold: bool = False, align: str = "L") -> None:
        """A paragraph over the whole width."""
        self.set_font("latin", "B" if bold else "", size)
        self.multi_cell(0, size * 0.5, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def put(self, x: float, y: float, text: str) -> None:
        """A text with its baseline at a position, Vietnamese letters included (the library's own `text` knows one font file alone)."""
        # What was written in two fonts leaves the page in another one than the library remembers: it is named anew.
        family, style, size = self.font_family, self.font_style, self.font_size_pt
        self.set_font(family, style, size + 1)
        self.set_font(family, style, size)
        self.set_xy(x - self.c_margin, y - 0.8 * self.font_size)
        self.cell(self.get_string_width(text) + 2 * self.c_margin, self.font_size, text)

    def table_of_texts(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], align: Sequence[str]) -> None:
        """A ruled table; its head is repeated on each page."""
        self.set_font("latin", "", 8.5)
        with self.table(width=sum(widths), col_widths=tuple(widths), text_align=tuple(align), line_height=4.6, align="L") as table:
            for row in (head, *rows):
                table.row(list(row))

    def qr(self, text: str, x: float, y: float, size: float) -> None:
        """A QR code drawn as squares: no picture, sharp at any size."""
        matrix = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
        step = size / len(matrix)
        self.set_fill_color(0)
        for row, cells in enumerate(matrix):
            for column, dark in enumerate(cells):
                if dark:
                    # A hair wider than the step: viewers leave white seams between squares that only touch.
                    self.rect(x + column * step, y + row * step, step * 1.02, step * 1.02, style="F")

    def bytes(self) -> bytes:
        """The finished file."""
        out = io.BytesIO()
        self.output(out)
        return out.getvalue()


def font_file(part: str, weight: str) -> Path:
    """The file (woff2) of a part, latin or vietnamese, of the service's font. Raises FileNotFoundError before the front end is built."""
    name = _FONTS.format(family=_FAMILY, part=part, weight=weight)
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"{name} is missing: build the front end (npm run build).")
    return Path(found)
