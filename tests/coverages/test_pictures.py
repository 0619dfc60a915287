"""Pictures of rasters: the right pixels at the right place in every service, and validators that are exact."""

import numpy as np
import pytest

from gis_core import crs
from gis_core.importing.rasters import Band, Raster
from layers.coverages.looks import checked, default_look
from tests.contract.services import tile_of
from tests.coverages.conftest import PLACE, SIDE, SIZE, Shelf, corner
from tests.coverages.drawn import at_place, pixels, tile
from tests.service import Service


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_the_newest_scene_lies_on_top(asgi: Service, committed: Shelf, ending: str) -> None:
    """Without a day; with one, what there was by then; before the first there is nothing."""
    officer = committed.world.cast["officer"]
    newest = at_place(asgi.get(tile("town", ending), officer))
    former = at_place(asgi.get(tile("town", ending, "?datetime=2021-01-01"), officer))
    assert newest == pytest.approx((40, 40, 200, 255), abs=6)
    assert former == pytest.approx((200, 40, 40, 255), abs=6)
    assert at_place(asgi.get(tile("town", ending, "?datetime=2019-01-01"), officer))[3] == 0
    assert at_place(asgi.get(tile("town", ending, "?datetime=2020-01-01/2020-12-31"), officer)) == former


def test_what_is_unknown_is_transparent(asgi: Service, committed: Shelf) -> None:
    """Beside the raster, and where it has no value."""
    picture = pixels(asgi.get(tile("heights", z=13)))
    assert {0, 255} == set(np.unique(picture[..., 3]))
    far = asgi.get("/tiles/heights/13/1000/1000.png")
    assert pixels(far)[..., 3].max() == 0


