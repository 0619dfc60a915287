"""A parcel's past through the services: one date, the same answer on the map, in lists, at a point and under its key."""

from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from django.utils import timezone

from gis_core import crs
from land.models import Parcel
from tests import factories
from tests.land.api.caller import caller
from tests.land.desk import Desk, shape_of
from tests.land.ground import slanted
from tests.world import World

YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def split(desk: Desk) -> Parcel:
    """A parcel that was divided today."""
    parcel = desk.parcel(slanted(), 1)
    desk.done("split_areas", parcel=str(parcel.uid), areas=[800], side="west")
    return parcel


def _lonlat(parcel: Parcel) -> tuple[float, float]:
    point = shape_of(parcel).centroid
    return crs.transform(5899, crs.WGS84, point.x, point.y)


def _items(desk: Desk, parcel: Parcel, when: date | None) -> list[tuple[int, str]]:
    lon, lat = _lonlat(parcel)
    query: dict[str, str | int] = {"bbox": f"{lon - 0.0005},{lat - 0.0005},{lon + 0.0005},{lat + 0.0005}", "limit": 50}
    if when:
        query["datetime"] = when.isoformat()
    answer = caller(desk.officer).client.get("/ogc/collections/parcels/items", query)
    assert answer.status_code == 200, answer.content
    found = [(feature["properties"]["parcel_no"], feature["properties"]["status"]) for feature in answer.json()["features"]]
    return sorted(found)


def test_items_of_today_and_of_yesterday(desk: Desk, split: Parcel) -> None:
    """The children, and their parent as it was."""
    assert _items(desk, split, None) == [(2, "active"), (3, "active")]
    assert _items(desk, split, YESTERDAY) == [(1, "active")]
    assert _items(desk, split, date(2019, 1, 1)) == []


def test_a_click_on_the_map_of_yesterday(desk: Desk, split: Parcel) -> None:
    """The parent, not the children."""
    lon, lat = _lonlat(split)
    client = caller(desk.officer).client
    for when, number in ((YESTERDAY, 1), (timezone.localdate(), 3)):
        answer = client.get("/query/at-point", {"lon": str(lon), "lat": str(lat), "datetime": when.isoformat()})
        (layer,) = [found for found in answer.json()["results"] if found["layer"] == "parcels"]
        assert [feature["properties"]["parcel_no"] for feature in layer["features"]] == [number]


def test_the_history_tells_both_times(desk: Desk, split: Parcel) -> None:
    """Versions with their validity and with when the register said so; children by their labels."""
    past = caller(desk.officer).get(f"/parcels/{split.uid}/history").body
    retired, first = past["versions"]
    assert (first["version"], first["valid_to"], first["superseded_at"] is None) == (1, timezone.localdate().isoformat(), False)
    assert (retired["status"], retired["superseded_at"]) == ("retired", None)
    assert [change["kind"] for change in past["changes"]] == ["split_areas"]
    assert {child["label"] for child in past["children"]} == {"900/2", "900/3"}
    assert sum(child["area_m2"] for child in past["children"]) == pytest.approx(2400, abs=0.02)


def test_reasons_are_for_the_office(desk: Desk, split: Parcel) -> None:
    """Officers write names there; whoever else sees the parcel sees the kind and the day of a change."""
    leader = factories.user()
    factories.jurisdiction(leader, "leader", desk.unit)
    for user, reason in ((desk.approver, "Đơn số 12"), (leader, "")):
        (change,) = caller(user).get(f"/parcels/{split.uid}/history").body["changes"]
        assert (change["kind"], change["reason"]) == ("split_areas", reason)


def test_a_version_of_a_day_has_the_outline_of_that_day(desk: Desk, split: Parcel) -> None:
    """Digit by digit; today there is none."""
    api = caller(desk.officer)
    was = api.get(f"/parcels/{split.uid}", on=YESTERDAY.isoformat())
    assert was.body["outline"]["coordinates"][0] == [list(place) for place in shape_of(split).exterior.coords]
    assert was.headers["ETag"] == '"1"'
    assert api.get(f"/parcels/{split.uid}", on=timezone.localdate().isoformat()).status_code == 404
    assert api.get(f"/parcels/{split.uid}").body["status"] == "retired"


def test_keys_through_the_reform(desk: Desk, world: World) -> None:
    """Two parcels of two old wards had one key each; code 20341 means another ward before 1 July 2025 than after."""
    old: dict[str, Any] = {"sheet_no": 900, "old_sheet_no": 7, "old_parcel_no": 5}
    first = desk.parcel(slanted(), 1, old_unit=world.units["an mỹ"], **old)
    x, y = shape_of(first).bounds[2:]
    other = desk.parcel(shapely.Polygon([(x + 9, y), (x + 29, y), (x + 29, y + 20)]), 2, old_unit=world.units["an xuân 2025"], **old)
    api = caller(desk.officer)

    def found(**query: object) -> list[str]:
        return [row["uid"] for row in api.get("/parcels", **query).body]

    assert found(sheet=7, number=5, unit="20341", on="2025-06-30") == [str(first.uid)]
    assert found(sheet=7, number=5, unit="20347", on="2025-06-30") == [str(other.uid)]
    assert found(sheet=7, number=5, unit="20341") == []
    assert found(sheet=900, number=1, unit="20341") == [str(first.uid)]
    assert sorted(found(sheet=900, unit="20341")) == sorted([str(first.uid), str(other.uid)])
    assert found(sheet=900, number=1, unit="20341", on="2025-06-30") == []


def test_another_units_past_is_as_closed_as_its_present(desk: Desk, split: Parcel, world: World) -> None:
    """The date is no way around the units."""
    stranger = factories.user()
    factories.jurisdiction(stranger, "land_officer", world.units["B"])
    assert caller(stranger).get("/parcels", sheet=900, on=YESTERDAY.isoformat()).body == []
    assert caller(stranger).get(f"/parcels/{split.uid}/history").status_code == 404
