"""A style's parts as one Mapnik map."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tiles.drawing.document import Drawn, MapDocument, Parameters, fields_of, shown_at
from tiles.drawing.numbering import Numbering

_FILL: dict[str, Any] = {
    "id": "parcels",
    "type": "fill",
    "paint": {"fill-color": ["match", ["get", "use"], "LUC", "#00ff00", ["ONT", "ODT"], "#ff0000", "#888888"]},
}


def _source(fields: Sequence[str | Numbering]) -> Parameters:
    return {"type": "test", "fields": ",".join(map(str, fields))}


def _document(*parts: dict[str, Any], zoom: float = 14.0) -> etree._Element:
    document = MapDocument()
    for part in parts:
        document.add(Drawn((part,), _source), zoom)
    return etree.fromstring(document.xml())


def _filters(root: etree._Element) -> list[str | None]:
    return [rule.findtext("Filter") for rule in root.iter("Rule")]


def test_an_empty_map_is_a_plane_without_layers() -> None:
    """Nothing is asked of the database for it."""
    root = _document()
    assert (root.tag, len(root)) == ("Map", 0)
    assert dict(root.attrib) == {"srs": "epsg:3857", "buffer-size": "0"}


def test_a_part_is_a_style_and_a_layer_that_names_it() -> None:
    """In Mapnik's order: the style first."""
    root = _document({"type": "fill", "paint": {"fill-color": "#123456"}})
    assert [element.tag for element in root] == ["Style", "Layer"]
    assert root.findtext("Layer/StyleName") == root[0].get("name")


def test_classes_are_rules_with_filters() -> None:
    """Several values of a class are joined by or; everything else is what none of them is."""
    assert _filters(_document(_FILL)) == [
        "([use] = 'LUC')",
        "([use] = 'ONT' or [use] = 'ODT')",
        "not ([use] = 'LUC' or [use] = 'ONT' or [use] = 'ODT')",
    ]


def test_the_first_rule_that_holds_draws() -> None:
    """A feature is drawn once."""
    assert {style.get("filter-mode") for style in _document(_FILL).iter("Style")} == {"first"}


def test_the_filter_of_a_part_is_in_its_rules() -> None:
    """Values that the filter hides have no rule."""
    part = {**_FILL, "filter": ["==", ["get", "use"], "LUC"]}
    assert _filters(_document(part)) == ["([use] = 'LUC')"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("it's", r"([v] = 'it\'s')"),
        ("a\\b", r"([v] = 'a\\b')"),
        (True, "([v] = true)"),
        (3, "([v] = 3)"),
        (2.5, "([v] = 2.5)"),
        ("Sông", "([v] = 'Sông')"),
    ],
)
def test_values_in_filters(value: object, written: str) -> None:
    """Texts are quoted with their quotes escaped; numbers and truths are written as such."""
    part = {"type": "fill", "paint": {}, "filter": ["==", ["get", "v"], value]}
    assert _filters(_document(part)) == [written]


def test_a_part_without_anything_to_see_has_no_layer() -> None:
    """No rows are fetched to draw nothing."""
    assert len(_document({"type": "fill", "paint": {"fill-opacity": 0}})) == 0


def test_a_filter_of_an_unknown_kind_hides_the_part() -> None:
    """Too little rather than what the filter would hide."""
    assert len(_document({"type": "fill", "paint": {}, "filter": ["within", {}]})) == 0


def test_higher_sort_keys_lie_above() -> None:
    """One style a key, from the lowest to the highest, over rows that are fetched once."""
    key = ["match", ["get", "rank"], "main", 9, "side", 2, 5]
    root = _document({"type": "line", "paint": {"line-width": 2}, "layout": {"line-sort-key": key}})
    assert [name.text for name in root.iterfind("Layer/StyleName")] == ["s0-2", "s0-5", "s0-9"]
    layer = root.find("Layer")
    assert layer is not None
    assert layer.get("cache-features") == "true"


def test_parts_lie_over_each_other_in_their_order() -> None:
    """The last one given is on top, and no two share a name."""
    root = _document(_FILL, {"type": "line", "paint": {}})
    assert [layer.get("name") for layer in root.iterfind("Layer")] == ["l1", "l3"]
    assert [name.text for name in root.iter("StyleName")] == ["s0-0", "s2-0"]


