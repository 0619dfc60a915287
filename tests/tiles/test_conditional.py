"""Validators of tiles and documents: exact. The same until something that the caller may see changes there, and then never again."""

import gzip

import pytest

from layers.models import LayerSetting
from tests.cast import Person
from tests.contract.services import decode, tile_of
from tests.service import Service
from tests.sql import execute
from tests.world import World


def _tile(world: World, layer: str, home: str, z: int = 16) -> str:
    z, x, y = tile_of(*world.row(layer, home).at, z)
    return f"/tiles/{layer}/{z}/{x}/{y}.mvt"


@pytest.fixture(autouse=True)
def _in_memory(asgi: Service) -> None:
    asgi.await_memory()


DOCUMENTS = ("/tiles/roads.json", "/tiles/style.json", "/tiles/style.json?theme=dark")


@pytest.mark.parametrize("path", ["/tiles/roads/14/13131/7461.mvt", "/tiles/roads/3/1/1.mvt", *DOCUMENTS])
def test_unchanged_is_304(asgi: Service, world: World, path: str) -> None:
    """With the validator and without a body; empty tiles too."""
    first = asgi.get(path)
    again = asgi.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("held", ['"x", {}', "W/{}", '{} , "y"'])
def test_every_form_of_if_none_match(asgi: Service, world: World, held: str) -> None:
    """RFC 9110 13.1.2: lists and weak comparison."""
    path = _tile(world, "roads", "A")
    tag = asgi.get(path).headers["ETag"]
    assert asgi.get(path, headers={"If-None-Match": held.format(tag)}).status_code == 304
    assert asgi.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_an_edit_changes_the_tile_that_it_touches_and_no_other(asgi: Service, scratch: World) -> None:
    """The body and the validator, at once."""
    here, there = _tile(scratch, "facilities", "A"), _tile(scratch, "facilities", "B")
    before = {path: asgi.get(path).headers["ETag"] for path in (here, there)}
    execute("UPDATE layers_facility SET name = 'Tên mới' WHERE id = %s", scratch.row("facilities", "A").pk)
    changed = asgi.get(here, headers={"If-None-Match": before[here]})
    assert changed.status_code == 200
    assert "Tên mới".encode() in changed.content
    assert asgi.get(there, headers={"If-None-Match": before[there]}).status_code == 304


def test_an_edit_in_the_margin_changes_the_tile_beside_it_too(asgi: Service, scratch: World) -> None:
    """Tiles carry a margin, so a feature just outside is part of their bytes."""
    row = scratch.row("facilities", "A")
    z, x, y = tile_of(*row.at, 14)
    west = x / 2**14 * 360 - 180
    beside = f"/tiles/facilities/{z}/{x}/{y}.mvt"
    outside = west - 360 / 2**14 * 0.005
    execute("UPDATE layers_facility SET geom = ST_SetSRID(ST_MakePoint(%s, %s), 4326) WHERE id = %s", outside, row.at[1], row.pk)
    first = asgi.get(beside)
    assert row.pk in {feature["id"] for feature in decode(first.content)["facilities"]}
    execute("UPDATE layers_facility SET name = 'Ngoài rìa' WHERE id = %s", row.pk)
    assert asgi.get(beside, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_an_edit_of_hidden_rows_changes_nothing(asgi: Service, scratch: World, officer: Person, sibling: Person) -> None:
    """Neither the validator of tiles nor that of the document: a change would tell that something happened."""
    paths = [_tile(scratch, "parcels", "B", 13), "/tiles/parcels.json"]
    before = {(path, person.name): asgi.get(path, person).headers["ETag"] for path in paths for person in (officer, sibling)}
    execute("UPDATE land_parcel SET version = 9 WHERE id = %s", scratch.row("parcels", "B").pk)
    for path in paths:
        assert asgi.get(path, officer).headers["ETag"] == before[path, "officer"]
        assert asgi.get(path, sibling).headers["ETag"] != before[path, "sibling"]


def test_people_with_other_rows_have_other_validators(asgi: Service, world: World) -> None:
    """A shared cache between them must never mix them up, even where both tiles are empty."""
    path = _tile(world, "parcels", "A", 13)
    names = ("officer", "sibling", "analyst")
    assert len({asgi.get(path, world.cast[name]).headers["ETag"] for name in names}) == len(names)
    assert asgi.get(path, world.cast["operator"]).headers["ETag"] == asgi.get(path, world.cast["leader"]).headers["ETag"]


def test_restricted_tiles_are_private(asgi: Service, world: World, officer: Person) -> None:
    """Public ones may be kept by shared caches, after asking."""
    private, public = asgi.get(_tile(world, "parcels", "A"), officer), asgi.get(_tile(world, "roads", "A"))
    assert private.headers["Cache-Control"] == "private, no-cache"
    assert public.headers["Cache-Control"] == "no-cache"
    mixed = asgi.get(_tile(world, "roads", "A").replace("roads", "roads,parcels"), officer)
    assert mixed.headers["Cache-Control"] == "private, no-cache"
    for answer in (private, public, mixed):
        assert {"Accept-Encoding", "Authorization", "Cookie"} <= {part.strip() for part in answer.headers["Vary"].split(",")}


def test_each_encoding_has_its_validator(asgi: Service, world: World) -> None:
    """RFC 9110 8.8.3.3: other bytes, another tag; and both decode to the same tile."""
    path = _tile(world, "roads", "A")
    plain, zipped = asgi.get(path, headers={"Accept-Encoding": "identity"}), asgi.get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert plain.headers["ETag"] != zipped.headers["ETag"]
    assert plain.content == zipped.content  # httpx has unpacked it
    refused = asgi.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_a_setting_of_the_layer_changes_the_validators(asgi: Service, scratch: World) -> None:
    """Zooms and style are part of what is drawn."""
    paths = (_tile(scratch, "roads", "A"), "/tiles/roads.json", "/tiles/style.json")
    before = [asgi.get(path).headers["ETag"] for path in paths]
    LayerSetting.objects.update_or_create(layer="roads", defaults={"min_zoom": 12, "owner": "Sở Xây dựng"})
    assert all(asgi.get(path).headers["ETag"] != tag for path, tag in zip(paths, before, strict=True))


@pytest.mark.parametrize("path", ["/tiles/roads/0/0/0.mvt", "/tiles/roads.json", "/tiles/style.json"])
def test_every_answer_says_where_it_stands(asgi: Service, scratch: World, path: str) -> None:
    """`X-Change-Seq` grows with every write, and a client that knows a number may insist on it."""
    before = int(asgi.get(path).headers["X-Change-Seq"])
    execute("UPDATE layers_tourismplace SET capacity = 1 WHERE id = %s", scratch.row("tourism_places", "A").pk)
    after = int(asgi.get(path).headers["X-Change-Seq"])
    assert after > before
    assert asgi.get(f"{path}?min_seq={after}").status_code in (200, 204)


def test_a_node_that_is_behind_never_says_unchanged(asgi: Service, world: World) -> None:
    """Asked for a change that it has not seen it answers from the database, and without a validator for what it cannot vouch for."""
    path = _tile(world, "roads", "A")
    tag = asgi.get(path).headers["ETag"]
    answer = asgi.get(f"{path}?min_seq=999999999", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_gzip_is_real(asgi: Service, world: World) -> None:
    """What goes over the wire unpacks to the same tile."""
    path = _tile(world, "roads", "A", 13).replace("roads", "roads,facilities,water")
    with asgi.stream(path, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = answer.body()
    assert gzip.decompress(packed) == asgi.get(path).content
