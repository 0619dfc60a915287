"""Contacts are read through one door that writes down who looked; the rules can be tried."""

from datetime import timedelta

import pytest
from django.test import Client

from gis_core.errors import NotFound
from incidents.deadlines import is_overdue, pause, remaining, resume
from incidents.intake import Contact, take_in
from incidents.models import DeadlineRule, HandlingUnit, ReporterRead, RoutingRule
from incidents.reporters import read_contact
from incidents.rows import EVERYBODY, incidents
from tests import factories
from tests.cast import Cast
from tests.incidents.reports import IN_A, category, report
from tests.world import World

pytestmark = pytest.mark.django_db


def test_contacts_are_for_dispatchers_of_the_place_and_readings_are_logged(world: World, cast: Cast) -> None:
    category()
    incident = take_in(report(contact=Contact(phone="0905 111 222"))).incident_id
    readers = set()
    for person in cast:
        if person.user is None:
            continue
        try:
            assert read_contact(person.user, incident).phone == "0905 111 222"
            readers.add(person.name)
        except NotFound:
            pass
    assert readers == {"officer"}
    assert list(ReporterRead.objects.values_list("user__username", "incident", "what")) == [("officer.world", incident, "contact")]


def test_the_clock_of_the_deadline_stands_while_the_office_waits(world: World) -> None:
    category()
    DeadlineRule.objects.create(hours=2)
    row = incidents(EVERYBODY).get(pk=take_in(report()).incident_id)
    assert row.due_at is not None
    start = row.due_at
    pause(row, start - timedelta(hours=1))
    later = start + timedelta(hours=5)
    assert remaining(row, later) == timedelta(hours=1)
    assert not is_overdue(row, later)
    resume(row, later)
    assert (row.due_at, row.paused_s) == (start + timedelta(hours=6), 6 * 3600)
    assert is_overdue(row, start + timedelta(hours=7))


def test_the_rules_can_be_tried(world: World, client: Client) -> None:
    traffic = category()
    unit = HandlingUnit.objects.create(code="doi-1", name="Đội quản lý đường")
    RoutingRule.objects.create(unit=unit, category=traffic, area=world.units["A"])
    DeadlineRule.objects.create(hours=8)
    client.force_login(factories.superuser())
    path = "/admin/incidents/routingrule/try/"
    assert "try/" in client.get("/admin/incidents/routingrule/").content.decode()
    asked = {"lon": str(IN_A.lon), "lat": str(IN_A.lat), "category": traffic.pk, "severity": "low"}
    said = client.get(path, asked).content.decode()
    assert "Đội quản lý đường" in said
    assert "8" in said
    elsewhere = client.get(path, {**asked, "lon": "108.4655"}).content.decode()
    assert "Đội quản lý đường" not in elsewhere
    assert client.get(path, {**asked, "lat": "99"}).status_code == 200