def test_parts_over_the_same_features_share_a_layer() -> None:
    """Which is read once, with what any of them needs."""
    document = MapDocument()
    document.add(Drawn((_FILL, {"type": "line", "paint": {"line-width": ["match", ["get", "width"], "wide", 2, 1]}}), _source), 14.0)
    root = etree.fromstring(document.xml())
    (layer,) = root.iterfind("Layer")
    assert [name.text for name in layer.iter("StyleName")] == ["s0-0", "s1-0"]
    assert layer.get("cache-features") == "true"
    assert [element.text for element in layer.iter("Parameter")] == ["test", "use,width"]


_MARGINS: list[tuple[list[dict[str, Any]], str]] = [
    ([{"type": "fill", "paint": {}}], "2"),
    ([{"type": "line", "paint": {}}], "4"),
    ([{"type": "line", "paint": {"line-width": 7}}], "16"),
    ([{"type": "line", "paint": {"line-width": ["match", ["get", "width"], "wide", 6.2, 1]}}, {"type": "fill", "paint": {}}], "15"),
    ([{"type": "circle", "paint": {}}, {"type": "fill", "paint": {}}], "48"),
]


@pytest.mark.parametrize(("parts", "buffer"), _MARGINS, ids=["fill", "line", "wide line", "line over fill", "circle"])
def test_the_margin_is_that_of_the_widest_part(parts: list[dict[str, Any]], buffer: str) -> None:
    """Features beside the picture reach into it: of a line the sharpest corner that is drawn as one."""
    assert _document(*parts).get("buffer-size") == buffer


def test_the_source_is_told_which_fields() -> None:
    """Names in order."""
    root = _document({"type": "symbol", "layout": {"text-field": ["concat", ["get", "b"], ["get", "a"]]}})
    found = {element.get("name"): element.text for element in root.iter("Parameter")}
    assert found == {"type": "test", "fields": "a,b"}


_FIELDS: list[tuple[dict[str, Any], list[str]]] = [
    ({"type": "fill"}, []),
    (_FILL, ["use"]),
    ({"type": "fill", "filter": ["has", "z"], "paint": {"fill-opacity": ["get", "a"]}}, ["a", "z"]),
    ({"type": "symbol", "layout": {"text-field": ["get", "name"], "icon-image": ["get", "icon"]}}, ["icon", "name"]),
    ({"type": "symbol", "layout": {"text-field": ["within", {}]}}, []),
    ({"type": "symbol", "layout": {"text-field": ["step", ["zoom"], "", 15, ["get", "name"]]}}, []),
]


@pytest.mark.parametrize(("part", "names"), _FIELDS, ids=[str(names) + str(part["type"]) for part, names in _FIELDS])
def test_fields_that_drawing_needs(part: dict[str, Any], names: list[str]) -> None:
    """Of filter, paint, layout and the text of the zoom, sorted."""
    assert fields_of(part, 14) == names


@pytest.mark.parametrize(("zoom", "names"), [(9.99, ["all"]), (10, ["all", "low"]), (13.99, ["all", "low"]), (14, ["all", "high"])])
def test_zooms_of_parts(zoom: float, names: list[str]) -> None:
    """From minzoom on, up to but without maxzoom."""
    parts: list[dict[str, Any]] = [{"id": "all"}, {"id": "low", "minzoom": 10, "maxzoom": 14}, {"id": "high", "minzoom": 14}]
    assert [part["id"] for part in shown_at(parts, zoom)] == names


@settings(max_examples=40)
@given(st.lists(st.text(alphabet="abc'\\ &<>\"", min_size=1, max_size=6), min_size=1, max_size=4, unique=True))
def test_any_value_leaves_well_formed_xml_with_one_rule_each(values: list[str]) -> None:
    """Markup and quotes in values stay values: a rule each, and one for all others."""
    cases: list[Any] = [entry for number, value in enumerate(values) for entry in (value, f"#0000{number:02x}")]
    root = _document({"type": "fill", "paint": {"fill-color": ["match", ["get", "v"], *cases, "#ffffff"]}})
    assert len(_filters(root)) == len(values) + 1
