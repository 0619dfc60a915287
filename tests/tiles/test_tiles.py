"""What is in a tile: geometry, keys and attributes as MVT 2.1 wants them, and the time that was asked for."""

from datetime import date
from typing import Any

import mapbox_vector_tile
import pytest
from shapely.geometry import shape

from gis_core import crs
from gis_core.access import Reach
from layers.layer import FeatureLayer
from tests.cast import Person
from tests.contract.services import decode, tile_of
from tests.service import Service
from tests.world import CELL, SOUTH, WEST, World, ordinary_layers
from tiles.matrix import Tile
from tiles.mvt_sql import TileSource, tile_query

CENTRE = (WEST + 1.5 * CELL, SOUTH + 0.5 * CELL)


def _features(asgi: Service, person: Person | None, layer: str, at: tuple[float, float], z: int, query: str = "") -> list[dict[str, Any]]:
    z, x, y = tile_of(*at, z)
    return decode(asgi.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt{query}", person).content).get(layer, [])


@pytest.mark.parametrize("layer", ordinary_layers(), ids=lambda layer: layer.name)
def test_attributes_are_the_tile_fields_and_no_others(asgi: Service, leader: Person, world: World, layer: FeatureLayer) -> None:
    """The rest is fetched on click."""
    name, fields = layer.name, set(layer.tile_fields)
    features = _features(asgi, leader, name, world.rows[name][0].at, 14)
    assert features
    assert all(set(feature["properties"]) <= fields for feature in features)


@pytest.mark.parametrize(("z", "query", "carries"), [(15, "", False), (16, "", True), (15, "?properties=parcel_no", True)])
def test_a_field_drawn_from_close_by_is_left_to_the_zooms_that_draw_it(
    asgi: Service, leader: Person, world: World, z: int, query: str, carries: bool
) -> None:
    """From afar no number fits on a parcel; who asks for it by name has it anywhere."""
    features = _features(asgi, leader, "parcels", world.row("parcels", "A").at, z, query)
    assert features
    assert all(("parcel_no" in feature["properties"]) is carries for feature in features)
    (entry,) = (layer for layer in asgi.get("/tiles/parcels.json", leader).json()["vector_layers"] if layer["id"] == "parcels")
    assert entry["fields_from_zoom"] == {"parcel_no": 16}


def test_the_format(asgi: Service, leader: Person, world: World) -> None:
    """Version 2, extent 4096, valid polygons with exteriors wound as the specification wants."""
    z, x, y = tile_of(*world.row("parcels", "A").at, 15)
    answer = asgi.get(f"/tiles/parcels/{z}/{x}/{y}.mvt", leader)
    assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    content = mapbox_vector_tile.decode(answer.content)["parcels"]
    assert (content["version"], content["extent"]) == (2, 4096)
    for feature in content["features"]:
        polygon = shape(feature["geometry"])
        assert polygon.is_valid
        assert not polygon.exterior.is_ccw  # as seen on the map; the tile's own y points down


def test_a_position_in_the_tile_is_the_position_on_the_ground(asgi: Service, world: World) -> None:
    """To a unit of the tile."""
    row = world.row("facilities", "A")
    z, x, y = tile_of(*row.at, 18)
    (feature,) = [found for found in _features(asgi, None, "facilities", row.at, 18) if found["id"] == row.pk]
    west, south, *_rest = Tile(z, x, y).bounds()
    across, up = shape(feature["geometry"]).coords[0]
    unit = Tile(z, x, y).size / 4096
    assert (west + across * unit, south + up * unit) == pytest.approx(crs.transform(4326, 3857, *row.at), abs=unit)


@pytest.mark.parametrize(("day", "name"), [("2025-06-30", "Phường An Mỹ"), ("2025-07-01", "Phường Tam Kỳ"), ("2020-05-01", "Phường An Mỹ")])
def test_units_of_a_day(asgi: Service, world: World, day: str, name: str) -> None:
    """`?datetime=`."""
    communes = [
        feature["properties"]["name"]
        for feature in _features(asgi, None, "admin_units", CENTRE, 17, f"?datetime={day}")
        if feature["properties"]["level"] == "commune"
    ]
    assert communes == [name]


def test_events_of_a_day(asgi: Service, leader: Person, world: World) -> None:
    """An incident of another day is not there."""
    at = world.row("incidents", "A").at
    assert _features(asgi, leader, "incidents", at, 14, "?datetime=2026-01-15")
    assert _features(asgi, leader, "incidents", at, 14, "?datetime=2026-01-16") == []


def test_today_ends_at_midnight(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer that shows the present asks the calendar for each tile, not once for ever."""
    (layer,) = [layer for layer in ordinary_layers() if layer.name == "admin_units"]
    source = TileSource(layer, Reach(everything=True))

    def values_on(day: date) -> list[object]:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: day)
        return [value for value in tile_query([source], Tile(0, 0, 0))[1].values() if isinstance(value, date)]

    first, second = values_on(date(2025, 6, 30)), values_on(date(2025, 7, 1))
    assert set(first) == {date(2025, 6, 30)}
    assert set(second) == {date(2025, 7, 1)}


def test_an_empty_tile_is_204(asgi: Service) -> None:
    """With its validator, so that it is not asked for again and again."""
    answer = asgi.get("/tiles/roads/14/0/0.mvt")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["ETag"]


def test_the_same_layer_twice_is_there_once(asgi: Service, world: World) -> None:
    """A composite tile has unique layer names (MVT 2.1, 4.1)."""
    z, x, y = tile_of(*world.row("roads", "A").at, 14)
    once = asgi.get(f"/tiles/roads,water/{z}/{x}/{y}.mvt").content
    assert asgi.get(f"/tiles/roads,water,roads/{z}/{x}/{y}.mvt").content == once


def test_more_layers_than_a_tile_may_have_are_refused(asgi: Service) -> None:
    """Not cut off silently."""
    names = ",".join(f"layer{number}" for number in range(200))
    assert asgi.get(f"/tiles/{names}/0/0/0.mvt").status_code in (400, 404)


def test_what_postgis_says_is_what_we_send(asgi: Service, world: World) -> None:
    """The same request twice gives the same bytes: rows are ordered."""
    z, x, y = tile_of(*world.row("roads", "A").at, 13)
    path = f"/tiles/roads,facilities/{z}/{x}/{y}.mvt"
    assert asgi.get(path).content == asgi.get(path).content
