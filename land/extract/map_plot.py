"""The plot of a map sheet: parcels with their labels, grid crosses, frames with coordinates. In Vietnamese, as papers are."""

import math

import shapely
from django.utils.translation import override

from gis_core.paper.sheet import Sheet
from land.extract.map_sheet import AROUND_MM, BESIDE_MM, Lot, MapSheet
from land.extract.map_title import Title, number_text

GRID_MM = 100.0
"""Crosses stand every ten centimetres on the paper (circular on cadastral maps)."""
OUTER_MM = 9.0
"""Between the two frames, where the coordinates stand."""
SIZES_PT = (7.5, 6.5, 5.5, 4.5, 3.6, 2.8, 2.2)
_MM_OF_PT = 0.3528


def plot(sheet: MapSheet) -> bytes:
    """The sheet as PDF, at its true scale."""
    with override("vi"):
        return Plot(sheet).drawn()


def tint(fill: str) -> tuple[int, int, int]:
    """An official colour at half strength, so that lines and letters stay readable on it."""
    red, green, blue = (round(255 - (255 - int(fill[at : at + 2], 16)) * 0.55) for at in (1, 3, 5))
    return red, green, blue


class Plot:
    """One page; positions on it are in mm from its upper left corner."""

    def __init__(self, sheet: MapSheet) -> None:
        self.sheet = sheet
        self.paper = Sheet(sheet.paper)
        self.paper.set_auto_page_break(False)
        self.mm = 1000 / sheet.scale
        west, south, east, north = sheet.bounds
        self.room = (sheet.paper[0] - 2 * AROUND_MM - BESIDE_MM, sheet.paper[1] - 2 * AROUND_MM)
        # The ground stands in the middle of the frame.
        self.west = (west + east) / 2 - self.room[0] / 2 / self.mm
        self.north = (south + north) / 2 + self.room[1] / 2 / self.mm

    def drawn(self) -> bytes:
        """The finished file."""
        with self.paper.rect_clip(AROUND_MM, AROUND_MM, *self.room):
            self._parcels()
            for lot in self.sheet.lots:
                self._label(lot)
        self._grid()
        self._frames()
        Title(self.paper, self.sheet, AROUND_MM + self.room[0] + OUTER_MM + 7).drawn()
        return self.paper.bytes()

    def _at(self, east: float, north: float) -> tuple[float, float]:
        return AROUND_MM + (east - self.west) * self.mm, AROUND_MM + (self.north - north) * self.mm

    def _parcels(self) -> None:
        paper, colours = self.paper, {use.code: use.fill for use in self.sheet.legend}
        paper.set_draw_color(40)
        paper.set_line_width(0.13)
        # The largest first: a parcel in another one's hole lies over the white of the hole.
        for lot in sorted(self.sheet.lots, key=lambda lot: -lot.shape.area):
            paper.set_fill_color(*tint(colours[lot.code]))
            paper.polygon([self._at(*place) for place in lot.shape.exterior.coords[:-1]], style="DF")
            paper.set_fill_color(255)
            for hole in lot.shape.interiors:
                paper.polygon([self._at(*place) for place in hole.coords[:-1]], style="DF")

    def _label(self, lot: Lot) -> None:
        """Code, and number over area; as large as there is room for. The number at least stands in every parcel."""
        spoke = shapely.maximum_inscribed_circle(lot.shape, tolerance=max(0.2, math.sqrt(lot.shape.area) / 40))
        x, y = self._at(*spoke.coords[0])
        room = spoke.length * self.mm
        area = number_text(lot.area, 1)
        for size in SIZES_PT:
            self.paper.set_font("latin", "", size)
            code, bar = self.paper.get_string_width(lot.uses), max(map(self.paper.get_string_width, (str(lot.number), area)))
            tall = size * _MM_OF_PT
            if math.hypot((code + bar + 1) / 2, tall * 1.1) <= room:
                self._fraction(lot, (x - (code + bar + 1) / 2, y), size, (code, bar), area)
                return
        self.paper.set_font("latin", "", SIZES_PT[-1])
        text = str(lot.number)
        self.paper.text(x - self.paper.get_string_width(text) / 2, y + SIZES_PT[-1] * _MM_OF_PT * 0.35, text)

    def _fraction(self, lot: Lot, start: tuple[float, float], size: float, widths: tuple[float, float], area: str) -> None:
        paper, (x, y), (code, bar), tall = self.paper, start, widths, size * _MM_OF_PT
        paper.text(x, y + tall * 0.35, lot.uses)
        middle = x + code + 1 + bar / 2
        number = str(lot.number)
        paper.text(middle - paper.get_string_width(number) / 2, y - tall * 0.2, number)
        paper.text(middle - paper.get_string_width(area) / 2, y + tall * 0.95, area)
        paper.set_line_width(0.08)
        paper.line(middle - bar / 2, y, middle + bar / 2, y)

    def _steps(self, low: float, high: float) -> list[float]:
        step = GRID_MM / self.mm
        return [index * step for index in range(math.ceil(low / step), math.floor(high / step) + 1)]

    def _grid(self) -> None:
        """Crosses of one centimetre, and each line's coordinate between the frames: Y (east) above and below, X (north) at the sides."""
        paper, (width, height) = self.paper, self.room
        easts = self._steps(self.west, self.west + width / self.mm)
        norths = self._steps(self.north - height / self.mm, self.north)
        paper.set_draw_color(0, 70, 140)
        paper.set_line_width(0.12)
        for east in easts:
            for north in norths:
                x, y = self._at(east, north)
                paper.line(x - 5, y, x + 5, y)
                paper.line(x, y - 5, x, y + 5)
        paper.set_font("latin", "", 7)
        for east in easts:
            x, text = self._at(east, self.north)[0], f"{east:.0f}"
            for y in (AROUND_MM - 3, AROUND_MM + height + 5.5):
                paper.text(x - paper.get_string_width(text) / 2, y, text)
        for north in norths:
            y, text = self._at(self.west, north)[1], f"{north:.0f}"
            for x in (AROUND_MM - 3, AROUND_MM + width + 5.5):
                with paper.rotation(90, x, y):
                    paper.text(x - paper.get_string_width(text) / 2, y, text)

    def _frames(self) -> None:
        paper, (width, height) = self.paper, self.room
        paper.set_draw_color(0)
        paper.set_line_width(0.2)
        paper.rect(AROUND_MM, AROUND_MM, width, height)
        paper.set_line_width(0.9)
        paper.rect(AROUND_MM - OUTER_MM, AROUND_MM - OUTER_MM, width + 2 * OUTER_MM, height + 2 * OUTER_MM)
