"""Who hears of which alert, and who may say that it is being seen to."""

import uuid
from functools import partial

import pytest

from layers.alerts.evaluate import evaluate
from layers.models import Alert, AlertRule
from tests.cast import NAMES, Person
from tests.contract.oracle import exists_for
from tests.service import Service, wait_until
from tests.sql import execute
from tests.world import World

READERS = [name for name in NAMES if name != "anonymous"]


def _raised(world: World) -> dict[str, Alert]:
    """One alert for each row of the reports, one for a commune's number, one for everything: by subject."""
    for subject, values in {
        "feature": {"kind": "geofence", "fence": world.units["quảng nam"].geom},
        "unit": {"kind": "threshold", "measure": "count", "limit": 1},
        "whole": {"kind": "threshold", "measure": "count", "limit": 1},
    }.items():
        rule = AlertRule.objects.create(name=subject, layer="incidents", subject=subject, **values)
        # The service heard of the rule too and may be at it.
        wait_until(partial(evaluate, rule), "the rule to be evaluated")
    return {alert.subject: alert for alert in Alert.objects.all()}


def _listed(asgi: Service, person: Person | None) -> set[str]:
    answer = asgi.get("/api/alerts", person)
    assert answer.status_code == 200
    return {alert["id"] for alert in answer.json()["alerts"]}


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_is_heard_of_by_whoever_sees_its_feature(asgi: Service, scratch: World, name: str) -> None:
    """And by nobody else: the numbers of a commune are for those who see all of it."""
    alerts, person = _raised(scratch), scratch.cast[name]
    seen = _listed(asgi, person)
    items = asgi.get("/ogc/collections/incidents/items?limit=1000", person, headers={"Accept": "application/geo+json"})
    rows = {feature["id"] for feature in items.json()["features"]} if items.status_code == 200 else set()
    for subject, alert in alerts.items():
        if alert.feature is not None:
            assert (str(alert.uid) in seen) == (alert.feature in rows), subject
        elif subject == "whole":
            assert (str(alert.uid) in seen) == (name in ("operator", "leader"))
    assert exists_for(person, "incidents") or not seen


def test_answers_are_exact(asgi: Service, scratch: World) -> None:
    """304 while nothing changed, the new state at once afterwards."""
    leader, alerts = scratch.cast["leader"], _raised(scratch)
    first = asgi.get("/api/alerts", leader)
    held = {"If-None-Match": first.headers["ETag"]}
    assert asgi.get("/api/alerts", leader, headers=held).status_code == 304
    execute("UPDATE layers_alert SET note = 'khác' WHERE uid = %s", alerts["whole"].uid)
    again = asgi.get("/api/alerts", leader, headers=held)
    assert again.status_code == 200
    assert "khác" in again.text


def test_the_first_who_acknowledges_counts(asgi: Service, scratch: World) -> None:
    """Said again, by whomever, nothing changes."""
    alert = _raised(scratch)["whole"]
    address = f"/api/alerts/{alert.uid}/acknowledge"
    first = asgi.request("POST", address, scratch.cast["operator"], how="bearer", json={"note": "Đã cử đội"})
    assert first.status_code == 200
    second = asgi.request("POST", address, scratch.cast["leader"], how="bearer", json={}).json()
    assert (second["acknowledged_by"], second["note"]) == (first.json()["acknowledged_by"], "Đã cử đội")


def test_acknowledging_is_for_those_who_answer_alerts(asgi: Service, scratch: World) -> None:
    """Forbidden where the alert may be seen; where not, it is not there."""
    whole = _raised(scratch)["whole"]
    public = next(alert for alert in Alert.objects.filter(is_public=True))
    for name, alert, status in (("officer", whole, 404), ("stranger", public, 403), ("officer", public, 200)):
        answer = asgi.request("POST", f"/api/alerts/{alert.uid}/acknowledge", scratch.cast[name], how="bearer", json={})
        assert answer.status_code == status, name
    assert asgi.request("POST", f"/api/alerts/{uuid.uuid4()}/acknowledge", scratch.cast["leader"], how="bearer", json={}).status_code == 404
    assert asgi.request("POST", f"/api/alerts/{public.uid}/acknowledge", None, json={}).status_code in (401, 403)


def test_bad_input_is_named(asgi: Service, scratch: World) -> None:
    """By its field."""
    leader = scratch.cast["leader"]
    assert asgi.get("/api/alerts?hours=-1", leader).json()["field"] == "hours"
    answer = asgi.request("POST", f"/api/alerts/{uuid.uuid4()}/acknowledge", leader, how="bearer", json={"note": "x" * 301})
    assert (answer.status_code, answer.json()["field"]) == (400, "note")


def test_what_is_over_is_told_of_a_period(asgi: Service, scratch: World) -> None:
    """For playback."""
    leader, alerts = scratch.cast["leader"], _raised(scratch)
    AlertRule.objects.update(is_active=False)

    def is_over() -> bool:
        execute("UPDATE layers_alert SET cleared_at = now()")
        return _listed(asgi, leader) == set()

    wait_until(is_over, "the alerts to be over")
    assert len(asgi.get("/api/alerts?hours=24", leader).json()["alerts"]) == len(alerts)


def test_a_change_raises_an_alert_by_itself(asgi: Service, scratch: World) -> None:
    """The follower hears of the row and evaluates the rule; nobody asks it to."""
    AlertRule.objects.create(name="Nước", kind="threshold", layer="stations", measure="latest_result", limit=90.0)
    pk = scratch.row("stations", "A").pk
    execute("UPDATE layers_station SET latest_result = 99 WHERE id = %s", pk)
    wait_until(lambda: Alert.objects.filter(feature=pk, cleared_at=None).exists(), "the alert")
