"""A plot of ratios as plain SVG: no library, no script, readable in light and dark."""

import math
from collections.abc import Sequence
from html import escape

from bench.harness import Ratio

_WIDTH, _LEFT, _ROW, _TOP = 980, 330, 22, 46
_MET, _MISSED = "#2f855a", "#c2410c"
_DECADES = 2  # either side of the target


def plot(results: Sequence[Ratio]) -> str:
    """One bar a result: how many times better (right) or worse (left) than its target, on a logarithmic scale."""
    shown = [result for result in results if math.isfinite(result.ratio) and result.ratio > 0]
    height = _TOP + _ROW * len(shown) + 16
    rows = "".join(_bar(number, result) for number, result in enumerate(shown))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="system-ui, sans-serif" font-size="12">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>{_axis(height)}{rows}</svg>\n'
    )


def _axis(height: int) -> str:
    lines = []
    for decade in range(-_DECADES, _DECADES + 1):
        x = _x(10.0**decade)
        name = "target" if decade == 0 else f"{10**decade:g}× better" if decade > 0 else f"{10**-decade:g}× worse"
        lines.append(
            f'<line x1="{x:.1f}" y1="{_TOP - 12}" x2="{x:.1f}" y2="{height - 8}" stroke="#cbd5e0" stroke-width="{1 + (decade == 0)}"/>'
            f'<text x="{x:.1f}" y="{_TOP - 18}" text-anchor="middle" fill="#4a5568">{name}</text>'
        )
    return "".join(lines)


def _bar(number: int, result: Ratio) -> str:
    y, zero, end = _TOP + number * _ROW, _x(1), _x(_margin(result))
    colour = _MET if result.met else _MISSED
    name = escape(result.name)
    return (
        f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end" fill="#1a202c">{name}</text>'
        f'<rect x="{min(zero, end):.1f}" y="{y + 3}" width="{max(1.0, abs(end - zero)):.1f}" height="{_ROW - 8}" fill="{colour}"/>'
        f'<text x="{end + (5 if end >= zero else -5):.1f}" y="{y + 13}" text-anchor="{"start" if end >= zero else "end"}" fill="{colour}">'
        f"{result.ratio:.3g}</text>"
    )


def _margin(result: Ratio) -> float:
    """How many times better than its target a result is; below 1 it misses it."""
    comparison, bound = result.target.split()
    margin = float(bound) / result.ratio if comparison == "<=" else result.ratio / float(bound)
    return min(max(margin, 10.0**-_DECADES), 10.0**_DECADES)


def _x(value: float) -> float:
    room = _WIDTH - _LEFT - 60
    return _LEFT + room * (math.log10(value) + _DECADES) / (2 * _DECADES)
