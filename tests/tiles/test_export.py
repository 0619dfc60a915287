"""Tiles as one file: what a reader of the format finds is what HTTP sends, within one's own reach, whole or not at all."""

import gzip
import json
import sqlite3
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import Compression, TileType

from gis_core.access import ANONYMOUS, scope_of
from tests.cast import Person
from tests.contract.services import decode, tile_of, tiles_over
from tests.service import Service, wait_until
from tests.world import BOUNDS, SOUTH, WEST, World, declared_layers
from tiles.export.making import Maker
from tiles.export.plan import Plan
from tiles.matrix import Tile

pytestmark = pytest.mark.django_db
LAYERS = "roads,facilities,water"
PARCELS = next(layer for layer in declared_layers() if layer.name == "parcels")
Tiles = dict[tuple[int, int, int], bytes]


def export(path: Path, layers: str = LAYERS, **options: Any) -> str:
    """What the command says on stderr."""
    said = StringIO()
    call_command("export_tiles", layers, output=path, stderr=said, **options)
    return said.getvalue()


def pmtiles(path: Path) -> tuple[Tiles, Any]:
    with path.open("rb") as file:
        source: Any = MmapSource(file)  # type: ignore[no-untyped-call]
        return {place: gzip.decompress(body) for place, body in all_tiles(source)}, Reader(source)  # type: ignore[no-untyped-call]


def keys_of(body: bytes) -> dict[str, list[int]]:
    return {name: [feature["id"] for feature in features] for name, features in decode(body).items()}


def test_a_file_holds_what_http_sends(asgi: Service, world: World, tmp_path: Path) -> None:
    """Each tile of the file, byte by byte, and no tile over the world is missing from it."""
    export(tmp_path / "t.pmtiles", zooms="8-13")
    found, _reader = pmtiles(tmp_path / "t.pmtiles")
    middle = tile_of(*world.row("roads", "A").at, 13)
    address = f"/tiles/{LAYERS}/{'/'.join(map(str, middle))}.mvt"
    wait_until(lambda: asgi.get(address).headers["ETag"].endswith('-m"'), "the layers to be loaded")
    equal = 0
    for z in range(8, 14):
        for place in tiles_over(BOUNDS, z):
            answer = asgi.get(f"/tiles/{LAYERS}/{'/'.join(map(str, place))}.mvt")
            if answer.headers["ETag"].endswith('-m"'):
                assert found.get(place, b"") == answer.content
                equal += 1
            assert keys_of(found.get(place, b"")) == keys_of(answer.content)
    assert {z for z, _x, _y in found} == set(range(8, 14))
    assert equal, "none of them came from memory"


def test_low_zooms_are_those_of_http(asgi: Service, world: World, tmp_path: Path, leader: Person) -> None:
    """Counters and blocks of a layer that is too dense to be drawn feature by feature."""
    assert leader.user is not None
    export(tmp_path / "t.pmtiles", "parcels", zooms="6-13", person=leader.user.username)
    found, _reader = pmtiles(tmp_path / "t.pmtiles")
    assert {z for z, _x, _y in found} == set(range(6, 14))
    for (z, x, y), body in found.items():
        answer = asgi.get(f"/tiles/parcels/{z}/{x}/{y}.mvt", leader)
        assert {name: len(features) for name, features in decode(body).items()} == {
            name: len(features) for name, features in decode(answer.content).items()
        }


def test_the_header_and_tilejson(world: World, tmp_path: Path) -> None:
    export(tmp_path / "t.pmtiles", zooms="9-12")
    _found, reader = pmtiles(tmp_path / "t.pmtiles")
    header, metadata = reader.header(), reader.metadata()
    assert (header["tile_type"], header["tile_compression"]) == (TileType.MVT, Compression.GZIP)
    assert (header["min_zoom"], header["max_zoom"], header["clustered"]) == (9, 12, True)
    assert header["min_lon_e7"] / 1e7 == pytest.approx(metadata["bounds"][0], abs=1e-6)
    assert WEST - 0.01 < metadata["bounds"][0] < metadata["bounds"][2] < BOUNDS[2] + 0.01
    layers = {layer["id"]: set(layer["fields"]) for layer in metadata["vector_layers"]}
    assert layers["roads"] == {"name", "road_class", "traffic_state"}
    assert {"roads", "facilities", "water"} <= set(layers)
    assert metadata["change_seq"] >= 0
    assert metadata["reach"] == "public"


def test_rows_beyond_the_reach_never_leave(world: World, tmp_path: Path, officer: Person, leader: Person) -> None:
    """The public gets no restricted layer at all, and each person their own rows."""
    with pytest.raises(CommandError, match="parcels"):
        export(tmp_path / "public.pmtiles", "roads,parcels")
    assert not list(tmp_path.iterdir())
    keys = {}
    for person in (officer, leader):
        assert person.user is not None
        export(tmp_path / f"{person.name}.pmtiles", "parcels", zooms="14", person=person.user.username)
        found, reader = pmtiles(tmp_path / f"{person.name}.pmtiles")
        keys[person.name] = {feature["id"] for body in found.values() for feature in decode(body)["parcels"]}
        assert reader.metadata()["reach"] == "restricted"
        assert keys[person.name] == set(PARCELS.queryset(scope_of(person.user)).values_list("pk", flat=True))
    assert keys["officer"] < keys["leader"] == {row.pk for row in world.rows["parcels"]}


