"""Each kind of rule finds what it is about, once, and lets go of it when it is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from gis_core.errors import BadParameter
from layers.alerts.evaluate import clear_orphans, escalate, evaluate, evaluate_tables
from layers.alerts.findings import MOST, findings
from layers.alerts.signals import alerts_told
from layers.alerts.wanted import wanted
from layers.models import Alert, AlertRule, Facility, Observation, Station
from tests.sql import execute
from tests.world import CELL, SOUTH, WEST, World

pytestmark = pytest.mark.django_db
Told = list[tuple[str, list[str]]]


def rule(**values: Any) -> AlertRule:
    """Stations at or above a limit, unless `values` say otherwise."""
    usual = {"name": "Nước vượt báo động", "kind": "threshold", "layer": "stations", "measure": "latest_result", "limit": 2.0}
    return AlertRule.objects.create(**{**usual, **values})


def measured(world: World, result: float, home: str = "A") -> int:
    """The first station of a unit, with this latest result."""
    pk = world.row("stations", home).pk
    execute("UPDATE layers_station SET latest_result = NULL, latest_at = now()")
    execute("UPDATE layers_station SET latest_result = %s WHERE id = %s", result, pk)
    return pk


def subjects(made: AlertRule) -> set[str]:
    """What the rule finds now."""
    return {finding.subject for finding in findings(wanted(made))}


@pytest.fixture
def told() -> Any:
    """What was told, in order."""
    heard: Told = []

    def hear(alerts: list[Alert], event: str, **_signal: object) -> None:
        heard.append((event, sorted(alert.subject for alert in alerts)))

    alerts_told.connect(hear)
    yield heard
    alerts_told.disconnect(hear)


def test_a_value_beyond_its_limit_is_one_alert_until_it_is_back(world: World, told: Told) -> None:
    """However often the rule is evaluated; the value is kept up to date."""
    made, pk = rule(), measured(world, 2.14)
    for result in (2.14, 2.14, 2.3):
        measured(world, result)
        evaluate(made)
    alert = Alert.objects.get()
    assert (alert.subject, alert.value, alert.feature, alert.admin_unit) == (f"feature:{pk}", 2.3, pk, world.units["A"])
    assert alert.geom is not None
    assert "2,3" in alert.detail
    measured(world, 1.9)
    evaluate(made)
    alert.refresh_from_db()
    assert alert.cleared_at is not None
    assert told == [("raised", [alert.subject]), ("cleared", [alert.subject])]


def test_what_flutters_round_its_limit_is_told_once(world: World, told: Told) -> None:
    """Within the quiet minutes it is the same alert; after them another one."""
    made = rule(quiet_minutes=30)
    for result in (2.1, 1.9, 2.1):
        measured(world, result)
        evaluate(made)
    assert Alert.objects.get().cleared_at is None
    assert [event for event, _subjects in told] == ["raised", "cleared"]
    measured(world, 1.9)
    evaluate(made)
    Alert.objects.update(cleared_at=timezone.now() - timedelta(minutes=31))
    measured(world, 2.1)
    evaluate(made)
    assert Alert.objects.count() == 2


def test_both_sides_of_a_limit(world: World) -> None:
    """At the limit counts."""
    pk = measured(world, 2.0)
    assert subjects(rule()) == {f"feature:{pk}"}
    assert subjects(rule(direction="below")) == {f"feature:{pk}"}
    assert subjects(rule(limit=2.01)) == set()


def test_a_filter_and_a_unit_narrow_a_rule(world: World) -> None:
    """CQL2, as everywhere."""
    execute("UPDATE layers_station SET latest_result = 5, observed_property = 'rain'")
    inside = subjects(rule(unit=world.units["A"]))
    assert inside
    assert inside < subjects(rule())
    assert subjects(rule(filter="observed_property='air'")) == set()


def test_a_value_that_rises_too_fast(world: World) -> None:
    """By each station's own measurements; in percent where asked."""
    pk = measured(world, 3.0)
    execute("UPDATE layers_station SET observed_property = 'water_level' WHERE id = %s", pk)
    for minutes, result in ((90, 1.0), (10, 3.0)):
        Observation.objects.create(station_id=pk, phenomenon_time=timezone.now() - timedelta(minutes=minutes), result=result)
    usual = {"kind": "rate", "measure": "water_level", "minutes": 60}
    assert subjects(rule(**usual, limit=2.0)) == {f"feature:{pk}"}
    assert subjects(rule(**usual, limit=2.1)) == set()
    assert subjects(rule(**usual, limit=200, in_percent=True)) == {f"feature:{pk}"}
    assert subjects(rule(**usual, limit=1, direction="below")) == set()


def test_numbers_of_communes_and_of_the_whole(world: World) -> None:
    """Metrics, as the wall shows them."""
    usual = {"layer": "facilities", "measure": "count"}
    each = findings(wanted(rule(**usual, subject="unit", limit=1)))
    assert {finding.unit for finding in each} >= {world.units["A"].pk, world.units["B"].pk}
    assert all(finding.subject == f"unit:{finding.unit}" for finding in each)
    (whole,) = findings(wanted(rule(**usual, subject="whole", limit=1)))
    assert (whole.subject, whole.value) == ("whole", len(world.rows["facilities"]))


