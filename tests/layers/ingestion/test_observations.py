"""`POST /api/observations`: from a logger to tiles, metrics and OGC services; once, however often it is sent."""

from typing import Any

import pytest

from layers.models import Station
from tests.cast import Person
from tests.service import Service
from tests.sql import execute
from tests.world import World

NOON = "2026-01-15T12:00:00+07:00"


def _post(asgi: Service, person: Person | None, body: Any, path: str = "/api/observations") -> Any:
    headers = {"Authorization": f"Bearer {person.secret}"} if person else {}
    return asgi.request("POST", path, None, json=body, headers=headers)


def _array(station: object, *pairs: tuple[str, Any]) -> dict[str, Any]:
    return {"Datastream": {"@iot.id": station}, "components": ["phenomenonTime", "result"], "dataArray": [list(pair) for pair in pairs]}


@pytest.fixture
def station(scratch: World) -> Station:
    """A's first station, with thresholds for rain."""
    pk = scratch.row("stations", "A").pk
    values = "code = 'A1', observed_property = 'rain', watch_at = 25, alarm_at = 40, latest_result = NULL"
    execute(f"UPDATE layers_station SET {values} WHERE id = %s", pk)
    return Station(pk=pk)


def test_a_measurement_reaches_every_service(asgi: Service, cast: Any, station: Station) -> None:
    """Tile, item and metric say the new result and its state, from the moment of the answer on."""
    answer = _post(asgi, cast["operator"], {"Datastream": {"@iot.id": "A1"}, "phenomenonTime": NOON, "result": 46.0})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"received": 1, "created": 1, "corrected": 0, "repeated": 0}
    seq = answer.headers["X-Change-Seq"]
    item = asgi.get(f"/ogc/collections/stations/items/{station.pk}?min_seq={seq}&f=json").json()
    assert (item["properties"]["latest_result"], item["properties"]["state"]) == (46.0, "alarm")
    metrics = asgi.get(f"/query/metrics?metrics=stations.rain,stations.alarms&min_seq={seq}").json()["metrics"]
    assert [entry["value"] for entry in metrics] == [46.0, 1]
    course = asgi.get(f"/query/metrics?metrics=stations.rain&by=hour&datetime=2026-01-15/2026-01-15&min_seq={seq}").json()["metrics"][0]
    assert [group["value"] for group in course["groups"]] == [46.0]


def test_a_batch_sent_again_changes_nothing(asgi: Service, cast: Any, station: Station) -> None:
    """A logger without an answer sends again; a corrected value replaces the old one; an older one leaves the latest alone."""
    operator = cast["operator"]
    batch = [_array("A1", (NOON, 12), ("2026-01-15T13:00:00+07:00", 30)), _array(station.pk, ("2026-01-15T11:00:00+07:00", 50))]
    assert _post(asgi, operator, batch).json()["created"] == 3
    first = asgi.get("/query/metrics?metrics=stations.rain").headers["ETag"]
    assert _post(asgi, operator, batch).json() == {"received": 3, "created": 0, "corrected": 0, "repeated": 3}
    assert asgi.get("/query/metrics?metrics=stations.rain").headers["ETag"] == first
    assert _post(asgi, operator, [_array("A1", (NOON, 13))]).json()["corrected"] == 1
    stored = Station.objects.get(pk=station.pk)
    assert (stored.latest_result, stored.state) == (30, "watch")
    assert stored.observations.count() == 3


@pytest.mark.parametrize(
    ("pair", "field"),
    [
        ((NOON, "1e999"), "result"),
        (("2026-01-15T12:00:00", 3), "phenomenonTime"),
        (("2199-01-15T12:00:00+07:00", 3), "phenomenonTime"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(asgi: Service, cast: Any, station: Station, pair: tuple[str, Any], field: str) -> None:
    answer = _post(asgi, cast["operator"], [_array("A1", ("2026-01-15T10:00:00+07:00", 1), pair)])
    assert answer.status_code in (400, 422), answer.text
    assert field in answer.text
    assert not Station.objects.get(pk=station.pk).observations.exists()
    if answer.status_code == 422:
        assert answer.json()["faults"][0]["row"] == 2


def test_only_who_answers_for_a_station_writes_it(asgi: Service, cast: Any, station: Station, scratch: World) -> None:
    """Unknown and forbidden stations are refused alike; accounts without such work find nothing here."""
    outside = scratch.row("stations", "outside").pk
    refused = [_post(asgi, cast["operator"], [_array(key, (NOON, 1))]) for key in (outside, 10**12)]
    assert [answer.status_code for answer in refused] == [422, 422]
    assert refused[0].json()["detail"].replace(str(outside), "") == refused[1].json()["detail"].replace(str(10**12), "")
    assert _post(asgi, cast["stranger"], [_array("A1", (NOON, 1))]).status_code == 404
    assert _post(asgi, None, [_array("A1", (NOON, 1))]).status_code in (401, 403)
