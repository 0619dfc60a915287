"""Validators: exact, known before any row is read, never by age (DESIGN section 4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.changes.clock import clock
from gis_core.changes.hub import hub
from layers.freshness import standing
from tests.cast import Cast, Person
from tests.ogc.conftest import Ask, change
from tests.world import CELL, SOUTH, WEST, World

ITEMS = "collections/facilities/items"
PLACES = ("", "api", "conformance", "collections", "collections/facilities", "collections/facilities/queryables", ITEMS)


def around(at: tuple[float, float], size: float = 0.0001) -> str:
    return f"{at[0] - size},{at[1] - size},{at[0] + size},{at[1] + size}"


@pytest.mark.parametrize("path", PLACES)
def test_what_a_client_holds_is_not_sent_again(ogc: Ask, path: str) -> None:
    first = ogc(path)
    again = ogc(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    for name in ("ETag", "Cache-Control", "Vary", "X-Change-Seq"):
        assert again.headers[name] == first.headers[name]


def test_a_list_of_validators_and_weak_ones_are_understood(ogc: Ask) -> None:
    tag = ogc(ITEMS).headers["ETag"]
    assert tag.startswith("W/")
    assert ogc(ITEMS, headers={"If-None-Match": f'"other", {tag.removeprefix("W/")}'}).status_code == 304
    assert ogc(ITEMS, headers={"If-None-Match": '"other"'}).status_code == 200


def test_one_feature_has_a_strong_validator(ogc: Ask, world: World) -> None:
    path = f"{ITEMS}/{world.rows['facilities'][0].pk}"
    assert ogc(path).headers["ETag"].startswith('"')
    assert ogc(path).content == ogc(path).content


def test_any_change_changes_the_list(ogc: Ask, scratch: World) -> None:
    from layers.themes.facilities import Facility

    before = ogc(ITEMS)
    change(Facility, scratch.rows["facilities"][0].pk, capacity=77)
    after = ogc(ITEMS, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.json()["features"][0]["properties"]["capacity"] == 77
    assert int(after.headers["X-Change-Seq"]) > int(before.headers["X-Change-Seq"])


def test_a_change_elsewhere_leaves_an_area_alone(ogc: Ask, scratch: World) -> None:
    from layers.themes.facilities import Facility

    here, there = scratch.row("facilities", "A"), scratch.row("facilities", "outside")
    box = around(here.at)
    before = ogc(ITEMS, bbox=box)
    change(Facility, there.pk, capacity=1)
    assert ogc(ITEMS, bbox=box, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    change(Facility, here.pk, capacity=1)
    assert ogc(ITEMS, bbox=box, headers={"If-None-Match": before.headers["ETag"]}).status_code == 200


def test_a_feature_that_moves_out_changes_the_area_that_it_left(ogc: Ask, scratch: World) -> None:
    from django.contrib.gis.geos import Point

    from layers.themes.facilities import Facility

    here = scratch.row("facilities", "A")
    before = ogc(ITEMS, bbox=around(here.at))
    change(Facility, here.pk, geom=Point(WEST + 4 * CELL, SOUTH, srid=4326))
    after = ogc(ITEMS, bbox=around(here.at), headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert here.pk not in {found["id"] for found in after.json()["features"]}


def test_a_renamed_unit_changes_the_layers_that_tell_its_name(ogc: Ask, scratch: World, leader: Person) -> None:
    unit = scratch.units["A"]
    before, roads = ogc("collections/parcels/items", leader), ogc("collections/roads/items")
    type(unit).objects.filter(pk=unit.pk).update(name="Phường Tên Mới")
    after = ogc("collections/parcels/items", leader, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "Phường Tên Mới" in after.text
    assert ogc("collections/roads/items", headers={"If-None-Match": roads.headers["ETag"]}).status_code == 304


def test_another_persons_rows_change_nothing(ogc: Ask, scratch: World, officer: Person) -> None:
    from land.models import Parcel

    path = "collections/parcels/items"
    before = ogc(path, officer)
    change(Parcel, scratch.row("parcels", "B").pk, address="nhà khác")
    assert ogc(path, officer, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    change(Parcel, scratch.row("parcels", "A").pk, address="nhà mình")
    assert ogc(path, officer, headers={"If-None-Match": before.headers["ETag"]}).status_code == 200


def test_everything_that_shapes_the_bytes_shapes_the_validator(ogc: Ask, cast: Cast) -> None:
    path = "collections/incidents/items"
    seen = [ogc(path, person).headers["ETag"] for person in (cast["officer"], cast["sibling"], cast["leader"], None)]
    seen += [ogc(path, limit=1).headers["ETag"], ogc(path, crs="EPSG:3857").headers["ETag"], ogc(path, min_seq=0).headers["ETag"]]
    seen += [ogc(path, headers={"Accept-Language": "en"}).headers["ETag"], ogc(path, headers={"Host": "localhost"}).headers["ETag"]]
    assert len(set(seen)) == len(seen)
    assert ogc(path, cast["stranger"]).headers["ETag"] == ogc(path).headers["ETag"]


def test_layers_of_validities_change_at_midnight(ogc: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    def tags() -> list[str]:
        paths = ("collections/admin_units/items", "collections/roads/items")
        return [*(ogc(path).headers["ETag"] for path in paths), ogc(paths[0], datetime="2025-07-01").headers["ETag"]]

    today = tags()
    monkeypatch.setattr("layers.freshness.timezone.localdate", lambda *_: date(2031, 1, 1))
    tomorrow = tags()
    assert today[0] != tomorrow[0]
    assert today[1:] == tomorrow[1:]


def test_settings_change_the_collection(ogc: Ask, scratch: World) -> None:
    from layers.models import LayerSetting

    before = ogc("collections/facilities")
    LayerSetting.objects.create(layer="facilities", owner="Sở Y tế")
    after = ogc("collections/facilities", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.json()["stewardship"]["owner"] == "Sở Y tế"


def test_pages_have_no_validator(ogc: Ask) -> None:
    assert "ETag" not in ogc(ITEMS, f="html").headers


@contextmanager
def queries() -> Iterator[list[str]]:
    """The statements on tables of layers that run inside the block."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [query["sql"] for query in captured.captured_queries if "layers_facility" in query["sql"]]


