"""Style files of others, read part by part."""

from typing import Any

import pytest

from gis_core.errors import BadParameter
from layers.styling.expressions import NotHeld
from layers.styling.gathering import Drawing, gathered
from layers.styling.qml_reading import read_qml
from layers.styling.reading import read_style_file
from layers.styling.sld_reading import MAX_BYTES, read_sld

_SLD = (
    '<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc" version="1.0.0"><NamedLayer>'
    "<UserStyle><FeatureTypeStyle>{}</FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>"
)


def _css(**values: str) -> str:
    return "".join(f'<CssParameter name="{name.replace("_", "-")}">{value}</CssParameter>' for name, value in values.items())


def _sld(*rules: str) -> list[dict[str, Any]]:
    return read_sld(_SLD.format("".join(f"<Rule>{rule}</Rule>" for rule in rules)).encode())


def _line(**values: str) -> str:
    return f"<LineSymbolizer><Stroke>{_css(**values)}</Stroke></LineSymbolizer>"


def _is(value: str, name: str = "kind") -> str:
    return f"<ogc:PropertyIsEqualTo><ogc:PropertyName>{name}</ogc:PropertyName><ogc:Literal>{value}</ogc:Literal></ogc:PropertyIsEqualTo>"


def _filter(inside: str) -> str:
    return f"<ogc:Filter>{inside}</ogc:Filter>"


def test_a_line_with_all_that_a_stroke_says() -> None:
    """Dashes come in pixels and are kept in widths; the mitre is spelled as MapLibre does."""
    (part,) = _sld(_line(stroke="#AABBCC", stroke_width="2", stroke_opacity="0.5", stroke_dasharray="4,2", stroke_linejoin="mitre"))
    assert part == {
        "id": "line0",
        "type": "line",
        "paint": {"line-color": "#aabbcc", "line-width": 2.0, "line-opacity": 0.5, "line-dasharray": [2.0, 1.0]},
        "layout": {"line-join": "miter"},
    }


def test_a_polygon_is_a_fill_and_a_line() -> None:
    """The stroke keeps its width, which an outline of a fill cannot have."""
    fill, line = _sld(
        f"<PolygonSymbolizer><Fill>{_css(fill='#010203')}</Fill><Stroke>{_css(stroke_width='3')}</Stroke></PolygonSymbolizer>"
    )
    assert fill["paint"] == {"fill-color": "#010203", "fill-opacity": 1.0}
    assert line["paint"] == {"line-color": "#000000", "line-width": 3.0}


def test_a_mark_is_a_circle_whose_border_is_taken_off() -> None:
    """SLD's size is the diameter with the border."""
    mark = f"<Mark><WellKnownName>circle</WellKnownName><Stroke>{_css(stroke_width='2')}</Stroke></Mark>"
    (part,) = _sld(f"<PointSymbolizer><Graphic>{mark}<Size>12</Size></Graphic></PointSymbolizer>")
    assert part["paint"] == {"circle-stroke-color": "#000000", "circle-stroke-width": 2.0, "circle-radius": 5.0}


def test_a_label_of_texts_and_fields() -> None:
    """In their order."""
    label = "<Label>Thửa <ogc:PropertyName>no</ogc:PropertyName> m²</Label>"
    (part,) = _sld(f"<TextSymbolizer>{label}<Halo><Radius>2</Radius></Halo></TextSymbolizer>")
    assert part["layout"]["text-field"] == ["concat", "Thửa ", ["to-string", ["get", "no"]], " m²"]
    assert part["paint"] == {"text-color": "#000000", "text-halo-width": 2.0, "text-halo-color": "#ffffff"}


def test_scales_are_zooms() -> None:
    """The largest denominator is the lowest zoom."""
    limits = "<MinScaleDenominator>17061.8</MinScaleDenominator><MaxScaleDenominator>272989.4</MaxScaleDenominator>"
    (part,) = _sld(limits + _line(stroke="#000000"))
    assert (part["minzoom"], part["maxzoom"]) == (10.0, 14.0)


