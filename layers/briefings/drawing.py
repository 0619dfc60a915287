"""Drawings of lines, shapes and texts, made once and written twice: as SVG into pages, and as vectors onto paper."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

Anchor = Literal["start", "middle", "end"]
Place = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """A ring, a line or several of them (`closed`), in the drawing's units; a text beside it for readers of screens."""

    rings: Sequence[Sequence[Place]]
    fill: str = ""
    stroke: str = ""
    width: float = 1.0
    opacity: float = 1.0
    closed: bool = True
    title: str = ""


@dataclass(frozen=True)
class Box:
    """A rectangle from its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    radius: float = 0.0
    title: str = ""


@dataclass(frozen=True)
class Disc:
    """A point as a circle."""

    x: float
    y: float
    radius: float
    fill: str
    stroke: str = "#ffffff"
    title: str = ""


@dataclass(frozen=True)
class Text:
    """A text with its baseline at a place; `size` in the drawing's units."""

    x: float
    y: float
    text: str
    size: float = 12.0
    anchor: Anchor = "start"
    bold: bool = False
    fill: str = "#12232d"


Mark = Shape | Box | Disc | Text


@dataclass
class Drawing:
    """Marks on a plane whose y grows downwards."""

    width: float
    height: float
    title: str
    marks: list[Mark] = field(default_factory=list)

    def add(self, *marks: Mark) -> None:
        """On top of what is there."""
        self.marks.extend(marks)


def svg(drawing: Drawing) -> str:
    """As an inline SVG that takes the width of its column."""
    marks = "".join(_svg(mark) for mark in drawing.marks)
    box = f"0 0 {drawing.width:g} {drawing.height:g}"
    return f'<svg class="drawing" viewBox="{box}" role="img" aria-label="{escape(drawing.title)}">{marks}</svg>'


def _svg(mark: Mark) -> str:
    if isinstance(mark, Box):
        return (
            f'<rect x="{mark.x:.2f}" y="{mark.y:.2f}" width="{max(mark.width, 0):.2f}" height="{max(mark.height, 0):.2f}" '
            f'rx="{mark.radius:g}" fill="{mark.fill}">{_title(mark.title)}</rect>'
        )
    if isinstance(mark, Disc):
        return (
            f'<circle cx="{mark.x:.2f}" cy="{mark.y:.2f}" r="{mark.radius:g}" fill="{mark.fill}" stroke="{mark.stroke}" '
            f'stroke-width="1">{_title(mark.title)}</circle>'
        )
    if isinstance(mark, Text):
        weight = ' font-weight="600"' if mark.bold else ""
        return (
            f'<text x="{mark.x:.2f}" y="{mark.y:.2f}" font-size="{mark.size:g}" text-anchor="{mark.anchor}" fill="{mark.fill}"{weight}>'
            f"{escape(mark.text)}</text>"
        )
    return _svg_shape(mark)


def _svg_shape(mark: Shape) -> str:
    path = "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in ring)}{'Z' if mark.closed else ''}" for ring in mark.rings if len(ring) > 1)
    look = f'fill="{mark.fill or "none"}" fill-opacity="{mark.opacity:g}" fill-rule="evenodd"'
    line = f' stroke="{mark.stroke}" stroke-width="{mark.width:g}" stroke-linejoin="round"' if mark.stroke else ""
    return f'<path d="{path}" {look}{line}>{_title(mark.title)}</path>'


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""


def on_paper(sheet: Any, drawing: Drawing, x: float, y: float, width: float) -> float:
    """Onto a sheet (gis_core/paper/sheet.py) at a place in mm, `width` mm wide; how high it became."""
    scale = width / drawing.width
    with sheet.local_context():
        for mark in drawing.marks:
            _put(sheet, mark, x, y, scale)
    sheet.set_text_color(0)
    return drawing.height * scale


def _put(sheet: Any, mark: Mark, x: float, y: float, scale: float) -> None:
    if isinstance(mark, Box):
        sheet.set_fill_color(mark.fill)
        size = (max(mark.width, 0.01) * scale, max(mark.height, 0.01) * scale)
        sheet.rect(x + mark.x * scale, y + mark.y * scale, *size, style="F")
    elif isinstance(mark, Disc):
        sheet.set_fill_color(mark.fill)
        sheet.set_draw_color(mark.stroke)
        sheet.set_line_width(0.15)
        sheet.circle(x + mark.x * scale, y + mark.y * scale, mark.radius * scale, style="DF")
    elif isinstance(mark, Text):
        sheet.set_font("latin", "B" if mark.bold else "", mark.size * scale * 72 / 25.4)
        sheet.set_text_color(mark.fill)
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * sheet.get_string_width(mark.text)
        sheet.put(x + mark.x * scale - shift, y + mark.y * scale, mark.text)
    else:
        _put_shape(sheet, mark, x, y, scale)


def _put_shape(sheet: Any, mark: Shape, x: float, y: float, scale: float) -> None:
    if mark.fill:
        sheet.set_fill_color(mark.fill)
    if mark.stroke:
        sheet.set_draw_color(mark.stroke)
        sheet.set_line_width(mark.width * scale)
    style = ("D" if mark.stroke else "") + ("F" if mark.fill else "")
    with sheet.local_context(fill_opacity=mark.opacity):
        for ring in mark.rings:
            places = [(x + east * scale, y + north * scale) for east, north in ring]
            if mark.closed and len(places) > 2 and style:
                sheet.polygon(places[:-1] if places[0] == places[-1] else places, style=style)
            elif mark.stroke and len(places) > 1:
                sheet.polyline(places, style="D")
