"""WMTS: the same picture by keys and by address, in both matrix sets, with validators."""

import httpx
import pytest

from tests.cast import Person
from tests.contract.services import tile_of
from tests.service import Service
from tests.wms.asking import image_of, is_drawn
from tests.world import World


def _keys(asgi: Service, person: Person, **more: object) -> httpx.Response:
    asked = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "STYLE": "default", "FORMAT": "image/png", **more}
    return asgi.get(f"/wmts?{httpx.QueryParams({key: str(value) for key, value in asked.items()})}", person)


def test_by_keys_and_by_address(asgi: Service, leader: Person, world: World) -> None:
    """One tile, one validator, and 304 for it."""
    z, x, y = tile_of(*world.row("parcels", "A").at, 18)
    by_keys = _keys(asgi, leader, LAYER="parcels", TILEMATRIXSET="WebMercatorQuad", TILEMATRIX=z, TILEROW=y, TILECOL=x)
    path = f"/wmts/parcels/default/WebMercatorQuad/{z}/{y}/{x}"
    by_address = asgi.get(f"{path}.png", leader)
    assert by_keys.content == by_address.content
    assert image_of(by_address).size == (256, 256)
    assert asgi.get(f"{path}.png", leader, headers={"If-None-Match": by_address.headers["etag"]}).status_code == 304
    assert asgi.get(f"{path}.webp", leader).content[:4] == b"RIFF"
    assert asgi.get(f"{path}.jpg", leader).content[:2] == b"\xff\xd8"


def test_vn_2000(asgi: Service, leader: Person) -> None:
    """A tile of the province's own plane."""
    answer = _keys(asgi, leader, LAYER="admin_units", TILEMATRIXSET="VN2000Quad", TILEMATRIX=7, TILEROW=59, TILECOL=59)
    assert is_drawn(image_of(answer))


def test_two_officers_never_share_a_tile(asgi: Service, officer: Person, sibling: Person, world: World) -> None:
    """The cache is keyed by what they reach."""
    z, x, y = tile_of(*world.row("parcels", "A").at, 18)
    own, others = (asgi.get(f"/wmts/parcels/default/WebMercatorQuad/{z}/{y}/{x}.png", person) for person in (officer, sibling))
    assert own.headers["etag"] != others.headers["etag"]
    assert not is_drawn(image_of(others))
    assert is_drawn(image_of(own))


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"TILEMATRIX": "99"}, 400),
        ({"TILEROW": "9999999"}, 400),
        ({"TILECOL": "1 OR 1=1"}, 400),
        ({"TILEMATRIXSET": "Mars"}, 400),
        ({"FORMAT": "image/gif"}, 400),
        ({"STYLE": "odd"}, 400),
        ({"REQUEST": "Explode"}, 400),
        ({"LAYER": "nowhere"}, 404),
    ],
)
def test_refusals(asgi: Service, leader: Person, given: dict[str, str], status: int) -> None:
    """A report that names the parameter."""
    asked = {"LAYER": "roads", "TILEMATRIXSET": "WebMercatorQuad", "TILEMATRIX": "10", "TILEROW": "466", "TILECOL": "820"}
    answer = _keys(asgi, leader, **{**asked, **given})
    assert answer.status_code == status
    assert b"ExceptionReport" in answer.content


def test_what_stands_in_a_tile(asgi: Service, leader: Person, world: World) -> None:
    """GetFeatureInfo by the pixel of a tile."""
    lon, lat = world.row("parcels", "A").at
    z, x, y = tile_of(lon + 0.0002, lat + 0.0002, 18)
    asked = {"LAYER": "parcels", "TILEMATRIXSET": "WebMercatorQuad", "TILEMATRIX": z, "TILEROW": y, "TILECOL": x}
    asked.update(REQUEST="GetFeatureInfo", INFOFORMAT="application/json")
    found = set()
    for column in range(0, 256, 24):
        for row in range(0, 256, 24):
            found |= {feature["id"] for feature in _keys(asgi, leader, I=column, J=row, **asked).json()["features"]}
    assert world.row("parcels", "A").pk in found
