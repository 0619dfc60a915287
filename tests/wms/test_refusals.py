"""What cannot be used is answered by a report with a code and a sentence, quickly, and nobody else is asked."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.cast import Person
from tests.service import Service
from tests.wms.asking import failure, get_map, image_of, wms
from tests.world import World

_HUGE = "9" * 400
_BAD = [
    ({"LAYERS": ""}, "MissingParameterValue"),
    ({"LAYERS": "nowhere"}, "LayerNotDefined"),
    ({"LAYERS": "roads'; DROP TABLE land_parcel; --"}, "LayerNotDefined"),
    ({"LAYERS": ",".join(["roads"] * 21)}, "InvalidParameterValue"),
    ({"STYLES": "pretty"}, "StyleNotDefined"),
    ({"STYLES": "default,default"}, "StyleNotDefined"),
    ({"CRS": "EPSG:9999"}, "InvalidCRS"),
    ({"CRS": "EPSG:6959"}, "InvalidCRS"),
    ({"CRS": "+proj=pipeline +file=/etc/passwd"}, "InvalidCRS"),
    ({"CRS": "AUTO2:42001,1,0,0"}, "InvalidCRS"),
    ({"BBOX": "1,2,3"}, "InvalidParameterValue"),
    ({"BBOX": "5,5,1,1"}, "InvalidParameterValue"),
    ({"BBOX": "NaN,0,1,1"}, "InvalidParameterValue"),
    ({"BBOX": "0,0,inf,1"}, "InvalidParameterValue"),
    ({"BBOX": "0,0,0,0"}, "InvalidParameterValue"),
    ({"BBOX": "0,0,1,1;SELECT pg_sleep(9)"}, "InvalidParameterValue"),
    ({"WIDTH": "100000000"}, "InvalidParameterValue"),
    ({"WIDTH": "20000", "HEIGHT": "20000"}, "InvalidParameterValue"),
    ({"WIDTH": "2001", "HEIGHT": "2000"}, "InvalidParameterValue"),
    ({"WIDTH": "0"}, "InvalidParameterValue"),
    ({"WIDTH": "-5"}, "InvalidParameterValue"),
    ({"WIDTH": "1e3"}, "InvalidParameterValue"),
    ({"HEIGHT": _HUGE}, "InvalidParameterValue"),
    ({"DPI": "1e9"}, "InvalidParameterValue"),
    ({"DPI": "-1"}, "InvalidParameterValue"),
    ({"MAP_RESOLUTION": "abc"}, "InvalidParameterValue"),
    ({"FORMAT": "image/tiff"}, "InvalidFormat"),
    ({"TRANSPARENT": "perhaps"}, "InvalidParameterValue"),
    ({"BGCOLOR": "red"}, "InvalidParameterValue"),
    ({"TIME": "yesterday"}, "InvalidDimensionValue"),
    ({"TIME": "2020-01-01'/**/OR/**/1=1"}, "InvalidDimensionValue"),
    ({"CQL_FILTER": "password = 'x'"}, "InvalidParameterValue"),
    ({"CQL_FILTER": "1=1; DROP TABLE land_parcel"}, "InvalidParameterValue"),
    ({"CQL_FILTER": "(" * 900 + "name='a'" + ")" * 900}, "InvalidParameterValue"),
    ({"CQL_FILTER": "name = 'a';name = 'b';name = 'c'"}, "InvalidParameterValue"),
    ({"CQL_FILTER": "admin_unit__code = '1'"}, "InvalidParameterValue"),
    ({"SLD_BODY": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"}, "OptionNotSupported"),
    ({"REQUEST": "DropLayer"}, "OperationNotSupported"),
    ({"REQUEST": ""}, "MissingParameterValue"),
    ({"SERVICE": "WFS"}, "InvalidParameterValue"),
    ({"layers": "roads"}, "InvalidParameterValue"),
    ({"LAYERS": "roads\x00"}, "InvalidParameterValue"),
]


@pytest.mark.parametrize(("given", "code"), _BAD, ids=[str(given)[:60] for given, _code in _BAD])
def test_bad_requests(asgi: Service, given: dict[str, str], code: str) -> None:
    """Each gets its code; none is a fault of ours, none takes long."""
    started = time.monotonic()
    answer = get_map(asgi, "roads", None, **given)
    assert answer.status_code == 200
    found, sentence = failure(answer)
    assert found == code
    assert len(sentence) > 10
    assert time.monotonic() - started < 10  # far from a statement's time on an idle machine; loaded ones are slow


@pytest.mark.parametrize(
    "path", ["/wms?LAYERS=%FF%FE", "/wms?" + "&".join(f"a{n}=1" for n in range(80)), "/wms?A=" + "x" * 20_000, "/wms/../x"]
)
def test_addresses_that_cannot_be_read(asgi: Service, path: str) -> None:
    """Wrong encodings, floods of parameters, long queries: a report too."""
    answer = asgi.get(path)
    assert answer.status_code < 500
    assert b"ServiceException" in answer.content or answer.status_code == 404


def test_odd_places_are_drawn_empty(asgi: Service, leader: Person) -> None:
    """Far outside of where a coordinate system reaches."""
    for srid, box in ((3857, "1e30,1e30,2e30,2e30"), (5899, "-1e12,-1e12,1e12,1e12"), (4326, "-900,-900,900,900"), (3857, "0,0,1e-9,1e-9")):
        image_of(get_map(asgi, "roads,water", CRS=f"EPSG:{srid}", BBOX=box))
        image_of(get_map(asgi, "parcels", leader, CRS=f"EPSG:{srid}", BBOX=box))
    for box in ("-20037508,-20037508,20037508,20037508", "11900000,1600000,12300000,1900000"):
        image_of(get_map(asgi, "parcels", leader, BBOX=box, WIDTH=2000, HEIGHT=2000))


def test_exceptions_in_the_picture(asgi: Service) -> None:
    """As asked: the sentence drawn, or a blank picture of the size."""
    written = image_of(get_map(asgi, "nowhere", EXCEPTIONS="INIMAGE"))
    assert written.size == (400, 300)
    assert len(written.getcolors(100_000) or ()) > 5
    blank = image_of(get_map(asgi, "nowhere", EXCEPTIONS="BLANK"))
    assert blank.getcolors() == [(120_000, (255, 255, 255, 255))]
    old = wms(asgi, None, "1.1.1", REQUEST="GetMap", LAYERS="nowhere", WIDTH=50, HEIGHT=40, EXCEPTIONS="application/vnd.ogc.se_inimage")
    assert image_of(old).size == (50, 40)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """An address of this machine, and who came there."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.2)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    came.append(door.accept())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/style.sld", came
        done.set()
        thread.join()