def test_rules_that_differ_become_a_match() -> None:
    """Rules for several values, and a rule without filter for all others."""
    (part,) = _sld(
        _filter(_is("a")) + _line(stroke="#000001"),
        _filter(f"<ogc:Or>{_is('b')}{_is('c')}</ogc:Or>") + _line(stroke="#000002"),
        "<ElseFilter/>" + _line(stroke="#000003"),
    )
    assert part["paint"]["line-color"] == ["match", ["get", "kind"], "a", "#000001", ["b", "c"], "#000002", "#000003"]
    assert part["paint"]["line-width"] == 1.0
    assert "filter" not in part


def test_rules_without_a_rest_become_a_filter() -> None:
    """What no rule draws stays hidden."""
    (part,) = _sld(_filter(_is("a")) + _line(stroke="#000001"), _filter(_is("b")) + _line(stroke="#000001"))
    assert part["filter"] == ["in", ["get", "kind"], ["literal", ["a", "b"]]]
    assert part["paint"]["line-color"] == "#000001"


_REFUSED = [
    (_line(stroke="#fff"), "#fff"),
    (_line(stroke_width="thick"), "thick"),
    (_line(stroke_width="0", stroke_dasharray="4 2"), "stroke-dasharray"),
    (_line(stroke_width="nan"), "nan"),
    (_line(stroke_opacity="inf"), "inf"),
    (_line(stroke_dashoffset="4"), "stroke-dashoffset"),
    ("<MinScaleDenominator>inf</MinScaleDenominator>" + _line(stroke="#000000"), "inf"),
    (_filter(f"<ogc:Or>{_is('a')}{_is('a', 'other')}</ogc:Or>") + _line(stroke="#000000"), "different fields"),
    (_filter(_is("a") + _is("b")) + _line(stroke="#000000"), "Filter"),
    ("<TextSymbolizer/>", "without Label"),
    ("<PointSymbolizer><Graphic><Mark><WellKnownName>star</WellKnownName></Mark></Graphic></PointSymbolizer>", "circle"),
    (_line(stroke="#000000") + _line(stroke="#000001"), "same features"),
]


@pytest.mark.parametrize(("rule", "named"), _REFUSED, ids=[named for _rule, named in _REFUSED])
def test_what_an_sld_cannot_say_here_is_named(rule: str, named: str) -> None:
    """A sentence with the field of the form, whatever numbers stand in the file."""
    with pytest.raises(BadParameter, match=named) as caught:
        _sld(rule)
    assert caught.value.field == "style"


def _qml(*layers: str, root: str = "") -> bytes:
    symbol = f'<symbols><symbol name="0">{"".join(layers)}</symbol></symbols>'
    return f'<qgis {root}><renderer-v2 type="singleSymbol">{symbol}</renderer-v2></qgis>'.encode()


def _symbol(kind: str, /, **values: str) -> str:
    return f'<layer class="{kind}">' + "".join(f'<prop k="{key}" v="{value}"/>' for key, value in values.items()) + "</layer>"


