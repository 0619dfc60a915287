"""What Mapnik is told to draw for one class of a style."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from layers.styling.classes import Class
from layers.styling.expressions import NotHeld
from tiles.drawing.symbolizers import symbolize
from tiles.drawing.text import text_expression, text_fields


def _rule(kind: str, paint: dict[str, Any] | None = None, layout: dict[str, Any] | None = None) -> etree._Element:
    rule = etree.Element("Rule")
    symbolize(rule, kind, Class(((),), paint or {}, layout or {}), 14.0)
    return rule


def _only(kind: str, paint: dict[str, Any] | None = None, layout: dict[str, Any] | None = None) -> dict[str, str]:
    (element,) = _rule(kind, paint, layout)
    return {str(name): str(value) for name, value in element.attrib.items()}


_NOTHING: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("fill", {"fill-opacity": 0}, {}),
    ("line", {"line-width": 0}, {}),
    ("line", {"line-opacity": 0}, {}),
    ("circle", {"circle-radius": 0}, {}),
    ("fill", {}, {"visibility": "none"}),
    ("line", {}, {"visibility": "none"}),
    ("symbol", {}, {}),
    ("symbol", {}, {"text-field": ""}),
    ("symbol", {}, {"text-field": ["heatmap-density"]}),
    ("background", {"background-color": "#ffffff"}, {}),
    ("heatmap", {}, {}),
]


@pytest.mark.parametrize(("kind", "paint", "layout"), _NOTHING, ids=[f"{kind} {paint} {layout}" for kind, paint, layout in _NOTHING])
def test_what_cannot_be_seen_is_not_drawn(kind: str, paint: dict[str, Any], layout: dict[str, Any]) -> None:
    """No symbolizer for what is transparent, without size, hidden, without text, or of a kind that pictures leave out."""
    assert len(_rule(kind, paint, layout)) == 0


def test_a_fill_without_properties_is_black() -> None:
    """The defaults of MapLibre."""
    assert _only("fill") == {"fill": "#000000", "fill-opacity": "1.0", "gamma": "1"}


def test_the_outline_of_a_fill_is_a_line_of_one_pixel() -> None:
    """As opaque as the fill itself."""
    polygon, line = _rule("fill", {"fill-color": "#aabbcc", "fill-opacity": 0.5, "fill-outline-color": "#112233"})
    assert (polygon.tag, polygon.get("fill")) == ("PolygonSymbolizer", "#aabbcc")
    assert line.tag == "LineSymbolizer"
    assert dict(line.attrib) == {"stroke": "#112233", "stroke-width": "1", "stroke-opacity": "0.5"}


@pytest.mark.parametrize(
    ("paint", "width"),
    [({}, "1.0"), ({"line-width": 2.5}, "2.5"), ({"line-width": 4, "line-blur": 2}, "3.0"), ({"line-width": 4, "line-blur": 99}, "2.0")],
)
def test_blur_makes_a_line_narrower_by_half_at_most(paint: dict[str, Any], width: str) -> None:
    """Half of the blur is taken away, but never more than half of the line."""
    assert _only("line", paint)["stroke-width"] == width


@pytest.mark.parametrize("dashes", [[2, 1.5], ["literal", [2, 1.5]]], ids=["plain", "literal"])
def test_dashes_are_measured_in_widths(dashes: list[Any]) -> None:
    """MapLibre counts dashes in line widths, Mapnik in pixels."""
    assert _only("line", {"line-width": 3, "line-dasharray": dashes})["stroke-dasharray"] == "6.00,4.50"


def test_a_solid_line_has_no_dashes() -> None:
    """The attribute is left out, not written empty."""
    assert "stroke-dasharray" not in _only("line", {"line-width": 3})


@pytest.mark.parametrize(
    ("name", "value", "attribute"), [("line-cap", "round", "stroke-linecap"), ("line-join", "bevel", "stroke-linejoin")]
)
def test_ends_and_corners_of_lines(name: str, value: str, attribute: str) -> None:
    """Mapnik has the same words as MapLibre."""
    assert _only("line", {}, {name: value})[attribute] == value


@pytest.mark.parametrize(("radius", "border", "size"), [(5, 0, "10.0"), (4, 2, "10.0"), (0, 3, "3.0"), (2.25, 0.5, "5.0")])
def test_the_border_of_a_circle_lies_outside_of_its_radius(radius: float, border: float, size: str) -> None:
    """Mapnik puts the stroke on the edge's middle: the diameter grows by one border."""
    found = _only("circle", {"circle-radius": radius, "circle-stroke-width": border})
    assert (found["width"], found["height"]) == (size, size)