@pytest.mark.parametrize("srid", [3857, 5899, 4326])
def test_wms_draws_each_pixel_in_its_place(asgi: Service, committed: Shelf, srid: int) -> None:
    """Heights rise to the east by a metre a pixel: the colour map tells the column, in every plane."""
    left, top = corner()
    middle = left + SIZE * SIDE / 2, top - SIZE * SIDE / 2
    box5899 = (middle[0] - 200, middle[1] - 200, middle[0] + 200, middle[1] + 200)
    corners = [crs.transform(5899, srid, x, y) if srid != 5899 else (x, y) for x in box5899[::2] for y in box5899[1::2]]
    west, east = min(x for x, _ in corners), max(x for x, _ in corners)
    south, north = min(y for _, y in corners), max(y for _, y in corners)
    box = f"{south},{west},{north},{east}" if srid == 4326 else f"{west},{south},{east},{north}"
    query = f"SERVICE=WMS&VERSION=1.3.0&REQUEST=GetFeatureInfo&LAYERS=heights&QUERY_LAYERS=heights&STYLES=&CRS=EPSG:{srid}&BBOX={box}"
    found = []
    for column in (20, 100, 180):
        told = asgi.get(f"/wms?{query}&WIDTH=200&HEIGHT=200&I={column}&J=100&INFO_FORMAT=application/json").json()
        x = west + (column + 0.5) * (east - west) / 200
        y = north - 100.5 * (north - south) / 200
        east5899 = crs.transform(srid, 5899, x, y)[0] if srid != 5899 else x
        found.append((told["features"][0]["properties"]["b1"], int((east5899 - left) // SIZE)))
    assert [value for value, _ in found] == [column for _, column in found]
    drawn = pixels(asgi.get(f"/wms?{query.replace('GetFeatureInfo', 'GetMap')}&WIDTH=200&HEIGHT=200&FORMAT=image/png&TRANSPARENT=TRUE"))
    assert drawn[..., 3].min() == 255


def test_rasters_and_rows_in_one_picture(asgi: Service, committed: Shelf) -> None:
    """The order of LAYERS is the order of drawing, also in documents."""
    x, y = crs.transform(crs.WGS84, crs.WEB_MERCATOR, *PLACE)
    place = f"CRS=EPSG:3857&BBOX={x - 1500},{y - 1500},{x + 1500},{y + 1500}&WIDTH=256&HEIGHT=256"
    query = "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&STYLES=&"
    officer = committed.world.cast["officer"]
    alone = pixels(asgi.get(f"{query}LAYERS=town&{place}&FORMAT=image/png", officer))
    over = pixels(asgi.get(f"{query}LAYERS=town,roads&{place}&FORMAT=image/png; mode=32bit", officer))
    under = pixels(asgi.get(f"{query}LAYERS=roads,town&{place}&FORMAT=image/png; mode=32bit", officer))
    assert np.abs(over.astype(int) - alone)[..., :3].max() > 40
    covered = alone[..., 0] < 100
    assert np.abs(under.astype(int) - alone)[covered][..., :3].max() < 30
    page = asgi.get(f"{query}LAYERS=town,roads&{place}&FORMAT=application/pdf", officer)
    assert page.content.startswith(b"%PDF")


def test_every_service_draws_the_same(asgi: Service, committed: Shelf) -> None:
    """Tiles, WMTS by address and by keys, map tiles of OGC API."""
    z, x, y = tile_of(*PLACE, 15)
    asked = f"TILEMATRIXSET=WebMercatorQuad&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
    addresses = (
        f"/tiles/heights/{z}/{x}/{y}.png",
        f"/tiles/heights/WebMercatorQuad/{z}/{x}/{y}.png",
        f"/wmts/heights/default/WebMercatorQuad/{z}/{y}/{x}.png",
        f"/wmts?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetTile&LAYER=heights&STYLE=&FORMAT=image/png&{asked}",
        f"/ogc/collections/heights/map/tiles/WebMercatorQuad/{z}/{y}/{x}?f=png",
    )
    first, *others = (pixels(asgi.get(address)) for address in addresses)
    assert all(np.array_equal(first, other) for other in others)


def test_looks_by_parameter(asgi: Service, committed: Shelf) -> None:
    """Hillshade is grey, a colour map is not; a range and arithmetic change the picture, nonsense is told by name."""
    shade = pixels(asgi.get(tile("heights", query="?style=hillshade")))
    inside = shade[..., 3] == 255
    assert np.array_equal(shade[inside][:, 0], shade[inside][:, 1])
    seen = {
        asgi.get(tile("heights", query=query)).content
        for query in (
            "",
            "?style=hillshade",
            "?colours=magma",
            "?colours=magma_r",
            "?colours=magma&range=0,500",
            "?expression=b1*2>100",
            "?bands=1",
        )
    }
    assert len(seen) == 6
    for query, field in (
        ("?style=oil", "style"),
        ("?colours=mud", "colours"),
        ("?range=5", "range"),
        ("?range=9,3", "range"),
        ("?bands=2", "bands"),
        ("?bands=1,1", "bands"),
        ("?expression=b9", "expression"),
        ("?expression=open('x')", "expression"),
        ("?datetime=yesterday", "datetime"),
        ("?shade=1", "shade"),
    ):
        answer = asgi.get(tile("heights", query=query))
        assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


def test_tilejson_and_style(asgi: Service, committed: Shelf) -> None:
    """What MapLibre needs, and addresses that carry parameters on."""
    document = asgi.get("/tiles/heights.json?style=hillshade").json()
    assert document["tiles"] == ["http://testserver/tiles/heights/{z}/{x}/{y}.webp?style=hillshade"]
    west, south, east, north = document["bounds"]
    assert west < PLACE[0] < east and south < PLACE[1] < north
    assert 12 <= document["maxzoom"] <= 15
    style = asgi.get("/tiles/style.json").json()
    assert style["sources"]["heights"] == {"type": "raster", "url": "http://testserver/tiles/heights.json", "tileSize": 256}
    parts = [layer for layer in style["layers"] if layer["type"] in ("fill", "raster")]
    # On the ground of the units, which would hide them, and below every other surface.
    assert [part["id"] for part in parts[:2]] == ["admin_units-fill", "heights-raster"]
    assert len(parts) > 2 and {part["type"] for part in parts[2:]} == {"fill"}


def test_plains_are_drawn_steeper_than_they_are() -> None:
    """Up to ten times, mountains as they are; an owner's own number stands."""
    rasters = {
        span: Raster(9, 9, 5899, "", "float32", None, False, (0, 0, 90, 90), (10, 10), (Band("", 0, span * 2, 1, 0, span),))
        for span in (5.0, 100.0, 2_000.0)
    }
    found = {span: default_look(raster).exaggerated(raster) for span, raster in rasters.items()}
    assert found == {5.0: 10.0, 100.0: 4.0, 2_000.0: 1.0}
    own = checked({"kind": "hillshade", "exaggeration": 2.5}, rasters[5.0])
    assert own.exaggerated(rasters[5.0]) == 2.5
    assert checked({"kind": "hillshade"}, rasters[5.0]).exaggerated(rasters[5.0]) == 10.0


def test_legends(asgi: Service, committed: Shelf) -> None:
    """Values along the colour map, in the unit; as a picture too."""
    legend = asgi.get("/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetLegendGraphic&LAYER=heights&FORMAT=application/json").json()
    assert len(legend["entries"]) == 6
    labels = [entry["label"] for entry in legend["entries"]]
    assert all(label.endswith(" m") for label in labels)
    # The colours of the ends stand for what lies beyond them too.
    assert [label[0] for label in (labels[0], labels[-1])] == ["≥", "≤"] and labels[1][0].isdigit()
    drawn = asgi.get("/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetLegendGraphic&LAYER=heights&STYLE=hillshade&FORMAT=image/png")
    assert pixels(drawn).shape[0] == 48
    page = asgi.get("/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetLegendGraphic&LAYER=heights&FORMAT=image/svg%2Bxml")
    assert page.content.startswith(b"<svg")