def test_nothing_is_fetched(asgi: Service, listener: tuple[str, list[object]]) -> None:
    """SLD at an address, and graphics at addresses inside of one, are refused unread."""
    address, came = listener
    body = f'<StyledLayerDescriptor><OnlineResource href="{address}"/></StyledLayerDescriptor>'
    for given in ({"SLD": address}, {"SLD_BODY": body}, {"REMOTE_OWS_URL": address, "SLD": address}):
        assert failure(get_map(asgi, "roads", **given))[0] == "OptionNotSupported"
    assert failure(wms(asgi, REQUEST="GetLegendGraphic", LAYER="roads", SLD=address))[0] == "OptionNotSupported"
    assert came == []


@pytest.mark.parametrize("name", ["stranger", "anonymous"])
def test_a_forbidden_layer_is_an_unknown_one(asgi: Service, world: World, name: str) -> None:
    """Byte for byte, in every operation."""
    person = world.cast[name]
    operations = (
        {"REQUEST": "GetMap", "LAYERS": "{}"},
        {"REQUEST": "GetMap", "LAYERS": "roads,{}"},
        {"REQUEST": "GetFeatureInfo", "LAYERS": "roads", "QUERY_LAYERS": "{}"},
        {"REQUEST": "GetLegendGraphic", "LAYER": "{}"},
        {"REQUEST": "GetStyles", "LAYERS": "{}"},
        {"REQUEST": "DescribeLayer", "LAYERS": "{}"},
    )
    for operation in operations:
        told = [
            wms(asgi, person, **{key: value.format(layer) for key, value in operation.items()}).text.replace(layer, "…")
            for layer in ("parcels", "qqqqqqq")
        ]
        assert told[0] == told[1]
        assert "LayerNotDefined" in told[0]
    for path in ("/wmts/{}/default/WebMercatorQuad/14/7461/13131.png",):
        first, second = (asgi.get(path.format(layer), person) for layer in ("parcels", "qqqqqqq"))
        assert first.status_code == second.status_code == 404
        assert first.text.replace("parcels", "…") == second.text.replace("qqqqqqq", "…")


def test_wrong_credentials_are_asked_for_again(asgi: Service, leader: Person) -> None:
    """401 with a challenge, so that QGIS and GDAL ask."""
    answer = asgi.get("/wms?REQUEST=GetCapabilities", headers={"Authorization": "Basic bGVhZGVyOndyb25n"})
    assert answer.status_code == 401
    assert "Basic" in answer.headers["www-authenticate"]
