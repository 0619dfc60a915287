"""GetMap: formats, places in every coordinate system, styles, time, filters, background, scales."""

import numpy as np
import pytest
from django.db import connection
from django.db.models import Max

from gis_core import crs
from gis_core.models import ChangeLog
from layers.models import RoadSegment
from tests.cast import Person
from tests.service import Service
from tests.wms.asking import box_around, get_map, image_of, is_drawn, pixel, wms
from tests.world import World

_MAGIC = {
    "image/png": b"\x89PNG",
    "image/png; mode=32bit": b"\x89PNG",
    "image/png8": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
    "application/pdf": b"%PDF",
    "image/svg+xml": b"<?xml",
}


@pytest.mark.parametrize(("format_", "magic"), _MAGIC.items())
def test_formats(asgi: Service, leader: Person, format_: str, magic: bytes) -> None:
    """Each one is what it says it is."""
    answer = get_map(asgi, "parcels,roads", leader, FORMAT=format_)
    assert answer.content.startswith(magic), answer.text[:300]


def test_size_and_background(asgi: Service) -> None:
    """As asked: white, a colour, or nothing."""
    assert image_of(get_map(asgi, "roads", BBOX="11000000,1000000,11000400,1000300")).size == (400, 300)
    empty = {"BBOX": "11000000,1000000,11000400,1000300"}
    assert pixel(image_of(get_map(asgi, "roads", **empty)), 5, 5) == (255, 255, 255, 255)
    assert pixel(image_of(get_map(asgi, "roads", BGCOLOR="0xFF8000", **empty)), 5, 5) == (255, 128, 0, 255)
    assert pixel(image_of(get_map(asgi, "roads", TRANSPARENT="TRUE", **empty)), 5, 5)[3] == 0


def _box(srid: int, at: tuple[float, float], size: float) -> tuple[float, float, float, float]:
    x, y = at if srid == crs.WGS84 else crs.transform(crs.WGS84, srid, *at)
    half = size / 2 if srid in (crs.WGS84, 4756) else size * 111_000 / 2
    return x - half, y - half, x + half, y + half


@pytest.mark.parametrize("srid", [3857, 5899, 4326, 5897, 9217, 3405, 4756])
@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_a_parcel_is_where_it_is(asgi: Service, leader: Person, world: World, srid: int, version: str) -> None:
    """In the middle of the picture, in its colour, in every coordinate system of both versions."""
    lon, lat = world.row("parcels", "A").at
    west, south, east, north = _box(srid, (lon + 0.0002, lat + 0.0002), 0.0012)
    swapped = version == "1.3.0" and srid in (4326, 4756)
    box = (south, west, north, east) if swapped else (west, south, east, north)
    name = "SRS" if version == "1.1.1" else "CRS"
    asked = {"REQUEST": "GetMap", "LAYERS": "parcels", "STYLES": "", name: f"EPSG:{srid}", "WIDTH": 120, "HEIGHT": 120}
    answer = wms(asgi, leader, version, FORMAT="image/png", TRANSPARENT="TRUE", BBOX=",".join(map(str, box)), **asked)
    image = image_of(answer)
    assert pixel(image, 52, 52)[3] > 100, "nothing in the middle"
    assert pixel(image, 4, 4)[3] == 0, "something at the edge"


def test_crs_84_is_longitude_first(asgi: Service, leader: Person, world: World) -> None:
    """As its name says."""
    lon, lat = world.row("parcels", "A").at
    answer = get_map(asgi, "parcels", leader, CRS="CRS:84", BBOX=box_around(lon + 0.0002, lat + 0.0002), WIDTH=60, HEIGHT=60)
    assert pixel(image_of(answer), 25, 25) != (255, 255, 255, 255)


def test_the_dark_style_is_another_picture(asgi: Service) -> None:
    """Named styles; the default by its name is the default."""
    plain, named, dark = (get_map(asgi, "admin_units", STYLES=style) for style in ("", "default", "dark"))
    assert plain.content == named.content
    assert plain.content != dark.content