@pytest.mark.django_db
def test_no_row_is_read_for_what_the_client_holds(world: World) -> None:
    client = Client()
    tag = client.get(f"/ogc/{ITEMS}").headers["ETag"]
    with queries() as asked:
        assert client.get(f"/ogc/{ITEMS}", headers={"If-None-Match": tag}).status_code == 304
    assert asked == []


def test_a_client_never_gets_less_than_it_knows(ogc: Ask, scratch: World) -> None:
    from layers.themes.facilities import Facility

    change(Facility, scratch.rows["facilities"][0].pk, capacity=123)
    seq = int(ogc(ITEMS).headers["X-Change-Seq"])
    answer = ogc(ITEMS, min_seq=seq)
    assert int(answer.headers["X-Change-Seq"]) >= seq
    assert answer.json()["features"][0]["properties"]["capacity"] == 123


class _Behind:
    """A follower that has stopped at a change."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seq: int) -> None:
        monkeypatch.setattr(hub, "running", True)
        monkeypatch.setattr(hub, "read_at", 0.0)
        monkeypatch.setattr(clock, "seq", seq)


@pytest.mark.django_db
def test_a_node_that_is_behind_answers_from_the_primary(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from gis_core.models import ChangeLog

    last = ChangeLog.objects.latest("seq").seq
    _Behind(monkeypatch, last - 5)
    client = Client()
    first = client.get(f"/ogc/{ITEMS}", {"min_seq": last})
    assert first.headers["X-Change-Seq"] == str(last)
    again = client.get(f"/ogc/{ITEMS}", {"min_seq": last}, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200, "a node that is behind must not say that nothing changed"


@pytest.mark.django_db
def test_a_node_whose_follower_is_silent_vouches_for_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert standing().vouches
    _Behind(monkeypatch, clock.seq)
    assert not standing().vouches
    assert standing().seq == clock.seq


def test_the_answer_is_of_one_state(ogc: Ask, scratch: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that is committed between two statements of one answer is in none of them."""
    from layers.ogc.stewardship import settings_of
    from layers.themes.facilities import Facility

    def meddle(layers: Any) -> Any:
        import psycopg

        from gis_core.db import conninfo

        found = settings_of(layers)
        with psycopg.connect(conninfo("meddler"), autocommit=True) as other:
            other.execute("UPDATE layers_facility SET geom = ST_SetSRID(ST_Point(100, 10), 4326) WHERE id = %s", [row.pk])
        return found

    row = scratch.rows["facilities"][0]
    before = ogc("collections/facilities").json()["extent"]
    change(Facility, scratch.rows["facilities"][1].pk, capacity=5)
    monkeypatch.setattr("layers.ogc.collections.settings_of", meddle)
    assert ogc("collections/facilities").json()["extent"] == before
    monkeypatch.setattr("layers.ogc.collections.settings_of", settings_of)
    assert ogc("collections/facilities").json()["extent"] != before
