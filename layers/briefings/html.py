"""A report as one HTML file: fonts, map, charts and styles inside; opens from a disk without any network."""

import base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string

from gis_core.paper.sheet import font_file
from layers.briefings import folium_map
from layers.briefings.charts import bars, columns, still_map
from layers.briefings.content import Bars, Block, Columns, Content, MapOf, Table, short
from layers.briefings.drawing import svg

_WEIGHTS = ("400", "700")
# Which letters stand in which of the two files of a font.
_RANGES = {
    "vietnamese": "U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,"
    "U+0329,U+1EA0-1EF9,U+20AB",
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2190-2193,U+2212,U+2215",
}


def html(content: Content) -> bytes:
    """The file."""
    sections = [{"section": section, "blocks": [_block(block) for block in section.blocks]} for section in content.sections]
    return render_to_string("layers/briefing.html", {"report": content, "sections": sections, "fonts": fonts()}).encode()


def _block(block: Block) -> Mapping[str, Any]:
    if isinstance(block, Table):
        return {"kind": "table", "table": block, "rows": [[_cell(value) for value in row] for row in block.rows]}
    if isinstance(block, MapOf):
        legend = [entry for layer in block.layers for entry in layer.legend]
        return {"kind": "map", "title": block.title, "document": folium_map.html(block), "still": svg(still_map(block)), "legend": legend}
    assert isinstance(block, Bars | Columns)
    drawn = bars(block) if isinstance(block, Bars) else columns(block)
    return {"kind": "chart", "title": block.title, "drawing": svg(drawn), "plan": isinstance(block, Bars) and any(block.plan)}


def _cell(value: Any) -> Mapping[str, Any]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"text": short(value) if is_number else "–" if value is None else value, "number": is_number}


@lru_cache(maxsize=1)
def fonts() -> str:
    """`@font-face` rules with the files inside."""
    faces = []
    for weight in _WEIGHTS:
        for part, letters in _RANGES.items():
            data = base64.b64encode(font_file(part, weight).read_bytes()).decode()
            faces.append(
                f'@font-face{{font-family:"Be Vietnam Pro";font-weight:{weight};src:url(data:font/woff2;base64,{data}) format("woff2");'
                f"unicode-range:{letters}}}"
            )
    return "".join(faces)
