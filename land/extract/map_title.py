"""The column beside a plotted map sheet: title block, legend, scale bar, north, signatures."""

from django.utils.translation import gettext as _

from gis_core.paper.sheet import Sheet
from land.extract.map_sheet import AROUND_MM, MapSheet

WIDTH_MM = 84.0


def number_text(value: float, decimals: int) -> str:
    """As written in Việt Nam: 1.234,5."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


class Title:
    """Draws downwards from the upper edge; the signatures stand at the lower one."""

    def __init__(self, paper: Sheet, sheet: MapSheet, left: float) -> None:
        self.paper, self.sheet, self.left = paper, sheet, left
        self.top = AROUND_MM - 9

    def drawn(self) -> None:
        """All of it."""
        self.paper.set_draw_color(0)
        self.paper.set_text_color(0)
        self._head()
        self._legend()
        self._scale_bar()
        self._signatures()

    def _line(self, text: str, size: float, *, bold: bool = False, align: str = "L") -> None:
        self.paper.set_font("latin", "B" if bold else "", size)
        self.paper.set_xy(self.left, self.top)
        self.paper.multi_cell(WIDTH_MM, size * 0.46, text, align=align)
        self.top = self.paper.get_y() + 1.2

    def _head(self) -> None:
        sheet = self.sheet
        self._line(_("Cadastral map").upper(), 17, bold=True, align="C")
        self._line(sheet.unit, 12, bold=True, align="C")
        self._line(_("Map sheet no. %(number)d") % {"number": sheet.number}, 13, bold=True, align="C")
        self._line(_("Scale 1:%(scale)d") % {"scale": sheet.scale}, 11, align="C")
        self.top += 2
        self._line(_("VN-2000, central meridian 107°45', 3° zone"), 8, align="C")
        self._line(_("One centimetre is %(metres)g m. Crosses every 10 cm.") % {"metres": sheet.scale / 100}, 8, align="C")
        total = {"parcels": len(sheet.lots), "area": number_text(sum(lot.area for lot in sheet.lots), 1)}
        self._line(_("%(parcels)d parcels, together %(area)s m²") % total, 8, align="C")
        self._line(_("As of %(day)s") % {"day": sheet.on.strftime("%d/%m/%Y")}, 8, align="C")
        if sheet.beside:
            self._line(_("Adjoining sheets: %(sheets)s") % {"sheets": ", ".join(map(str, sheet.beside[:24]))}, 8, align="C")
        self._line(_("For information; it becomes valid only with the office's signature and seal."), 7, align="C")
        self._north(self.left + WIDTH_MM / 2, self.top + 1)
        self.top += 17

    def _north(self, x: float, y: float) -> None:
        paper = self.paper
        paper.set_fill_color(0)
        paper.polygon([(x, y), (x - 2.4, y + 9), (x, y + 7), (x + 2.4, y + 9)], style="F")
        paper.set_font("latin", "B", 9)
        paper.put(x - paper.get_string_width("B") / 2, y + 13, "B")

    def _legend(self) -> None:
        """Every land use of the sheet; what has no room is told in one line, not left out in silence."""
        paper, bottom = self.paper, self.sheet.paper[1] - 78
        self._line(_("Legend"), 10, bold=True)
        self._sample()
        lines = list(self.sheet.legend)
        while lines and self.top < bottom:
            use = lines.pop(0)
            red, green, blue = (int(use.fill[at : at + 2], 16) for at in (1, 3, 5))
            paper.set_fill_color(*(round(255 - (255 - part) * 0.55) for part in (red, green, blue)))
            paper.set_line_width(0.15)
            paper.rect(self.left, self.top, 7, 4, style="DF")
            paper.set_font("latin", "B", 7.5)
            paper.put(self.left + 8.5, self.top + 3.2, use.code)
            paper.set_font("latin", "", 7)
            lines_of_name = self._wrapped(use.name, 42)
            for index, line in enumerate(lines_of_name):
                paper.put(self.left + 16, self.top + 3.1 + index * 3.2, line)
            size = f"{use.parcels} · {number_text(use.area, 0)} m²"
            paper.put(self.left + WIDTH_MM - paper.get_string_width(size), self.top + 3.2, size)
            self.top += 5 + 3.2 * (len(lines_of_name) - 1)
        if lines:
            rest = {"codes": ", ".join(use.code for use in lines), "area": number_text(sum(use.area for use in lines), 0)}
            self._line(_("Further: %(codes)s, together %(area)s m²") % rest, 7)

    def _wrapped(self, text: str, width: float) -> list[str]:
        """Lines of whole words in the present font."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if self.paper.get_string_width(longer) <= width or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def _sample(self) -> None:
        """How a parcel's label is read."""
        paper, x, y = self.paper, self.left, self.top + 3
        paper.set_font("latin", "", 8)
        code, number, area = _("land use"), _("parcel number"), _("area (m²)")
        paper.put(x, y + 1, code)
        start = x + paper.get_string_width(code) + 2
        width = max(paper.get_string_width(number), paper.get_string_width(area))
        paper.set_line_width(0.15)
        paper.line(start, y, start + width, y)
        paper.put(start + (width - paper.get_string_width(number)) / 2, y - 1, number)
        paper.put(start + (width - paper.get_string_width(area)) / 2, y + 3.2, area)
        self.top += 10

    def _scale_bar(self) -> None:
        """Five divisions of one centimetre."""
        paper, y = self.paper, self.sheet.paper[1] - 66
        for index in range(5):
            paper.set_fill_color(0 if index % 2 == 0 else 255)
            paper.set_line_width(0.2)
            paper.rect(self.left + index * 10, y, 10, 1.8, style="DF")
        paper.set_font("latin", "", 7)
        for index in range(6):
            text = f"{index * self.sheet.scale / 100:g}"
            paper.put(self.left + index * 10 - paper.get_string_width(text) / 2, y + 5.2, text)
        paper.put(self.left + 54, y + 5.2, "m")

    def _signatures(self) -> None:
        y, third = self.sheet.paper[1] - 52, WIDTH_MM / 3
        for index, who in enumerate((_("Drawn by"), _("Checked by"), _("Approved by"))):
            self.paper.set_font("latin", "B", 8)
            x = self.left + third * (index + 0.5)
            self.paper.put(x - self.paper.get_string_width(who) / 2, y, who)
            self.paper.set_line_width(0.15)
            self.paper.line(x - third / 2 + 2, y + 26, x + third / 2 - 2, y + 26)
