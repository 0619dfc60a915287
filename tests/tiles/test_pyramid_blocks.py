"""Blocks in the running service: made by the worker, followed like a table, never shown to whom they would mislead."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum

from gis_core import crs
from gis_core.models import ChangeLog
from land.models import Parcel
from tests import factories
from tests.cast import Person
from tests.contract.services import decode
from tests.service import Service
from tests.sql import execute
from tests.store.test_against_sql import layer_of
from tests.tiles.test_engine_bytes import tile_at
from tests.world import World
from tiles.models import CoarseBlock, FineBlock, PyramidState
from tiles.pyramid.build import behind, build, keep_up
from tiles.pyramid.cells import cells_of

Tile = dict[str, list[dict[str, Any]]]


def path_at(world: World, zoom: int, query: str = "") -> str:
    """The tile of parcels over unit A's parcel."""
    tile = tile_at(zoom, *crs.transform(crs.WGS84, crs.WEB_MERCATOR, *world.row("parcels", "A").at))
    return f"/tiles/parcels/{tile.z}/{tile.x}/{tile.y}.mvt{query}"


def note(tile: Tile) -> tuple[str, str]:
    """What the tile says it shows, and why."""
    (feature,) = tile["parcels_note"]
    return feature["properties"]["shows"], feature["properties"]["why"]


def read(asgi: Service, person: Person, path: str) -> Tile:
    """A tile's features by layer."""
    asgi.settle()
    return decode(asgi.get(path, person).content)


def last_seq() -> int:
    """The number of the last committed change."""
    return int(ChangeLog.objects.order_by("-seq").values_list("seq", flat=True)[0])


@pytest.fixture
def built(scratch: World) -> World:
    """The world with the blocks of its parcels."""
    build(layer_of("parcels"))
    return scratch


def test_every_row_is_in_one_fine_and_one_coarse_block(built: World) -> None:
    for model in (FineBlock, CoarseBlock):
        assert model._base_manager.aggregate(n=Sum("n"))["n"] == Parcel._base_manager.count()
    assert not behind(layer_of("parcels"))


def test_an_edit_renews_the_cells_that_it_touches_and_no_others(built: World) -> None:
    layer, elsewhere = layer_of("parcels"), factories.feature(Parcel, built.units["B"], (108.9, 15.9))
    build(layer)
    untouched = set(FineBlock._base_manager.values_list("pk", "as_of"))
    row = Parcel._base_manager.get(pk=elsewhere.pk)
    row.land_use = "RSX"
    row.save()
    assert behind(layer)
    assert 1 <= build(layer) <= 4
    kept = set(FineBlock._base_manager.values_list("pk", "as_of"))
    assert len(untouched - kept) == 1
    assert FineBlock._base_manager.get(group="forest").n == 1
    row.delete()
    build(layer)
    assert not FineBlock._base_manager.filter(group="forest").exists()
    assert not CoarseBlock._base_manager.filter(group="forest").exists()


def test_a_bulk_load_renews_everything(built: World) -> None:
    layer = layer_of("parcels")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ioc.bulk = 'on'")
        Parcel._base_manager.update(land_use="NTS")
    assert build(layer) == len(cells_of(layer))
    assert set(FineBlock._base_manager.values_list("group", flat=True)) == {"fish"}


def test_renewing_twice_changes_nothing(built: World) -> None:
    before = last_seq()
    build(layer_of("parcels"), anew=True)
    logged = ChangeLog.objects.filter(seq__gt=before).values_list("table_name", flat=True)
    assert set(logged) <= {PyramidState._meta.db_table}


