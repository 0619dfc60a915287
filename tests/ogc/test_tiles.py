"""OGC API - Tiles and Styles: documents that lead to tiles and sheets."""

from io import BytesIO
from typing import Any

import mapbox_vector_tile
import pytest
from PIL import Image

from tests.cast import Cast, Person
from tests.contract.services import tile_of
from tests.ogc.conftest import Ask, link_of
from tests.service import Service
from tests.world import World

TMS = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"


def local(address: str) -> str:
    return address.removeprefix("http://testserver/ogc/")


@pytest.mark.parametrize("path", ["tiles", "collections/roads/tiles"])
def test_from_the_list_to_a_tile(ogc: Ask, asgi: Service, world: World, path: str) -> None:
    """By links and templates alone, as a client goes."""
    tilesets = ogc(path).json()["tilesets"]
    assert [found["crs"].rpartition("/")[2] for found in tilesets] == ["3857", "5899"]
    document = ogc(local(link_of(tilesets[0], "self"))).json()
    assert document["dataType"] == "vector"
    assert document["tileMatrixSetURI"].endswith("/WebMercatorQuad")
    scheme = ogc(local(link_of(document, TMS))).json()
    assert (scheme["id"], len(scheme["tileMatrices"])) == ("WebMercatorQuad", 23)
    (layer,) = [found for found in document["layers"] if found["id"] == "roads"]
    assert layer["geometryDimension"] == 1
    assert "traffic_state" in layer["propertiesSchema"]["properties"]
    z, x, y = tile_of(*world.rows["roads"][0].at, 14)
    (item,) = [found for found in document["links"] if found["rel"] == "item"]
    assert item["templated"] is True
    address = item["href"].format(tileMatrix=z, tileRow=y, tileCol=x)
    answer = asgi.get(address.removeprefix("http://testserver"))
    assert answer.headers["Content-Type"] == item["type"]
    assert "roads" in mapbox_vector_tile.decode(answer.content)
    again = asgi.get(address.removeprefix("http://testserver"), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_map_tiles_are_pictures_of_the_persons_own_rows(asgi: Service, world: World, cast: Cast) -> None:
    """In every format that the tile set names; two officers see different pictures of one square."""
    z, x, y = tile_of(*world.row("parcels", "A").at, 16)
    document = asgi.get("/ogc/collections/parcels/map/tiles/WebMercatorQuad", cast["officer"]).json()
    assert document["dataType"] == "map"
    for item in [found for found in document["links"] if found["rel"] == "item"]:
        address = item["href"].format(tileMatrix=z, tileRow=y, tileCol=x).removeprefix("http://testserver")
        answer = asgi.get(address, cast["officer"])
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, item["type"])
        assert Image.open(BytesIO(answer.content)).size == (256, 256)
        again = asgi.get(address, cast["officer"], headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    path = f"/ogc/collections/parcels/map/tiles/WebMercatorQuad/{z}/{y}/{x}"
    own, other = (asgi.get(path, cast[name]).content for name in ("officer", "sibling"))
    assert own != other
    assert asgi.get(f"{path}?filter=land_use%3D'none'", cast["officer"]).content == other, "nothing is drawn"
    assert asgi.get(f"{path}?f=gif", cast["officer"]).status_code == 400
    assert asgi.get(f"/ogc/map/tiles/WebMercatorQuad/{z}/{y}/{x}").status_code == 404


def test_the_dataset_has_tiles_of_chosen_collections(asgi: Service, world: World) -> None:
    z, x, y = tile_of(*world.rows["roads"][0].at, 14)
    answer = asgi.get(f"/ogc/tiles/WebMercatorQuad/{z}/{y}/{x}?collections=roads,water")
    assert set(mapbox_vector_tile.decode(answer.content)) <= {"roads", "water", "roads_label", "water_label"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tiles/Nowhere", 404),
        ("tileMatrixSets/Nowhere", 404),
        ("tiles/Nowhere/1/1/1", 404),
        ("tiles/WebMercatorQuad/40/1/1", 400),
        ("tiles/WebMercatorQuad/1/2/0", 400),
        ("tiles/WebMercatorQuad/1/x/0", 400),
        ("tiles/WebMercatorQuad/1/1/0?f=gif", 400),
        ("tiles/WebMercatorQuad/1/1/0?nonsense=1", 400),
        ("tiles/WebMercatorQuad/1/1/0?collections=nothing", 404),
        ("collections/roads/tiles/WebMercatorQuad/1/1/0?collections=water", 400),
        ("collections/nothing/tiles", 404),
        ("styles/nothing", 404),
        ("styles/nothing/metadata", 404),
        ("styles/roads?f=gif", 400),
    ],
)
def test_addresses_that_lead_nowhere(asgi: Service, path: str, status: int) -> None:
    answer = asgi.get(f"/ogc/{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def sheets(style: dict[str, Any]) -> dict[str, str]:
    return {link["type"]: link["href"] for link in style["links"] if link["rel"] == "stylesheet"}


def test_every_style_is_offered_in_every_format(ogc: Ask, asgi: Service, leader: Person) -> None:
    listed = ogc("styles", leader).json()
    assert listed["default"] in {style["id"] for style in listed["styles"]}
    for style in listed["styles"]:
        for kind, address in sheets(style).items():
            answer = asgi.get(address.removeprefix("http://testserver"), leader)
            assert answer.status_code == 200, address
            assert answer.headers["Content-Type"].startswith(kind.partition(";")[0])
            assert answer.content
        about = ogc(local(link_of(style, "describedby")), leader).json()
        assert about["id"] == style["id"]
        assert {sheet["link"]["type"] for sheet in about["stylesheets"]} == set(sheets(style))


def test_a_layers_own_styles(ogc: Ask) -> None:
    assert [style["id"] for style in ogc("collections/roads/styles").json()["styles"]] == ["roads", "roads-dark"]
    light, dark = (ogc(f"styles/{name}", f="mbs").json() for name in ("roads", "roads-dark"))
    assert set(light["sources"]) == set(dark["sources"]) == {"roads"}
    assert light["layers"] != dark["layers"]