def test_incidents_of_the_public_are_the_published_ones(world: World, tmp_path: Path) -> None:
    export(tmp_path / "t.pmtiles", "incidents", zooms="14")
    found, _reader = pmtiles(tmp_path / "t.pmtiles")
    keys = {feature["id"] for body in found.values() for feature in decode(body)["incidents"]}
    assert keys == {row.pk for row in world.rows["incidents"] if row.public}


def test_mbtiles_is_the_same(world: World, tmp_path: Path) -> None:
    """Rows are counted from the south there."""
    export(tmp_path / "t.pmtiles", zooms="11-13")
    export(tmp_path / "t.mbtiles", zooms="11-13", format="mbtiles")
    db = sqlite3.connect(tmp_path / "t.mbtiles")
    rows = db.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles").fetchall()
    metadata = dict(db.execute("SELECT name, value FROM metadata").fetchall())
    db.close()
    assert {(z, x, (1 << z) - 1 - y): gzip.decompress(body) for z, x, y, body in rows} == pmtiles(tmp_path / "t.pmtiles")[0]
    assert (metadata["format"], metadata["minzoom"], metadata["maxzoom"]) == ("pbf", "11", "13")
    assert len(metadata["bounds"].split(",")) == 4
    assert {layer["id"] for layer in json.loads(metadata["json"])["vector_layers"]} >= {"roads", "facilities", "water"}


def test_a_directory_is_the_same(world: World, tmp_path: Path) -> None:
    export(tmp_path / "t.pmtiles", zooms="12")
    export(tmp_path / "d", zooms="12", format="dir")
    found = {tuple(map(int, p.relative_to(tmp_path / "d").with_suffix("").parts)): p.read_bytes() for p in (tmp_path / "d").rglob("*.mvt")}
    assert found == pmtiles(tmp_path / "t.pmtiles")[0]
    assert json.loads((tmp_path / "d" / "tiles.json").read_text())["minzoom"] == 12
    with pytest.raises(CommandError, match="d"):
        export(tmp_path / "d", zooms="12", format="dir")


def test_a_box_cuts_tiles_away(world: World, tmp_path: Path) -> None:
    export(tmp_path / "t.pmtiles", zooms="14", bbox=f"{WEST},{SOUTH},{WEST + 0.005},{SOUTH + 0.02}")
    found, _reader = pmtiles(tmp_path / "t.pmtiles")
    _z, x, _y = tile_of(WEST, SOUTH, 14)
    assert found
    assert {place[1] for place in found} <= {x, x + 1}
    export(tmp_path / "whole.pmtiles", zooms="14")
    assert set(found) < set(pmtiles(tmp_path / "whole.pmtiles")[0])


def test_memory_and_database_make_the_same_tiles(world: World) -> None:
    """A layer above the budget comes from the database: the same features in the same tiles."""
    plan = Plan(10, 13)
    made: list[dict[Tile, Any]] = []
    for in_memory in (True, False):
        maker = Maker(["roads", "facilities"], ANONYMOUS, in_memory=in_memory)
        tiles = [tile for level in plan.tiles(maker.is_occupied) for tile in level]
        made.append({tile: keys_of(maker.made(tile)) for tile in tiles})
        maker.close()
    first, second = ({tile: found for tile, found in tiles.items() if found} for tiles in made)
    assert first == second
    assert first


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"zooms": "14-3"}, "zooms"),
        ({"zooms": "0-40"}, "zooms"),
        ({"zooms": "x"}, "zooms"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "109,15,108,16"}, "bbox"),
        ({"person": "nobody-there"}, "nobody-there"),
        ({"layers": "nothing"}, "nothing"),
        ({"zooms": "14", "bbox": "1,1,2,2"}, "file|tệp"),
    ],
)
def test_mistakes_leave_nothing(world: World, tmp_path: Path, options: dict[str, str], named: str) -> None:
    layers = options.pop("layers", LAYERS)
    with pytest.raises(CommandError, match=named):
        export(tmp_path / "t.pmtiles", layers, **options)
    assert not list(tmp_path.iterdir())


def test_a_failure_on_the_way_leaves_the_file_that_was_there(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.pmtiles"
    path.write_bytes(b"the one before")
    made = Maker.made

    def failing(maker: Maker, tile: Tile) -> bytes:
        if tile.z == 12:
            raise KeyboardInterrupt
        return made(maker, tile)

    monkeypatch.setattr(Maker, "made", failing)
    with pytest.raises(KeyboardInterrupt):
        export(path, zooms="10-13")
    assert [p.name for p in tmp_path.iterdir()] == ["t.pmtiles"]
    assert path.read_bytes() == b"the one before"


def test_progress_is_told(world: World, tmp_path: Path) -> None:
    lines = export(tmp_path / "t.pmtiles", zooms="10-12").splitlines()
    assert [line.split(":")[0].split()[-1] for line in lines] == ["10", "11", "12"]
