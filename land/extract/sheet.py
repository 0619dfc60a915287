"""The sheet of an extract: the drawing at a true scale."""

import math
from collections.abc import Sequence

import shapely

from gis_core.paper.sheet import Sheet
from land.extract.content import Extract, text_angle


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
