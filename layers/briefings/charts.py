"""Charts and maps as drawings: plain, readable in black and white, with the value beside each bar."""

import math
from collections.abc import Sequence
from typing import Any

import shapely

from layers.briefings.content import Bars, Columns, Drawn, MapOf, short
from layers.briefings.drawing import Box, Disc, Drawing, Place, Shape, Text

INK, QUIET, LINE, ACCENT, PLAN = "#12232d", "#667a85", "#dde5e8", "#0a7285", "#e07b39"
SERIES = ("#0a7285", "#e69f00", "#5b4bb7", "#1f8f5f", "#c92a3a", "#56b4e9")
_WIDTH = 640.0
_ROW = 30.0
_LONGEST = 34


def bars(chart: Bars) -> Drawing:
    """One bar a row: name left, value right; a mark where a plan is."""
    rows = list(chart.rows)
    drawing = Drawing(_WIDTH, len(rows) * _ROW + 14, chart.title)
    names = 200.0
    room = _WIDTH - names - 92
    top = max([abs(value) for _name, value in rows] + [abs(plan) for plan in chart.plan if plan is not None] + [1e-12])
    for number, (name, value) in enumerate(rows):
        y = number * _ROW + 8
        colour = chart.colours.get(name, ACCENT)
        shown = f"{short(value)}{f' {chart.unit}' if chart.unit else ''}"
        drawing.add(Text(names - 10, y + 15, shortened(name), 13, "end", fill=INK))
        drawing.add(
            Box(names, y, room, 20, "#f1f5f6", 4), Box(names, y, max(room * abs(value) / top, 1.5), 20, colour, 4, f"{name}: {shown}")
        )
        plan = chart.plan[number] if number < len(chart.plan) else None
        if plan is not None:
            drawing.add(Box(names + room * abs(plan) / top - 1.2, y - 3, 2.4, 26, PLAN, 1))
        drawing.add(Text(names + room + 10, y + 15, shown, 13, bold=True))
    return drawing


def columns(chart: Columns) -> Drawing:
    """Columns beside each other, with a scale of round numbers."""
    drawing = Drawing(_WIDTH, 260, chart.title)
    left, base, high = 52.0, 210.0, 180.0
    top = nice(max((value for values in chart.series.values() for value in values), default=1.0))
    for step in range(5):
        y = base - high * step / 4
        drawing.add(Box(left, y, _WIDTH - left, 0.8, LINE), Text(left - 8, y + 4, short(top * step / 4), 11, "end", fill=QUIET))
    room = (_WIDTH - left) / max(len(chart.labels), 1)
    wide = min(room * 0.78 / max(len(chart.series), 1), 46.0)
    every = max(1, math.ceil(len(chart.labels) * 46 / (_WIDTH - left)))
    for place, label in enumerate(chart.labels):
        middle = left + room * (place + 0.5)
        for number, (name, values) in enumerate(chart.series.items()):
            height = high * values[place] / top
            x = middle + (number - len(chart.series) / 2) * wide
            drawing.add(
                Box(x + 0.5, base - height, wide - 1, height, SERIES[number % len(SERIES)], 2, f"{label}, {name}: {short(values[place])}")
            )
        if place % every == 0:
            drawing.add(Text(middle, base + 17, shortened(label, 12), 11, "middle", fill=QUIET))
    _keys(drawing, list(chart.series), 244)
    return drawing


def _keys(drawing: Drawing, names: Sequence[str], y: float) -> None:
    if len(names) < 2:
        return
    x = 52.0
    for number, name in enumerate(names):
        drawing.add(Box(x, y - 9, 11, 11, SERIES[number % len(SERIES)], 2), Text(x + 17, y, name, 12, fill=INK))
        x += 40 + len(name) * 7


def nice(value: float) -> float:
    """The next round number above."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    rounded: float = next(step * power for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10) if step * power >= value - 1e-12)
    return rounded


def shortened(text: str, longest: int = _LONGEST) -> str:
    """A name that fits."""
    limit = min(longest, 26)
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def still_map(shown: MapOf, width: float = 640.0, height: float = 420.0) -> Drawing:
    """The map as a drawing, north up, with a scale bar: for paper, and for readers without scripts."""
    drawing = Drawing(width, height, shown.title)
    west, south, east, north = shown.bounds
    scale = min(width / max(east - west, 1.0), height / max(north - south, 1.0)) * 0.96
    centre = ((west + east) / 2, (south + north) / 2)
    drawing.add(Box(0, 0, width, height, "#eef3f4"))
    half = (width / scale / 2, height / scale / 2)
    window = shapely.box(centre[0] - half[0], centre[1] - half[1], centre[0] + half[0], centre[1] + half[1])

    def at(place: Any) -> Place:
        return width / 2 + (place[0] - centre[0]) * scale, height / 2 - (place[1] - centre[1]) * scale

    for layer in shown.layers:
        _draw(drawing, layer, window, 0.4 / scale, at)
    _scale_bar(drawing, scale, height)
    return drawing


def _draw(drawing: Drawing, layer: Drawn, window: Any, tolerance: float, at: Any) -> None:
    shapes = shapely.simplify(layer.frame.geometry.to_numpy(), tolerance)
    words = layer.words or [""] * len(shapes)
    for shape, colour, word in zip(shapes, layer.colours, words, strict=True):
        cut = shapely.clip_by_rect(shape, *window.bounds) if not shape.is_empty else shape
        for part in shapely.get_parts(cut):
            if part.geom_type == "Point":
                x, y = at((part.x, part.y))
                drawing.add(Disc(x, y, layer.radius, colour, title=word))
            elif part.geom_type == "LineString":
                drawing.add(Shape([[at(place) for place in part.coords]], stroke=colour, width=layer.width, closed=False, title=word))
            elif part.geom_type == "Polygon":
                rings = [[at(place) for place in ring.coords] for ring in (part.exterior, *part.interiors)]
                stroke = "#5b7684" if layer.fill < 0.2 else "#ffffff"
                drawing.add(Shape(rings, colour if layer.fill else "", stroke, layer.width, layer.fill, title=word))


def _scale_bar(drawing: Drawing, scale: float, height: float) -> None:
    metres = nice(110 / scale)
    text = f"{short(metres / 1000)} km" if metres >= 1000 else f"{short(metres)} m"
    drawing.add(Box(14, height - 16, metres * scale, 3, INK), Text(14, height - 22, text, 11, fill=INK))
