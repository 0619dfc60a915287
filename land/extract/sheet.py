"""The sheet of paper: fonts, frame and the drawing at a true scale."""

import io
import logging
import math
from collections.abc import Sequence
from pathlib import Path

import segno
import shapely
from django.contrib.staticfiles import finders
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from land.extract.content import Extract, text_angle

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
            self.add_font("latin", style, _font("latin", weight))
            self.add_font("vietnamese", style, _font("vietnamese", weight))
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


def _font(part: str, weight: str) -> Path:
    name = _FONTS.format(family=_FAMILY, part=part, weight=weight)
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"{name} is missing: build the front end (npm run build).")
    return Path(found)


class Drawing:
    """The parcel and its neighbours in a square of the sheet, north up, at the extract's scale."""

    def __init__(self, sheet: Sheet, extract: Extract, x: float, y: float, size: float) -> None:
        self.sheet, self.extract = sheet, extract
        self.box = (x, y, size)
        west, south, east, north = extract.shape.bounds
        self.centre = ((west + east) / 2, (south + north) / 2)
        self.mm = 1000 / extract.scale

    def draw(self) -> None:
        """Neighbours first, the parcel over them, then numbers and lengths."""
        x, y, size = self.box
        sheet = self.sheet
        with sheet.local_context():
            with sheet.rect_clip(x, y, size, size):
                sheet.set_draw_color(130)
                sheet.set_line_width(0.15)
                for neighbour in self.extract.neighbours:
                    self._outline(neighbour.shape)
                    self._centred(neighbour.shape, [neighbour.label, neighbour.use], 6.5, grey=110)
                sheet.set_draw_color(0)
                sheet.set_line_width(0.45)
                self._outline(self.extract.shape)
                if self.extract.has_corners:
                    self._lengths()
                    self._numbers()
                self._centred(self.extract.shape, self._label(), 9)
            sheet.set_draw_color(0)
            sheet.set_line_width(0.2)
            sheet.rect(x, y, size, size)
            self._north(x + size - 9, y + 16)

    def _label(self) -> list[str]:
        parcel = self.extract.parcel
        return [str(parcel.parcel_no), f"{parcel.area_m2:.1f}".replace(".", ","), parcel.land_use_label or parcel.land_use]

    def _at(self, east: float, north: float) -> tuple[float, float]:
        x, y, size = self.box
        return x + size / 2 + (east - self.centre[0]) * self.mm, y + size / 2 - (north - self.centre[1]) * self.mm

    def _outline(self, shape: shapely.Polygon) -> None:
        for ring in (shape.exterior, *shape.interiors):
            self.sheet.polygon([self._at(*place) for place in ring.coords[:-1]], style="D")

    def _centred(self, shape: shapely.Polygon, lines: Sequence[str], size: float, grey: int = 0) -> None:
        """Lines of text one below the other around a point inside the part of a shape that is seen."""
        window = self._window().intersection(shape)
        if window.is_empty or window.area * self.mm**2 < 30:
            return
        point = shapely.point_on_surface(window)
        x, y = self._at(point.x, point.y)
        self.sheet.set_font("latin", "", size)
        self.sheet.set_text_color(grey)
        for number, line in enumerate(lines):
            width = self.sheet.get_string_width(line)
            self.sheet.text(x - width / 2, y + (number - len(lines) / 2 + 0.8) * size * 0.4, line)
        self.sheet.set_text_color(0)

    def _window(self) -> shapely.Polygon:
        half = self.box[2] / 2 / self.mm
        east, north = self.centre
        return shapely.box(east - half, north - half, east + half, north + half)

    def _lengths(self) -> None:
        """Along each edge that has room for its length."""
        self.sheet.set_font("latin", "", 6)
        for ring in (self.extract.shape.exterior, *self.extract.shape.interiors):
            for start, end in zip(ring.coords, ring.coords[1:], strict=False):
                length = shapely.Point(start).distance(shapely.Point(end))
                text = f"{length:.2f}"
                if length * self.mm < self.sheet.get_string_width(text) + 1.5:
                    continue
                x, y = self._at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
                angle = text_angle(start, end)
                with self.sheet.rotation(angle, x, y):
                    self.sheet.text(x - self.sheet.get_string_width(text) / 2, y + self._inward(start, end, angle), text)

    def _inward(self, start: tuple[float, ...], end: tuple[float, ...], angle: float) -> float:
        """How far the baseline of a length lies below its edge (mm), so that the text stands inside the parcel."""
        up = math.radians(angle + 90)
        east, north = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        above = shapely.Point(east + math.cos(up) * 0.05, north + math.sin(up) * 0.05)
        return -0.8 if self.extract.shape.contains(above) else 2.3

    def _numbers(self) -> None:
        """Outside of the corners."""
        self.sheet.set_font("latin", "B", 6.5)
        for corner in self.extract.corners:
            x, y = self._at(corner.y, corner.x)
            self.sheet.set_fill_color(255)
            self.sheet.circle(x, y, 0.6, style="DF")
            out = self._outward(corner.y, corner.x)
            self.sheet.text(x + out[0] * 2.2 - 0.9, y - out[1] * 2.2 + 0.8, str(corner.number))

    def _outward(self, east: float, north: float) -> tuple[float, float]:
        """The direction from a corner to where most of its surroundings is not the parcel."""
        around = shapely.Point(east, north).buffer(3 / self.mm)
        free = shapely.difference(around, self.extract.shape).centroid
        run = (free.x - east, free.y - north) if not free.is_empty else (0.0, 1.0)
        length = math.hypot(*run) or 1.0
        return run[0] / length, run[1] / length

    def _north(self, x: float, y: float) -> None:
        self.sheet.set_fill_color(0)
        self.sheet.polygon([(x, y - 10), (x - 2, y - 3), (x, y - 4.5), (x + 2, y - 3)], style="F")
        self.sheet.set_font("latin", "B", 8)
        self.sheet.text(x - 1.2, y, "B")