def test_changes_of_others_move_blocks_along(built: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the worker's look every minute does not read the whole log again and again; what the layer lacks stays lacking."""
    layer = layer_of("parcels")
    monkeypatch.setattr("tiles.pyramid.build.FAR", 3)
    before = PyramidState.objects.get(layer="parcels")
    for number in range(4):
        execute("UPDATE layers_facility SET name = %s WHERE id = %s", f"Tên {number}", built.row("facilities", "A").pk)
    keep_up(layer)
    moved = PyramidState.objects.get(layer="parcels")
    assert (moved.as_of > before.as_of, moved.position != before.position, behind(layer)) == (True, True, False)
    execute("UPDATE land_parcel SET updated_at = now() WHERE id = %s", built.row("parcels", "A").pk)
    for number in range(4):
        execute("UPDATE layers_facility SET name = %s WHERE id = %s", f"Chỗ {number}", built.row("facilities", "A").pk)
    keep_up(layer)
    assert PyramidState.objects.get(layer="parcels").position == moved.position
    assert behind(layer)


def test_counters_stand_in_until_blocks_are_there(asgi: Service, leader: Person, scratch: World) -> None:
    path = path_at(scratch, 13)
    assert note(read(asgi, leader, path)) == ("counters", "building")
    before = asgi.get(path, leader).headers["ETag"]
    build(layer_of("parcels"))
    tile = read(asgi, leader, path)
    assert note(tile) == ("blocks", "zoom")
    assert {feature["properties"]["n"] for feature in tile["parcels_blocks"]}
    assert asgi.get(path, leader).headers["ETag"] != before


@pytest.mark.parametrize(("zoom", "part"), [(11, "areas"), (12, "areas"), (13, "blocks")])
def test_blocks_of_ones_own_units(asgi: Service, officer: Person, leader: Person, built: World, zoom: int, part: str) -> None:
    path = path_at(built, zoom)
    own = sum(feature["properties"]["n"] for feature in read(asgi, officer, path)[f"parcels_{part}"])
    everybodys = sum(feature["properties"]["n"] for feature in read(asgi, leader, path)[f"parcels_{part}"])
    assert own < everybodys
    assert asgi.get(path, officer).headers["ETag"] != asgi.get(path, leader).headers["ETag"]


def test_who_knows_of_a_change_that_blocks_do_not_show_gets_counters(asgi: Service, leader: Person, built: World) -> None:
    path = path_at(built, 13)
    assert note(read(asgi, leader, path)) == ("blocks", "zoom")
    etag = asgi.get(path, leader).headers["ETag"]
    row = Parcel._base_manager.get(pk=built.row("parcels", "A").pk)
    row.land_use = "NTS"
    row.save()
    seq = last_seq()
    asgi.settle()
    # Whoever knows of nothing is shown the blocks as they are, and told that they have not changed.
    assert asgi.get(path, leader, headers={"If-None-Match": etag}).status_code == 304
    assert note(read(asgi, leader, f"{path}?min_seq={seq}")) == ("counters", "building")
    build(layer_of("parcels"))
    tile = read(asgi, leader, f"{path}?min_seq={seq}")
    assert note(tile) == ("blocks", "zoom")
    assert {feature["properties"]["group"] for feature in tile["parcels_blocks"]} >= {"fish"}
    assert asgi.get(path, leader, headers={"If-None-Match": etag}).status_code == 200


def test_counters_are_as_fresh_as_the_rows(asgi: Service, leader: Person, scratch: World) -> None:
    path = path_at(scratch, 9)
    before = read(asgi, leader, path)
    etag = asgi.get(path, leader).headers["ETag"]
    factories.feature(Parcel, scratch.units["B"], scratch.row("parcels", "B").at)
    after = read(asgi, leader, path)
    assert asgi.get(path, leader, headers={"If-None-Match": etag}).status_code == 200
    for part in ("parcels_grid", "parcels_units"):
        count = [sum(feature["properties"]["n"] for feature in tile[part]) for tile in (before, after)]
        assert count[1] == count[0] + 1


def test_a_filter_and_another_day_are_counted_on_the_spot(asgi: Service, leader: Person, built: World) -> None:
    path = path_at(built, 12)
    assert note(read(asgi, leader, f"{path}?filter=area_m2%20%3E%200")) == ("counters", "request")
    assert asgi.get(f"{path}?filter=area_m2%20%3C%200", leader).status_code == 204
    assert asgi.get(f"{path}?datetime=1990-01-01", leader).status_code == 204


def test_the_command_says_what_it_did(scratch: World) -> None:
    first, second = StringIO(), StringIO()
    call_command("build_pyramid", layer="parcels", stdout=first)
    call_command("build_pyramid", stdout=second)
    assert "cells in" in first.getvalue()
    assert "up to date" in second.getvalue()
    with pytest.raises(CommandError, match="parcels"):
        call_command("build_pyramid", layer="roads")


def test_vn2000_tiles_have_features_alone(asgi: Service, leader: Person, built: World) -> None:
    """Cells of counters are squares of Web Mercator."""
    answer = asgi.get("/tiles/parcels/VN2000Quad/5/0/0.mvt", leader)
    assert answer.status_code == 204
