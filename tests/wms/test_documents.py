"""Every XML answer of WMS and WMTS is valid by its schema, and names what the caller may see."""

import io

import pytest
from lxml import etree

from tests.cast import Person
from tests.service import Service
from tests.wms.asking import SCHEMAS, get_map, schema, wms
from tests.world import World

_WMS = {"w": "http://www.opengis.net/wms", "x": "http://www.w3.org/1999/xlink"}


def _dtd(name: str) -> etree.DTD:
    return etree.DTD(io.BytesIO((SCHEMAS / "wms/1.1.1" / name).read_bytes()))


@pytest.mark.parametrize("name", ["leader", "anonymous"])
def test_capabilities_1_3_0_are_valid(asgi: Service, world: World, name: str) -> None:
    """By the schema of WMS with the operations of its profile for styles."""
    answer = wms(asgi, world.cast[name], REQUEST="GetCapabilities")
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.headers["cache-control"] == "no-store"
    schema("sld/1.1.0/sld_capabilities.xsd").assertValid(etree.fromstring(answer.content))


@pytest.mark.parametrize("name", ["leader", "anonymous"])
def test_capabilities_1_1_1_are_valid(asgi: Service, world: World, name: str) -> None:
    """By the DTD."""
    answer = wms(asgi, world.cast[name], "1.1.1", REQUEST="GetCapabilities")
    document, dtd = etree.fromstring(answer.content), _dtd("capabilities_1_1_1.dtd")
    assert dtd.validate(document), dtd.error_log
    assert b"WMT_MS_Capabilities SYSTEM" in answer.content


def test_capabilities_of_tiles_are_valid(asgi: Service, leader: Person) -> None:
    """By the schema of WMTS, under both addresses."""
    for path in ("/wmts?SERVICE=WMTS&REQUEST=GetCapabilities", "/wmts/1.0.0/WMTSCapabilities.xml"):
        answer = asgi.get(path, leader)
        schema("wmts/1.0/wmtsGetCapabilities_response.xsd").assertValid(etree.fromstring(answer.content))


def test_exception_reports_are_valid(asgi: Service) -> None:
    """Of both versions, and of tiles."""
    schema("wms/1.3.0/exceptions_1_3_0.xsd").assertValid(etree.fromstring(get_map(asgi, "nowhere").content))
    old = wms(asgi, None, "1.1.1", REQUEST="GetMap", LAYERS="nowhere")
    assert old.headers["content-type"] == "application/vnd.ogc.se_xml"
    assert _dtd("exception_1_1_1.dtd").validate(etree.fromstring(old.content))
    tiles = asgi.get("/wmts?SERVICE=WMTS&REQUEST=GetTile")
    assert tiles.status_code == 400
    schema("ows/1.1.0/owsExceptionReport.xsd").assertValid(etree.fromstring(tiles.content))


def test_descriptions_of_layers_are_valid(asgi: Service) -> None:
    """DescribeLayer 1.1.1 by its DTD."""
    answer = wms(asgi, None, "1.1.1", REQUEST="DescribeLayer", LAYERS="roads,water")
    assert _dtd("WMS_DescribeLayerResponse.dtd").validate(etree.fromstring(answer.content))
    assert b"roads" in wms(asgi, REQUEST="DescribeLayer", LAYERS="roads").content


def test_boxes_have_the_axes_of_their_version(asgi: Service) -> None:
    """EPSG:4326 is latitude first in 1.3.0 and longitude first in 1.1.1; VN-2000 is east first in both."""
    for version, path in (("1.3.0", ".//w:Layer[w:Name='roads']/w:BoundingBox[@CRS='EPSG:4326']"),):
        root = etree.fromstring(wms(asgi, None, version, REQUEST="GetCapabilities").content)
        box = root.find(path, _WMS)
        assert box is not None
        assert 15 < float(box.get("minx", "")) < 16
        assert 108 < float(box.get("miny", "")) < 109
    old = etree.fromstring(wms(asgi, None, "1.1.1", REQUEST="GetCapabilities").content)
    box = old.find(".//Layer[Name='roads']/BoundingBox[@SRS='EPSG:4326']")
    assert box is not None
    assert 108 < float(box.get("minx", "")) < 109


def test_parcels_have_their_box_in_vn_2000(asgi: Service, leader: Person) -> None:
    """East first, in metres."""
    root = etree.fromstring(wms(asgi, leader, REQUEST="GetCapabilities").content)
    box = root.find(".//w:Layer[w:Name='parcels']/w:BoundingBox[@CRS='EPSG:5899']", _WMS)
    assert box is not None
    assert 500_000 < float(box.get("minx", "")) < 700_000
    assert 1_700_000 < float(box.get("miny", "")) < 1_800_000


def test_scales_and_time_are_told(asgi: Service, leader: Person) -> None:
    """Roads from zoom 9 on, parcels from 5; incidents have a time, roads have none."""
    root = etree.fromstring(wms(asgi, leader, REQUEST="GetCapabilities").content)
    limit = root.findtext(".//w:Layer[w:Name='roads']/w:MaxScaleDenominator", namespaces=_WMS)
    assert float(limit or 0) == pytest.approx(559_082_264.03 / 2**10, rel=0.001)
    parcels = root.findtext(".//w:Layer[w:Name='parcels']/w:MaxScaleDenominator", namespaces=_WMS)
    assert float(parcels or 0) == pytest.approx(559_082_264.03 / 2**6, rel=0.001), "from the zoom on at which they are counted"
    assert root.find(".//w:Layer[w:Name='incidents']/w:Dimension[@name='time']", _WMS) is not None
    assert root.find(".//w:Layer[w:Name='roads']/w:Dimension", _WMS) is None


def test_addresses_in_capabilities_answer(asgi: Service) -> None:
    """Every legend's."""
    root = etree.fromstring(wms(asgi, REQUEST="GetCapabilities").content)
    addresses = root.xpath(".//w:LegendURL/w:OnlineResource/@x:href", namespaces=_WMS)
    assert len(addresses) > 4
    for address in addresses[:4]:
        assert asgi.get(str(address).partition("testserver")[2]).headers["content-type"] == "image/png"