def test_circles_never_push_each_other_away() -> None:
    """MapLibre draws each circle, however dense they are."""
    found = _only("circle")
    assert (found["allow-overlap"], found["ignore-placement"]) == ("true", "true")


@pytest.mark.parametrize(
    ("layout", "dx", "dy", "aligned"),
    [
        ({}, "0.0", "0.0", "middle"),
        ({"text-anchor": "top", "text-offset": [0, 0.5]}, "0.0", "5.0", "bottom"),
        ({"text-anchor": "bottom-left", "text-offset": ["literal", [1, -1]]}, "10.0", "-10.0", "top"),
        ({"text-anchor": "left"}, "0.0", "0.0", "middle"),
    ],
)
def test_anchors_and_offsets_of_text(layout: dict[str, Any], dx: str, dy: str, aligned: str) -> None:
    """Offsets are in ems; a text anchored at its top hangs below its point."""
    found = _only("symbol", {}, {"text-field": ["get", "name"], "text-size": 10, **layout})
    assert (found["dx"], found["dy"], found["vertical-alignment"]) == (dx, dy, aligned)


def test_text_along_a_line_is_repeated_and_not_wrapped() -> None:
    """Its spacing is that of the style."""
    found = _only("symbol", {}, {"text-field": ["get", "name"], "symbol-placement": "line", "symbol-spacing": 400})
    assert (found["placement"], found["spacing"]) == ("line", "400")
    assert "wrap-width" not in found


def test_the_width_of_text_is_in_ems() -> None:
    """Ten ems where the style says nothing."""
    assert _only("symbol", {}, {"text-field": "x", "text-size": 12})["wrap-width"] == "120.0"


_TEXTS: list[tuple[Any, float, str]] = [
    ("Đường", 14, "'Đường'"),
    ("l'île", 14, r"'l\'île'"),
    ("a\\b", 14, r"'a\\b'"),
    ("two\nlines", 14, r"'two\nlines'"),
    ("", 14, ""),
    (["get", "name"], 14, "[name]"),
    (["to-string", ["get", "n"]], 14, "[n]"),
    (["number-format", ["get", "n"], {"locale": "vi"}], 14, "[n]"),
    (["concat", ["get", "use"], "\n", ["get", "no"]], 14, r"[use] + '\n' + [no]"),
    (["concat", "", ["get", "no"]], 14, "[no]"),
    (["coalesce", ["get", "name"], "?"], 14, "[name]"),
    (["step", ["zoom"], "", 15, ["get", "name"]], 14.99, ""),
    (["step", ["zoom"], "", 15, ["get", "name"]], 15, "[name]"),
    (["step", ["zoom"], "a", 10, "b", 12, "c"], 11, "'b'"),
    (["+", 1, 2], 14, "'3.0'"),
]


@pytest.mark.parametrize(("expression", "zoom", "text"), _TEXTS, ids=[str(entry[0]) for entry in _TEXTS])
def test_text_in_mapniks_words(expression: Any, zoom: float, text: str) -> None:
    """Fields in brackets, texts quoted, joined by plus."""
    assert text_expression(expression, zoom) == text


@pytest.mark.parametrize("expression", [5, None, {"a": 1}, ["within", {}]])
def test_text_of_unknown_kinds_is_refused(expression: Any) -> None:
    """Rather than drawn as something else."""
    with pytest.raises(NotHeld):
        text_expression(expression, 14)


def test_only_the_fields_shown_at_the_zoom_are_read() -> None:
    """The database is not asked for what is not written."""
    expression = ["step", ["zoom"], ["get", "no"], 16, ["concat", ["get", "use"], ["get", "no"]]]
    assert text_fields(expression, 15) == ["no"]
    assert text_fields(expression, 16) == ["use", "no"]


@settings(max_examples=50)
@given(st.text(alphabet="ab'\\\n[]+", max_size=12))
def test_a_text_cannot_leave_its_quotes(text: str) -> None:
    """Whatever stands in a style, no quote inside ends the text and no line is broken."""
    written = text_expression(text, 14)
    inside = written[1:-1].replace("\\\\", "").replace("\\'", "")
    assert "'" not in inside
    assert "\n" not in written
    assert text_fields(text, 14) == []
