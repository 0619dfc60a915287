"""Rasters in the name of the cast, in every service: seen whole by those who may, the same 404 as an unknown name by all others."""

import json
import re
from typing import Any

import httpx
import pytest
from lxml import etree

from tests.cast import NAMES, Person
from tests.coverages.conftest import PLACE, Shelf
from tests.service import Service

pytestmark = pytest.mark.usefixtures("committed")
# Who sees what is unit A's: those who work there or above, and those who see everything. In words of their own.
SEES_TOWN = {"officer", "analyst", "operator", "leader"}
_TILE = "14/13131/7461"
_LINE = "LINESTRING(108.472 15.565,108.478 15.565)"
_BOX = "12074000,1755000,12076000,1757000"
ADDRESSES = (
    f"/tiles/{{name}}/{_TILE}.png",
    f"/tiles/{{name}}/{_TILE}.webp",
    "/tiles/{name}.json",
    "/tiles/style.json?layers={name}",
    "/wmts/{name}/default/WebMercatorQuad/14/7461/13131.png",
    "/ogc/collections/{name}/map/tiles",
    "/ogc/collections/{name}/map/tiles/WebMercatorQuad",
    "/ogc/collections/{name}/map/tiles/WebMercatorQuad/14/7461/13131",
    "/query/at-point?lon=108.475&lat=15.565&layers={name}",
    "/query/coverages/{name}/value?lon=108.475&lat=15.565",
    f"/query/coverages/{{name}}/profile?geometry={_LINE}&samples=5",
    "/query/coverages/{name}/zonal?layer=admin_units&limit=2",
)
WMS = (
    f"/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS={{name}}&STYLES=&CRS=EPSG:3857&BBOX={_BOX}&WIDTH=64&HEIGHT=64&FORMAT=image/png",
    f"/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetFeatureInfo&LAYERS={{name}}&QUERY_LAYERS={{name}}&STYLES=&CRS=EPSG:3857&BBOX={_BOX}"
    "&WIDTH=64&HEIGHT=64&I=32&J=32&INFO_FORMAT=application/json",
    "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetLegendGraphic&LAYER={name}&FORMAT=application/json",
)
_REQUEST = re.compile(r"urn:ioc-map:request:[0-9a-f]+")


def _comparable(answer: httpx.Response, name: str) -> tuple[int, dict[str, str], str]:
    headers = {key: value for key, value in answer.headers.items() if key not in ("x-request-id", "content-length", "date")}
    return answer.status_code, headers, _REQUEST.sub("…", answer.text).replace(name, "…")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", NAMES)
def test_who_sees_a_raster(asgi: Service, committed: Shelf, name: str, address: str) -> None:
    """Open ones everybody, those of a unit its own people."""
    person = committed.world.cast[name]
    assert asgi.get(address.format(name="heights"), person).status_code == 200
    found = asgi.get(address.format(name="town"), person)
    if name in SEES_TOWN:
        assert found.status_code == 200
    else:
        assert found.status_code == 404
        assert _comparable(found, "town") == _comparable(asgi.get(address.format(name="qqqq"), person), "qqqq")


@pytest.mark.parametrize("address", WMS)
@pytest.mark.parametrize("name", NAMES)
def test_who_sees_a_raster_in_wms(asgi: Service, committed: Shelf, name: str, address: str) -> None:
    """The same in the protocol's own words: a report with the code LayerNotDefined."""
    person = committed.world.cast[name]
    assert b"ServiceException" not in asgi.get(address.format(name="heights"), person).content
    found = asgi.get(address.format(name="town"), person)
    assert (b"LayerNotDefined" in found.content) == (name not in SEES_TOWN)
    if name not in SEES_TOWN:
        assert _comparable(found, "town") == _comparable(asgi.get(address.format(name="qqqq"), person), "qqqq")


def _listed(asgi: Service, person: Person) -> dict[str, set[str]]:
    """The names that each list of layers tells."""

    def of_page(path: str) -> set[str]:
        page = asgi.get(path, person, headers={"Accept": "text/html"}).text
        found: Any = re.search(r'<script id="page" type="application/json">(.*?)</script>', page, re.DOTALL)
        return {layer["name"] for layer in json.loads(found[1])["layers"]}

    def of_xml(path: str, tag: str) -> set[str]:
        root = etree.fromstring(asgi.get(path, person).content)
        return {element.text for element in root.iter(tag)}

    return {
        "catalogue": of_page("/"),
        "wall": of_page("/wall/"),
        "style": set(asgi.get("/tiles/style.json", person).json()["sources"]),
        "WMS": of_xml("/wms?SERVICE=WMS&REQUEST=GetCapabilities", "{http://www.opengis.net/wms}Name"),
        "WMTS": of_xml("/wmts?SERVICE=WMTS&REQUEST=GetCapabilities", "{http://www.opengis.net/ows/1.1}Identifier"),
        "queries": {query["href"].split("/coverages/")[-1].split("/")[0] for query in asgi.get("/query/", person).json()["queries"]},
        "at-point": {one["layer"] for one in asgi.get(f"/query/at-point?lon={PLACE[0]}&lat={PLACE[1]}", person).json()["results"]},
    }


@pytest.mark.parametrize("name", NAMES)
def test_lists_name_what_is_seen(asgi: Service, committed: Shelf, name: str) -> None:
    """And nothing else."""
    for where, names in _listed(asgi, committed.world.cast[name]).items():
        assert "heights" in names, where
        assert ("town" in names) == (name in SEES_TOWN), where


@pytest.mark.parametrize("path", ["/ogc/collections/heights/items", "/ogc/collections/heights", "/tiles/heights/14/13131/7461.mvt", "/wfs"])
def test_a_raster_has_no_features(asgi: Service, path: str) -> None:
    """Services of features do not know it."""
    if path == "/wfs":
        assert b"heights" not in asgi.get("/wfs?SERVICE=WFS&REQUEST=GetCapabilities").content
    else:
        assert asgi.get(path).status_code == 404


@pytest.mark.parametrize("how", ["basic", "bearer"])
def test_tokens_count_like_sessions(asgi: Service, committed: Shelf, how: Any) -> None:
    """QGIS signs in by Basic, programs by a token."""
    cast = committed.world.cast
    assert asgi.get(f"/tiles/town/{_TILE}.png", cast["officer"], how=how).status_code == 200
    assert asgi.get(f"/tiles/town/{_TILE}.png", cast["sibling"], how=how).status_code == 404


def test_restricted_pictures_are_private(asgi: Service, committed: Shelf) -> None:
    """No shared cache keeps them; pages of other origins read public ones alone."""
    own = asgi.get(f"/tiles/town/{_TILE}.png", committed.world.cast["officer"])
    assert own.headers["Cache-Control"] == "private, no-cache"
    assert "Access-Control-Allow-Origin" not in own.headers
    opened = asgi.get(f"/tiles/heights/{_TILE}.png")
    assert (opened.headers["Cache-Control"], opened.headers["Access-Control-Allow-Origin"]) == ("no-cache", "*")
