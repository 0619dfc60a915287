"""What a collection says of itself, and of whose rows (OGC API - Features 7.13, 7.14)."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from shapely.geometry import shape
from shapely.ops import unary_union

from gis_core import crs
from gis_core.access import Reach
from gis_core.changes.clock import Stamp, clock
from layers.ogc import extents
from layers.ogc.links import QUERYABLES
from tests.cast import NAMES as CAST
from tests.cast import Cast, Person
from tests.factories import feature
from tests.ogc.conftest import Ask, change, link_of
from tests.world import CELL, SOUTH, WEST, World, ordinary_layers

Features = Callable[..., list[dict[str, Any]]]
NAMES = [layer.name for layer in ordinary_layers()]


@pytest.mark.parametrize("name", CAST)
def test_the_list_holds_what_each_collection_says(ogc: Ask, cast: Cast, name: str) -> None:
    listed = ogc("collections", cast[name]).json()["collections"]
    assert {collection["id"] for collection in listed} <= set(NAMES)
    for collection in listed:
        alone = ogc(f"collections/{collection['id']}", cast[name]).json()
        for member in ("id", "title", "description", "extent", "crs", "storageCrs", "itemType", "stewardship"):
            assert alone[member] == collection[member]
        assert {"self", "items", QUERYABLES} <= {link["rel"] for link in collection["links"]}


@pytest.mark.parametrize("name", NAMES)
def test_a_collection(ogc: Ask, leader: Person, name: str) -> None:
    document = ogc(f"collections/{name}", leader).json()
    assert document["id"] == name
    assert document["title"]
    assert document["itemType"] == "feature"
    assert link_of(document, "self") == f"http://testserver/ogc/collections/{name}"
    items = {link["type"]: link["href"] for link in document["links"] if link["rel"] == "items"}
    assert items == {
        "application/geo+json": f"http://testserver/ogc/collections/{name}/items",
        "text/html": f"http://testserver/ogc/collections/{name}/items?f=html",
        "text/csv": f"http://testserver/ogc/collections/{name}/items?f=csv",
        "application/flatgeobuf": f"http://testserver/ogc/collections/{name}/items?f=flatgeobuf",
        "application/vnd.apache.parquet": f"http://testserver/ogc/collections/{name}/items?f=parquet",
    }
    assert link_of(document, "related") == f"http://testserver/tiles/{name}.json"


@pytest.mark.parametrize("person", ["officer", "sibling", "leader", "anonymous"])
@pytest.mark.parametrize("name", NAMES)
def test_the_extent_is_that_of_the_persons_own_rows(ogc: Ask, features: Features, cast: Cast, name: str, person: str) -> None:
    answer = ogc(f"collections/{name}", cast[person])
    if answer.status_code == 404:
        return
    spatial = answer.json()["extent"]["spatial"]
    assert spatial["crs"] == crs.CRS84
    found = features(name, cast[person], limit=1000, **({"datetime": "../.."} if name == "admin_units" else {}))
    assert spatial["bbox"][0] == pytest.approx(unary_union([shape(one["geometry"]) for one in found]).bounds, abs=2e-7)


def test_without_rows_there_is_no_extent(ogc: Ask, scratch: World) -> None:
    from layers.themes.facilities import Facility

    Facility.objects.all().delete()
    assert ogc("collections/facilities").json()["extent"] == {}
    assert ogc("collections/facilities/items").json()["features"] == []


def test_time(ogc: Ask, leader: Person) -> None:
    units = ogc("collections/admin_units").json()["extent"]["temporal"]
    assert units["interval"] == [["2020-02-01T00:00:00Z", None]]
    start, end = ogc("collections/incidents", leader).json()["extent"]["temporal"]["interval"][0]
    assert datetime.fromisoformat(start) == datetime.fromisoformat(end)
    assert "temporal" not in ogc("collections/roads").json()["extent"]


def test_stewardship(ogc: Ask, scratch: World) -> None:
    from layers.models import LayerSetting

    assert ogc("collections/water").json()["stewardship"]["owner"] is None
    LayerSetting.objects.create(
        layer="water",
        owner="Sở Nông nghiệp và Môi trường",
        contact_name="Nguyễn Văn A",
        contact_phone="0235 1",
        cadence="yearly",
        licence="CC0",
    )
    found = ogc("collections/water").json()["stewardship"]
    assert found["owner"] == "Sở Nông nghiệp và Môi trường"
    assert found["contact"] == {"name": "Nguyễn Văn A", "phone": "0235 1", "email": ""}
    assert (found["cadence"], found["licence"], found["overdue"]) == ("yearly", "CC0", False)
    assert datetime.fromisoformat(found["updated"]).tzinfo is not None


def test_the_last_change_is_that_of_the_persons_own_rows(ogc: Ask, scratch: World, officer: Person, sibling: Person) -> None:
    from land.models import Parcel

    def updated(person: Person) -> str:
        return str(ogc("collections/parcels", person).json()["stewardship"]["updated"])

    before = updated(officer), updated(sibling)
    change(Parcel, scratch.row("parcels", "B").pk, address="x")
    assert updated(officer) == before[0]
    assert updated(sibling) > before[1]


class TestSeldomComputed:
    """An extent is read again when a change reaches its border, and only then."""

    @pytest.fixture(autouse=True)
    def _reads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reads = 0
        original = extents._read

        def counted(*arguments: Any) -> Any:
            self.reads += 1
            return original(*arguments)

        monkeypatch.setattr(extents, "_read", counted)

    def extent(self, ogc: Ask) -> list[float]:
        found: list[float] = ogc("collections/facilities").json()["extent"]["spatial"]["bbox"][0]
        return found

    def test_changes_inside_leave_it_alone(self, ogc: Ask, scratch: World) -> None:
        from layers.themes.facilities import Facility

        inside = feature(Facility, scratch.units["A"], (WEST + 2 * CELL, SOUTH + 0.35 * CELL), "inside")
        before = self.extent(ogc)
        self.reads = 0
        for number in range(3):
            change(Facility, inside.pk, capacity=number)
            assert self.extent(ogc) == before
        inside.delete()
        assert self.extent(ogc) == before
        assert self.reads == 0

    def test_changes_at_the_border_do_not(self, ogc: Ask, scratch: World) -> None:
        from django.contrib.gis.geos import Point

        from layers.themes.facilities import Facility

        edge = feature(Facility, scratch.units["A"], (WEST + 8 * CELL, SOUTH + 0.35 * CELL), "edge")
        before = self.extent(ogc)
        change(Facility, edge.pk, geom=Point(WEST + CELL, edge.geom.y, srid=4326))
        narrower = self.extent(ogc)
        assert narrower[2] < before[2]
        change(Facility, edge.pk, geom=Point(WEST + 9 * CELL, edge.geom.y, srid=4326))
        assert self.extent(ogc)[2] == pytest.approx(WEST + 9 * CELL, abs=2e-7)

    def test_a_reload_does_not(self, ogc: Ask, scratch: World) -> None:
        from django.db import connection, transaction

        self.extent(ogc)
        self.reads = 0
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ioc.bulk = 'on'; UPDATE layers_facility SET capacity = 9")
        self.extent(ogc)
        assert self.reads == 1

    def test_what_changes_while_it_is_read_is_not_kept(self, ogc: Ask, scratch: World) -> None:
        extents._kept.clear()
        layer = next(found for found in ordinary_layers() if found.name == "facilities")
        everything = Reach(everything=True)
        mark = clock.stamp(layer.table, None, everything)
        extents.extent_of(layer, everything, Stamp(mark.seq - 1, mark.count))
        assert not extents._kept
        # The follower may still be taking in what an earlier test put back; once it rests, the extent is kept.
        for _attempt in range(50):
            extents.extent_of(layer, everything, clock.stamp(layer.table, None, everything))
            if extents._kept:
                break
            time.sleep(0.1)
        assert extents._kept


def test_the_store_of_extents_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extents, "_KEPT", 3)
    for number in range(10):
        extents._keep(("layer", str(number)), (extents.Extent(None, None), ()))
    assert len(extents._kept) <= 3
    extents._kept.clear()
