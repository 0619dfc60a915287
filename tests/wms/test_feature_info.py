"""GetFeatureInfo in each format, and the legend."""

import orjson
import pytest
from lxml import etree

from layers.catalogue import catalogue
from tests.cast import Person
from tests.service import Service
from tests.sql import execute
from tests.wms.asking import box_around, failure, image_of, pixel, wms
from tests.world import World


def _info(asgi: Service, person: Person, world: World, format_: str, layer: str = "parcels", **more: object) -> bytes:
    lon, lat = world.row(layer, "A").at
    asked = {
        "REQUEST": "GetFeatureInfo",
        "LAYERS": layer,
        "QUERY_LAYERS": layer,
        "STYLES": "",
        "CRS": "CRS:84",
        "BBOX": box_around(lon + 0.0001, lat + 0.0001),
        "WIDTH": 60,
        "HEIGHT": 60,
        "I": 30,
        "J": 30,
        "INFO_FORMAT": format_,
        **more,
    }
    answer = wms(asgi, person, **asked)
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


def test_json(asgi: Service, officer: Person, world: World) -> None:
    """GeoJSON in degrees with the published fields."""
    feature = orjson.loads(_info(asgi, officer, world, "application/json"))["features"][0]
    assert feature["id"] == world.row("parcels", "A").pk
    assert feature["layer"] == "parcels"
    assert 108 < feature["geometry"]["coordinates"][0][0][0] < 109
    assert "land_use" in feature["properties"]
    assert "holder" not in str(feature)


def test_html_and_text(asgi: Service, officer: Person, world: World) -> None:
    """Words for people; nothing in them is taken for markup."""
    page = _info(asgi, officer, world, "text/html").decode()
    assert "<table>" in page
    assert "<th>land_use" not in page  # a label, not a column's name
    assert "land_use = " in _info(asgi, officer, world, "text/plain").decode()


def test_gml(asgi: Service, officer: Person, world: World) -> None:
    """What QGIS reads: members with geometry in the picture's coordinates."""
    root = etree.fromstring(_info(asgi, officer, world, "application/vnd.ogc.gml"))
    member = root.find("{http://www.opengis.net/gml}featureMember")
    assert member is not None
    assert member[0].get("fid") == f"parcels.{world.row('parcels', 'A').pk}"
    assert b"coordinates" in etree.tostring(member)


def test_neighbours_know_nothing_of_each_other(asgi: Service, sibling: Person, officer: Person, world: World) -> None:
    """The sibling asks at the officer's parcel."""
    assert orjson.loads(_info(asgi, sibling, world, "application/json"))["features"] == []
    assert orjson.loads(_info(asgi, officer, world, "application/json"))["features"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"INFO_FORMAT": "text/rtf"}, "InvalidFormat"),
        ({"I": "60"}, "InvalidPoint"),
        ({"J": "-1"}, "InvalidPoint"),
        ({"QUERY_LAYERS": "roads"}, "LayerNotQueryable"),
        ({"FEATURE_COUNT": "many"}, "InvalidParameterValue"),
    ],
)
def test_refusals(asgi: Service, officer: Person, world: World, given: dict[str, str], code: str) -> None:
    """With the code that the standard has."""
    lon, lat = world.row("parcels", "A").at
    asked = {"REQUEST": "GetFeatureInfo", "LAYERS": "parcels", "QUERY_LAYERS": "parcels", "CRS": "CRS:84", "I": 3, "J": 3}
    assert failure(wms(asgi, officer, **{**asked, "BBOX": box_around(lon, lat), "WIDTH": 60, "HEIGHT": 60, **given}))[0] == code


def test_the_legend_counts_the_callers_rows(asgi: Service, officer: Person, leader: Person) -> None:
    """By class, and all together."""
    asked = {"REQUEST": "GetLegendGraphic", "LAYER": "incidents", "FORMAT": "application/json"}
    own, every = (wms(asgi, person, **asked).json() for person in (officer, leader))
    assert own["count"] < every["count"]
    low = next(entry for entry in every["entries"] if entry["color"] == "#3e7bd6")
    assert low["count"] == every["count"]  # factories make them all of low severity


def test_the_legend_of_a_scale_is_what_is_drawn_there(asgi: Service, leader: Person, scratch: World) -> None:
    """Groups where parcels are too many, uses where they are drawn, nothing beyond the layer's limits."""
    layer = next(layer for layer in catalogue.feature_layers() if layer.name == "parcels")
    assert layer.generalisation is not None
    execute("UPDATE land_parcel SET land_use = 'ODT' WHERE id = %s", scratch.row("parcels", "A").pk)
    asked = {"REQUEST": "GetLegendGraphic", "LAYER": "parcels"}
    far, near, default = (
        wms(asgi, leader, **asked, **scale, FORMAT="application/json").json() for scale in ({"SCALE": 500_000}, {"SCALE": 1_000}, {})
    )
    groups = layer.generalisation.groups
    assert [one["color"] for one in far["entries"]] == [group.colour for group in groups]
    assert [one["count"] for one in far["entries"] if "ODT" in one["values"]] == [1]
    assert near["entries"] == default["entries"] != far["entries"]
    image = image_of(wms(asgi, leader, **asked, SCALE=500_000, FORMAT="image/png"))
    assert image.height == 24 * len(groups)
    first = int(groups[0].colour[1:], 16)
    # Blocks are drawn through: white shines through two fifths of them.
    wanted = [255 - 0.62 * (255 - part) for part in (first >> 16, first >> 8 & 255, first & 255)]
    assert all(abs(part - want) < 4 for part, want in zip(pixel(image, 19, 12), wanted, strict=False))
    nothing = {**asked, "SCALE": 1_000_000_000}
    assert wms(asgi, leader, **nothing, FORMAT="application/json").json()["entries"] == []
    assert image_of(wms(asgi, leader, **nothing, FORMAT="image/png")).height == 24
    for scale in ("0", "-5", "wide", "nan"):
        code, sentence = failure(wms(asgi, leader, **asked, SCALE=scale))
        assert (code, "SCALE" in sentence) == ("InvalidParameterValue", True)


def test_the_legend_is_the_maps_own_drawing(asgi: Service, leader: Person) -> None:
    """The first swatch of the traffic's legend has the colour of slow traffic; SVG too."""
    image = image_of(wms(asgi, leader, REQUEST="GetLegendGraphic", LAYER="roads", FORMAT="image/png"))
    red, green, blue, _alpha = pixel(image, 19, 12)
    assert abs(red - 0xF2) < 20
    assert abs(green - 0xB7) < 30
    assert blue < 90
    assert b"<svg" in wms(asgi, leader, REQUEST="GetLegendGraphic", LAYER="roads", FORMAT="image/svg+xml").content
    fewer = image_of(wms(asgi, leader, REQUEST="GetLegendGraphic", LAYER="incidents", COUNTS="TRUE"))
    assert fewer.height < image_of(wms(asgi, leader, REQUEST="GetLegendGraphic", LAYER="incidents")).height