_READ: list[tuple[str, dict[str, Any]]] = [
    (
        _symbol("SimpleFill", color="10,20,30,51", outline_color="1,2,3,255"),
        {"fill-color": "#0a141e", "fill-opacity": 0.2, "fill-outline-color": "#010203"},
    ),
    (_symbol("SimpleFill", color="10,20,30", outline_style="no"), {"fill-color": "#0a141e", "fill-opacity": 1.0}),
    (
        _symbol("SimpleLine", line_color="0,0,0,255", line_width="3", line_width_unit="Point"),
        {"line-color": "#000000", "line-width": 4.0, "line-opacity": 1.0},
    ),
    (
        _symbol("SimpleLine", line_width="2", line_width_unit="Pixel", use_custom_dash="1", customdash="6;3", customdash_unit="Pixel"),
        {"line-color": "#000000", "line-width": 2.0, "line-opacity": 1.0, "line-dasharray": [3.0, 1.5]},
    ),
    (
        _symbol("SimpleMarker", color="255,0,0,255", size="25.4", size_unit="MM", outline_style="no"),
        {
            "circle-color": "#ff0000", "circle-opacity": 1.0, "circle-radius": 48.0, "circle-stroke-width": 0.0,
            "circle-stroke-color": "#000000", "circle-stroke-opacity": 1.0,
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "paint"), _READ, ids=[str(number) for number in range(len(_READ))])
def test_symbols_of_qgis(layer: str, paint: dict[str, Any]) -> None:
    """Sizes in pixels, whatever their unit; opacity from the fourth part of a colour."""
    (part,) = read_qml(_qml(layer))
    assert part["paint"] == paint


def test_the_limit_of_a_qml_is_a_zoom() -> None:
    """Only where its flag is set."""
    line = _symbol("SimpleLine", line_width="1")
    (limited,) = read_qml(_qml(line, root='hasScaleBasedVisibilityFlag="1" minScale="272989.4"'))
    (free,) = read_qml(_qml(line, root='hasScaleBasedVisibilityFlag="0" minScale="272989.4"'))
    assert limited["minzoom"] == 10.0
    assert "minzoom" not in free


_REFUSED_QML = [
    (_qml(_symbol("SimpleFill", style="cross")), "cross"),
    (_qml(_symbol("SimpleFill", color="300,0,0,255")), "300"),
    (_qml(_symbol("SimpleFill", color="-1,0,0,255")), "-1"),
    (_qml(_symbol("SimpleFill", color="inf,0,0,255")), "inf"),
    (_qml(_symbol("SimpleLine", line_width="nan")), "nan"),
    (_qml(_symbol("SimpleLine", line_width="1", line_width_unit="MapUnit")), "MapUnit"),
    (_qml(_symbol("SimpleMarker", name="star")), "star"),
    (_qml(_symbol("CentroidFill")), "CentroidFill"),
    (_qml('<layer class="SimpleLine" enabled="0"/>'), "SimpleLine"),
    (_qml(_symbol("SimpleLine"), root='hasScaleBasedVisibilityFlag="1" minScale="far"'), "far"),
    (_qml(_symbol("SimpleLine"), root='hasScaleBasedVisibilityFlag="1" minScale="inf"'), "inf"),
]


@pytest.mark.parametrize(("content", "named"), _REFUSED_QML, ids=[f"{number} {named}" for number, (_c, named) in enumerate(_REFUSED_QML)])
def test_what_a_qml_cannot_say_here_is_named(content: bytes, named: str) -> None:
    """A sentence, and never a colour or a size that no browser can draw."""
    with pytest.raises(BadParameter, match=named):
        read_qml(content)


def test_the_kind_of_file_is_seen_by_its_root() -> None:
    """QML with QGIS's own DOCTYPE, or SLD."""
    qml = b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>" + _qml(_symbol("SimpleLine", line_width="1"))
    assert [part["type"] for part in read_style_file(qml)] == ["line"]
    sld = _SLD.format("<Rule><PolygonSymbolizer><Fill/></PolygonSymbolizer></Rule>").encode()
    assert [part["type"] for part in read_style_file(sld)] == ["fill"]


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    """The limit stands in the sentence."""
    with pytest.raises(BadParameter, match=str(MAX_BYTES)) as caught:
        read_style_file(b"<" * (MAX_BYTES + 1))
    assert caught.value.field == "style_file"


@pytest.mark.parametrize(
    "drawings",
    [
        [Drawing("line", {}, field="a", values=(1,)), Drawing("line", {}, field="b", values=(1,))],
        [Drawing("line", {}), Drawing("line", {})],
        [Drawing("line", {}, {"line-cap": "round"}, "a", (1,)), Drawing("line", {}, {"line-cap": "butt"}, "a", (2,))],
    ],
    ids=["two fields", "twice the same features", "caps that differ"],
)
def test_rules_that_no_part_can_hold(drawings: list[Drawing]) -> None:
    """Are refused rather than mixed."""
    with pytest.raises(NotHeld):
        gathered(drawings)


def test_what_a_rule_leaves_out_is_the_default() -> None:
    """Where another rule says it."""
    (part,) = gathered([Drawing("line", {"line-width": 3}, field="a", values=(1,)), Drawing("line", {})])
    assert part["paint"] == {"line-width": ["match", ["get", "a"], 1, 3, 1]}