def test_something_inside_an_area(world: World) -> None:
    """A drawn area or a unit."""
    area = MultiPolygon(Polygon.from_bbox((WEST + CELL, SOUTH, WEST + 2 * CELL, SOUTH + 3 * CELL)), srid=4326)
    usual = {"kind": "geofence", "layer": "facilities", "measure": "", "limit": None}
    by_area, by_unit = subjects(rule(**usual, fence=area)), subjects(rule(**usual, unit=world.units["A"]))
    assert by_area == by_unit
    assert {f"feature:{row.pk}" for row in world.rows["facilities"] if row.home == "A"} <= by_area


def test_data_that_do_not_arrive(world: World) -> None:
    """Of a station, and of a layer as a whole."""
    pk = measured(world, 1.0)
    execute("UPDATE layers_station SET latest_at = now() - interval '3 hours' WHERE id = %s", pk)
    usual = {"kind": "absence", "measure": "latest_at", "limit": None, "minutes": 120}
    assert subjects(rule(**usual)) == {f"feature:{pk}"}
    assert subjects(rule(**usual, subject="whole")) == set()
    execute("UPDATE layers_station SET latest_at = now() - interval '3 hours'")
    assert subjects(rule(**usual, subject="whole")) == {"whole"}


def test_a_deadline_that_has_passed(world: World) -> None:
    """Open reports alone, by the rule's filter."""
    pk = world.row("incidents", "A").pk
    execute("UPDATE incidents_incident SET due_at = now() + interval '1 day', status = 'new'")
    execute("UPDATE incidents_incident SET due_at = now() - interval '1 minute' WHERE id = %s", pk)
    made = rule(kind="overdue", layer="incidents", measure="due_at", limit=None, filter="status <> 'resolved'")
    assert subjects(made) == {f"feature:{pk}"}
    execute("UPDATE incidents_incident SET status = 'resolved' WHERE id = %s", pk)
    assert subjects(made) == set()


def test_a_flood_is_one_alert(world: World) -> None:
    """Beyond a number nobody reads them one by one."""
    place = Point(WEST, SOUTH, srid=4326)
    Facility.objects.bulk_create(Facility(name=f"Trạm {n}", theme="health", kind="", address="", geom=place) for n in range(MOST + 1))
    made = rule(
        kind="geofence", layer="facilities", measure="", limit=None, fence=MultiPolygon(Polygon.from_bbox((100, 10, 110, 20)), srid=4326)
    )
    (finding,) = findings(wanted(made))
    assert (finding.subject, finding.value) == ("many", len(world.rows["facilities"]) + MOST + 1)


def test_what_nobody_acknowledged_is_escalated_once(world: World, told: Told) -> None:
    """Acknowledged or over, it is not."""
    made = rule(escalate_minutes=10)
    measured(world, 3)
    evaluate(made)
    assert escalate() == 0
    Alert.objects.update(raised_at=timezone.now() - timedelta(minutes=11))
    assert (escalate(), escalate()) == (1, 0)
    Alert.objects.update(escalated_at=None, acknowledged_at=timezone.now())
    assert escalate() == 0
    assert [event for event, _subjects in told] == ["raised", "escalated"]


def test_a_rule_that_was_switched_off_has_no_open_alerts(world: World) -> None:
    made = rule()
    measured(world, 3)
    evaluate(made)
    AlertRule.objects.update(is_active=False)
    assert clear_orphans() == 1


def test_only_rules_of_what_changed_are_evaluated(world: World) -> None:
    """All of them where a rule did."""
    rule()
    rule(layer="facilities", kind="geofence", measure="", limit=None, unit=world.units["A"])
    assert evaluate_tables([Station._meta.db_table]) == 1
    assert evaluate_tables(["layers_roadsegment"]) == 0
    assert evaluate_tables([AlertRule._meta.db_table]) == 2


def test_a_rule_that_lost_its_field_says_so(world: World) -> None:
    """And the others go on."""
    made = rule(measure="depth")
    assert evaluate(made)
    made.refresh_from_db()
    assert "depth" in made.fault
    made.measure = "latest_result"
    made.save()
    evaluate(made)
    made.refresh_from_db()
    assert made.fault == ""


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"layer": "nowhere"}, "layer"),
        ({"limit": None}, "limit"),
        ({"measure": "name"}, "measure"),
        ({"filter": "depth > 3"}, "filter"),
        ({"kind": "rate", "measure": "rain"}, "minutes"),
        ({"kind": "rate", "measure": "alarms", "minutes": 5}, "measure"),
        ({"kind": "geofence"}, "unit"),
        ({"kind": "geofence", "subject": "unit"}, "subject"),
        ({"kind": "absence", "measure": "latest_at"}, "minutes"),
        ({"kind": "overdue", "measure": "latest_result"}, "measure"),
        ({"kind": "rate", "subject": "unit", "layer": "facilities", "measure": "count", "minutes": 5}, "measure"),
    ],
)
def test_a_rule_without_meaning_is_refused(world: World, values: dict[str, Any], field: str) -> None:
    """Naming the field; what is accepted is in the sentence."""
    usual = {"name": "x", "kind": "threshold", "layer": "stations", "measure": "latest_result", "limit": 2.0}
    with pytest.raises(BadParameter) as refused:
        wanted(AlertRule(**{**usual, **values}))
    assert refused.value.field == field
