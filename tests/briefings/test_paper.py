"""How a report is written: drawings, pages, papers, workbooks and data, whatever people called things."""

import io
import itertools
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from layers.analysis.work import frame_of
from layers.briefings import folium_map
from layers.briefings.charts import bars, columns, nice, shortened, still_map
from layers.briefings.content import Bars, Block, Columns, Content, Drawn, Fact, MapOf, Section, Table, number, short
from layers.briefings.data import geopackage, workbook
from layers.briefings.drawing import Box, Disc, Drawing, Shape, Text, svg
from layers.briefings.html import html
from layers.briefings.pdf import pdf

EVIL = "</script><img src=x onerror=alert(1)>"
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
sizes = st.just(0.0) | st.floats(1e-3, 1e9)
E0, N0 = 553_000.0, 1_721_000.0


def shown(word: str = "Phường Tam Kỳ") -> MapOf:
    """A surface, a line and a point, each with words."""
    shapes = [shapely.box(E0, N0, E0 + 500, N0 + 500), shapely.LineString([(E0, N0), (E0 + 900, N0 + 700)]), shapely.Point(E0 + 50, N0)]
    layers = [Drawn(f"layer {n}", frame_of([shape]), ["#0a7285"], [word], legend=[(word, "#0a7285")]) for n, shape in enumerate(shapes)]
    return MapOf("Bản đồ", layers, (E0, N0, E0 + 1_000, N0 + 800))


def content(word: str = "Phường Tam Kỳ", rows: Sequence[Sequence[Any]] = (("a", 1.5, None),), **more: Any) -> Content:
    """A report with one of everything."""
    table = Table("Bảng", ["Tên", "Giá trị", "Ghi chú"], [[word, *row[1:]] for row in rows], note="ghi chú")
    blocks: list[Block] = [
        Bars("Thanh", [(word, 3.0), ("b", 1.0)], "ha", plan=[2.0, None]),
        Columns("Cột", ["T1", "T2"], {word: [1, 2], "n": [3, 0]}),
    ]
    section = Section("Chương", word, [Fact(word, "1.234", word, "bad")], [*blocks, table, shown(word)])
    facts = [Fact(word, "12", "so với hôm qua", "good") for _n in range(5)]
    at = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
    about: dict[str, Any] = {"sheets": {word: table, f"{word}!": table}, "frames": {}, **more}
    return Content(word, "phụ đề", word, at, word, facts, [section], [word], demo=True, **about)


@given(st.lists(st.tuples(names, sizes), min_size=1, max_size=8), st.lists(st.none() | sizes, max_size=8))
@settings(max_examples=40, deadline=None)
def test_bars_stay_on_their_drawing(rows: list[tuple[str, float]], plan: list[float | None]) -> None:
    """No bar and no mark of a plan is longer than its track; names are whole or end in dots."""
    drawing = bars(Bars("t", rows, plan=plan))
    for mark in drawing.marks:
        if isinstance(mark, Box):
            assert mark.x >= 0 and mark.x + mark.width <= drawing.width + 1e-6
        if isinstance(mark, Text) and mark.anchor == "end":
            assert len(mark.text) <= 34
    assert etree.fromstring(svg(drawing)) is not None


@given(st.integers(1, 60), st.integers(1, 5), st.data())
@settings(max_examples=40, deadline=None)
def test_columns_stand_on_their_line(many: int, series: int, data: Any) -> None:
    """None is higher than the scale; labels do not run into each other."""
    values = {f"s{n}": data.draw(st.lists(sizes, min_size=many, max_size=many)) for n in range(series)}
    drawing = columns(Columns("t", [f"2026-{n}" for n in range(many)], values))
    for mark in drawing.marks:
        if isinstance(mark, Box) and mark.height > 1:
            assert mark.y >= 210 - 180 - 1e-6
    labels = sorted(mark.x for mark in drawing.marks if isinstance(mark, Text) and mark.anchor == "middle")
    assert all(right - left >= 45 for left, right in itertools.pairwise(labels))


@given(st.floats(1e-6, 1e12))
@settings(max_examples=80)
def test_scales_end_at_round_numbers(value: float) -> None:
    """Above the value, by a quarter and a bit at most."""
    top = nice(value)
    assert value <= top * (1 + 1e-9)
    assert top <= value * 1.35


@given(st.floats(-1e9, 1e9))
@settings(max_examples=80)
def test_numbers_can_be_read_back(value: float) -> None:
    """Dots for thousands, one comma for decimals."""
    assert float(number(value, 2).replace(".", "").replace(",", ".")) == pytest.approx(value, abs=0.006)
    assert "−" not in short(value)