def test_a_resolution_makes_lines_wider(asgi: Service) -> None:
    """Twice the dots on twice the pixels is the same picture, in finer print."""
    once = np.asarray(image_of(get_map(asgi, "admin_units", WIDTH=400, HEIGHT=300)).resize((100, 75)), dtype=int)
    for name, value in (("DPI", "192"), ("MAP_RESOLUTION", "192"), ("FORMAT_OPTIONS", "dpi:192")):
        twice = image_of(get_map(asgi, "admin_units", WIDTH=800, HEIGHT=600, **{name: value})).resize((100, 75))
        assert (np.abs(once - np.asarray(twice, dtype=int)).max(axis=2) > 40).sum() < 200


def test_a_filter_takes_rows_away(asgi: Service, leader: Person, world: World) -> None:
    """CQL2, one for all layers or one a layer; it never adds."""
    lon, lat = world.row("incidents", "A").at
    asked = {"CRS": "CRS:84", "BBOX": box_around(lon, lat), "WIDTH": 60, "HEIGHT": 60, "TRANSPARENT": "TRUE"}

    def seen(layers: str, text: str) -> bool:
        return is_drawn(image_of(get_map(asgi, layers, leader, CQL_FILTER=text, **asked)))

    assert seen("incidents", "severity = 'low'")
    assert not seen("incidents", "severity = 'critical'")
    assert seen("incidents,roads", "INCLUDE;name = 'nobody'")
    assert not seen("incidents,roads", "severity = 'high';name = 'a;b'")


def test_marks_of_the_engine_in_a_filter_stay_text(asgi: Service, leader: Person) -> None:
    """Mapnik would put its box between exclamation marks, also inside of quotes."""
    for text in ("title = '!bbox!'", "title = '!pixel_width! or !@x!'", "title = 'it''s !bbox!'"):
        assert image_of(get_map(asgi, "incidents", leader, CQL_FILTER=text)).getcolors() is not None


def test_time_selects_rows(asgi: Service, leader: Person, world: World) -> None:
    """Incidents of January 2026 are not there in 2020; parcels of today are not there in 1999."""
    for layer, present, absent in (("incidents", "2026-01-01/2026-02-01", "2020-01-01/2020-02-01"), ("parcels", "current", "1999-01-01")):
        lon, lat = world.row(layer, "A").at
        asked = {"CRS": "CRS:84", "BBOX": box_around(lon + 0.0001, lat + 0.0001), "WIDTH": 60, "HEIGHT": 60, "TRANSPARENT": "TRUE"}
        shown = [is_drawn(image_of(get_map(asgi, layer, leader, TIME=time, **asked))) for time in (present, absent)]
        assert shown == [True, False], layer


def test_scale_limits_hide_a_layer(asgi: Service) -> None:
    """Roads are drawn from zoom 9 on."""
    far = image_of(get_map(asgi, "roads", BBOX="10000000,0,14000000,3000000", TRANSPARENT="TRUE"))
    assert not is_drawn(far)


def test_validators_follow_the_rows(asgi: Service, leader: Person, scratch: World) -> None:
    """304 until something in the picture changes; QGIS, which would not ask again, is told not to keep it."""
    first = get_map(asgi, "roads", leader, CRS="CRS:84", BBOX=box_around(*scratch.row("roads", "A").at))
    tag = first.headers["etag"]
    path = str(first.request.url.raw_path.decode())
    assert asgi.get(path, leader, headers={"If-None-Match": tag}).status_code == 304
    row = RoadSegment.objects.get(pk=scratch.row("roads", "A").pk)
    row.traffic_state = "jammed"
    row.save()
    connection.close()  # committed, whatever the test's own state
    seq = ChangeLog.objects.aggregate(last=Max("seq"))["last"]
    second = asgi.get(f"{path}&min_seq={seq}", leader, headers={"If-None-Match": tag})
    assert second.status_code == 200
    assert second.headers["etag"] != tag
    assert asgi.get(path, leader, headers={"User-Agent": "Mozilla/5.0 QGIS/32216"}).headers["cache-control"] == "no-store"
