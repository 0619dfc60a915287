"""Styles as SLD and QML, out and in again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings
from django.utils import translation
from lxml import etree

from gis_core.errors import BadParameter
from layers.imports.portrayal import default_style
from layers.layer import FeatureLayer
from layers.portrayal import style_of
from layers.qgis.symbols import add_symbol
from layers.styling.classes import classes
from layers.styling.expressions import evaluate
from layers.styling.qml import qml_document
from layers.styling.qml_reading import read_qml
from layers.styling.sld import sld_document
from layers.styling.sld_reading import read_sld
from tests.world import declared_layers

pytestmark = pytest.mark.django_db
_LAYERS = {layer.name: layer for layer in declared_layers()}
_SLD = (
    '<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc" version="1.0.0"><NamedLayer>'
    "<UserStyle><FeatureTypeStyle>{}</FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>"
)
_LINE = '<LineSymbolizer><Stroke><CssParameter name="stroke">{}</CssParameter></Stroke></LineSymbolizer>'


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
@pytest.mark.parametrize("layer", _LAYERS.values(), ids=_LAYERS)
def test_sld_of_every_layer(layer: FeatureLayer, version: str) -> None:
    """Well-formed, with a rule for each class of each part that SLD can draw; nothing in it points elsewhere than to our own icons."""
    root = etree.fromstring(sld_document([layer], {"default": "light"}, version, "https://map.example"))
    names = {name.text for name in root.iter("{*}Name")}
    drawn = {part["id"] for part in style_of(layer) if part["source-layer"] in (layer.name, layer.label_layer)}
    assert drawn <= names
    assert root.findall(".//{*}Rule")
    addresses = [found.get("{http://www.w3.org/1999/xlink}href") for found in root.iter("{*}OnlineResource")]
    assert all(re.fullmatch(r"https://map\.example/qgis/icons/[a-z0-9-]+/[0-9a-f]{6}\.svg", str(address)) for address in addresses)
    assert bool(addresses) == any("icon-image" in part.get("layout", {}) for part in layer.style)


def test_icons_come_back_from_sld_and_qml() -> None:
    """By the address of our own service, and by the picture inside of QGIS's file."""
    facilities = _LAYERS["facilities"]
    icons = [part for part in read_sld(sld_document([facilities], {"default": "light"})) if "icon-image" in part.get("layout", {})]
    assert icons
    (original,) = [part for part in style_of(facilities) if "icon-image" in part.get("layout", {})]
    for theme in ("health", "education", "one_stop"):
        wanted = evaluate(original["layout"]["icon-image"], {"theme": theme}, 14)
        assert {evaluate(part["layout"]["icon-image"], {"theme": theme}, 14) for part in icons} == {wanted}
    plain = [{"id": "icon", "type": "symbol", "layout": {"icon-image": "hospital/aa1122", "icon-size": 1.5}}]
    root = etree.Element("qgis")
    renderer = etree.SubElement(root, "renderer-v2", {"type": "singleSymbol"})
    add_symbol(etree.SubElement(renderer, "symbols"), "0", facilities, plain, {})
    (part,) = read_qml(etree.tostring(root))
    assert (part["type"], part["layout"]["icon-image"], part["layout"]["icon-size"]) == ("symbol", "hospital/aa1122", 1.5)


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/qgis/icons/hospital/aa1122.svg", "/qgis/icons/../secret.svg", "file:///qgis/icons/hospital/aa1122.svg"],
)
def test_pictures_of_others_are_refused(address: str) -> None:
    graphic = f'<ExternalGraphic><OnlineResource xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{address}"/></ExternalGraphic>'
    rule = f"<Rule><PointSymbolizer><Graphic>{graphic}</Graphic></PointSymbolizer></Rule>"
    with pytest.raises(BadParameter, match="reference"), override_settings(ALLOWED_HOSTS=["map.example"]), translation.override("en"):
        read_sld(_SLD.format(rule).encode())


def test_sld_comes_back_as_it_went() -> None:
    """A style that SLD can say draws the same classes after a round trip."""
    water = _LAYERS["water"]
    found = read_sld(sld_document([water], {"default": "light"}))
    own = style_of(water)
    for part, original in zip(found[:2], own[:2], strict=True):
        assert part["type"] == original["type"]
        before = {repr(one.alternatives): dict(one.paint) for one in classes(original, 13)}
        after = {repr(one.alternatives): one for one in classes(part, 13)}
        assert before.keys() == after.keys()
        for name, paint in before.items():
            assert paint.items() <= after[name].paint.items()