def test_names_that_are_long_end_in_dots() -> None:
    """At a letter, not at a space."""
    assert shortened("Phường Tam Kỳ") == "Phường Tam Kỳ"
    long = shortened("Trung tâm Phục vụ hành chính công")
    assert (len(long) <= 26, long[-1], long[-2] != " ") == (True, "…", True)


@given(names)
@settings(max_examples=40, deadline=None)
def test_a_drawing_is_well_formed_whatever_it_says(text: str) -> None:
    """Markup of people is text."""
    drawing = Drawing(100, 100, text)
    drawing.add(Text(0, 0, text), Box(0, 0, 5, 5, "#fff", title=text), Disc(1, 1, 2, "#000", title=text))
    drawing.add(Shape([[(0, 0), (1, 1), (0, 1)]], "#fff", title=text))
    root = etree.fromstring(svg(drawing))
    assert root.get("aria-label") == text.replace("\r\n", "\n").replace("\r", "\n") or text.isspace() or "\t" in text or "\n" in text
    assert {etree.QName(node).localname for node in root.iter()} <= {"svg", "text", "rect", "circle", "path", "title"}


def test_a_still_map_cuts_what_reaches_beyond() -> None:
    """North is up, everything lies on the sheet, the scale bar is a round number of metres."""
    far = Drawn("far", frame_of([shapely.box(E0 - 1e6, N0 - 1e6, E0 + 1e6, N0 + 1e6)]), ["#ffffff"])
    north, south = (Drawn(n, frame_of([shapely.Point(E0 + 500, N0 + y)]), ["#000000"]) for n, y in (("n", 700), ("s", 100)))
    drawing = still_map(MapOf("m", [far, north, south], (E0, N0, E0 + 1_000, N0 + 800)))
    for mark in drawing.marks:
        if isinstance(mark, Shape):
            assert all(-1 <= x <= drawing.width + 1 and -1 <= y <= drawing.height + 1 for ring in mark.rings for x, y in ring)
    discs = [mark for mark in drawing.marks if isinstance(mark, Disc)]
    assert discs[0].y < discs[1].y
    assert any(isinstance(mark, Text) and re.fullmatch(r"[\d.,]+ k?m", mark.text) for mark in drawing.marks)


def test_what_people_wrote_is_no_markup_in_the_map() -> None:
    """Leaflet's tooltips take HTML: a report's title must not run in its reader's browser."""
    page = folium_map.html(shown(EVIL))
    collection = re.search(r'_add\((\{"features".*\})\);', page)
    assert collection is not None
    words = json.loads(collection[1])["features"][0]["properties"]["words"]
    assert words == "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    assert "<img" not in page


def test_the_page_says_what_people_wrote_and_runs_none_of_it() -> None:
    """In titles, facts, tables, charts and the map."""
    page = html(content(EVIL)).decode()
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 8
    assert re.findall(r"""(?:src|href)=["'](?!data:|#)""", page.replace("srcdoc=", "")) == []


def test_paper_has_pages_and_all_the_rows_it_can() -> None:
    """Sixty of a long table; the note says that the workbook has the rest. Names of people do not break it."""
    short_one = pdf(content())
    long_one = pdf(content(EVIL, [("x", n, "dài") for n in range(300)]))
    assert short_one.startswith(b"%PDF-") and long_one.startswith(b"%PDF-")
    pages = [len(re.findall(rb"/Type /Page\b", data)) for data in (short_one, long_one)]
    assert pages[1] > pages[0] >= 1


def test_a_workbook_runs_nothing(tmp_path: Path) -> None:
    """Formulas and addresses of people are texts; each sheet has a name that Excel takes, once."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(content('=HYPERLINK("http://x")/[a]*?:', [("x", 2, "=1+1")]))))
    assert len(book.sheetnames) == len({name.lower() for name in book.sheetnames}) == 3
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)
    sheet = book[book.sheetnames[1]]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "s"]
    assert sheet["C2"].value == "=1+1"
    with zipfile.ZipFile(io.BytesIO(workbook(content("http://x.example")))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("xl/") and b"hyperlink" in archive.read(name).lower()]


def test_data_lie_beside_it_in_vn2000(tmp_path: Path) -> None:
    """A layer a frame; frames without rows are left out, and without any there is no file."""
    frame = frame_of([shapely.Point(E0, N0)], name=["Trường"])
    path = tmp_path / "a.gpkg"
    path.write_bytes(geopackage(content(frames={"schools": frame, "nothing": frame.iloc[:0]})))
    assert geopandas.list_layers(path).name.tolist() == ["schools"]
    read = geopandas.read_file(path, layer="schools")
    assert (read.crs.to_epsg(), read.name.tolist()) == (5899, ["Trường"])
    assert geopackage(content(frames={"nothing": frame.iloc[:0]})) == b""