@pytest.mark.parametrize(("kind", "geometry"), [("points", "Point"), ("lines", "LineString"), ("areas", "Polygon")])
def test_simple_styles_survive_qml(kind: str, geometry: str) -> None:
    """Plain colours and widths."""
    style = [dict(part) for part in default_style(kind, geometry, "")]
    text = etree.fromstring(_qml(style))
    assert [part["type"] for part in read_qml(etree.tostring(text))] == [part["type"] for part in style]


_SYMBOLS = {
    "fill": ("SimpleFill", {"color": "10,20,30,128", "outline_style": "no"}),
    "line": ("SimpleLine", {"line_color": "1,2,3,255", "line_width": "0.26"}),
    "circle": ("SimpleMarker", {"name": "circle", "color": "1,2,3,255", "size": "2"}),
}


def _layer(kind: str) -> str:
    name, values = _SYMBOLS[kind]
    options = "".join(f'<Option name="{key}" value="{value}"/>' for key, value in values.items())
    return f'<layer class="{name}" enabled="1"><Option type="Map">{options}</Option></layer>'


def _qml(style: list[dict[str, Any]]) -> bytes:
    layers = "".join(_layer(part["type"]) for part in style)
    return f'<qgis><renderer-v2 type="singleSymbol"><symbols><symbol name="0">{layers}</symbol></symbols></renderer-v2></qgis>'.encode()


def test_categories_of_qgis_become_a_match() -> None:
    """As QGIS 3 writes them, in millimetres."""
    fill = '<layer class="SimpleFill" enabled="1"><prop k="color" v="{},0,0,255"/><prop k="outline_style" v="no"/></layer>'
    symbols = "".join(f'<symbol name="{number}">{fill.format(number)}</symbol>' for number in (0, 1, 2))
    values = (("river", "sông"), ("sea", "biển"), ("", ""))
    categories = "".join(f'<category value="{value}" symbol="{n}" label="{label}"/>' for n, (value, label) in enumerate(values))
    text = (
        f'<qgis><renderer-v2 type="categorizedSymbol" attr="kind"><categories>{categories}</categories>'
        f"<symbols>{symbols}</symbols></renderer-v2></qgis>"
    )
    (part,) = read_qml(text.encode())
    assert part["paint"]["fill-color"] == ["match", ["get", "kind"], "river", "#000000", "sea", "#010000", "#020000"]


_FORBIDDEN: list[tuple[Callable[..., Any], str, str]] = [
    (read_sld, "not xml", "DOCTYPE"),
    (read_sld, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "DOCTYPE"),
    (read_sld, "<html/>", "html"),
    (read_sld, _SLD.format("<Rule><RasterSymbolizer/></Rule>"), "RasterSymbolizer"),
    (read_sld, _SLD.format("<Rule><PointSymbolizer><Graphic><ExternalGraphic/></Graphic></PointSymbolizer></Rule>"), "reference"),
    (read_sld, _SLD.format("<Rule><ogc:Filter><ogc:PropertyIsLike/></ogc:Filter></Rule>"), "PropertyIsLike"),
    (read_sld, _SLD.format(f"<Rule>{_LINE.format('red')}</Rule>"), "red"),
    (read_sld, _SLD.format(f"<Rule><MinScaleDenominator>x</MinScaleDenominator>{_LINE.format('#000000')}</Rule>"), "x"),
    (read_qml, '<qgis><renderer-v2 type="heatmapRenderer"/></qgis>', "heatmapRenderer"),
    (read_qml, "<qgis/>", "renderer-v2"),
]


@pytest.mark.parametrize(("read", "text", "named"), _FORBIDDEN, ids=[named for _read, _text, named in _FORBIDDEN])
def test_what_is_not_held_is_named(read: Callable[..., Any], text: str, named: str) -> None:
    """A 400 with a sentence; nothing is fetched, nothing half-read."""
    with pytest.raises(BadParameter, match=named):
        read(text.encode())


@pytest.mark.parametrize("layer", _LAYERS.values(), ids=_LAYERS)
def test_qml_of_every_layer(layer: FeatureLayer) -> None:
    """Well-formed, with a category for each value of the legend; what it says at one scale alone is refused on the way back."""
    root = etree.fromstring(qml_document(layer))
    assert root.find("renderer-v2/symbols/symbol/layer") is not None
    if layer.name == "roads":
        with pytest.raises(BadParameter, match="data-defined"):
            read_qml(qml_document(layer))
