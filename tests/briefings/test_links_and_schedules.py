"""Links that expire and can be revoked; reports that are made again and again; who sees what."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from gis_core.models import Jurisdiction, Role
from layers.briefings import jobs, office
from layers.briefings.office import following
from layers.models import BriefingJob, BriefingLink, BriefingSchedule
from tests.briefings.conftest import Desk

A_CODE = "20341"


@pytest.fixture
def report(desk: Desk) -> Any:
    """A finished one."""
    return desk.made("situation", unit=A_CODE)


def _path(link: Any) -> str:
    return str(urlsplit(link["address"]).path)


def test_a_link_opens_the_report_for_anybody(desk: Desk, report: Any) -> None:
    """In every format, uncached, without giving its address away."""
    link = desk.send(f"/{report['uid']}/links", {"days": 3}).body
    visitor = Client()
    page = visitor.get(_path(link))
    assert (page.status_code, "Tình hình" in page.content.decode()) == (200, True)
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == ("no-referrer", "private, no-store")
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert visitor.get(_path(link), {"f": "pdf"}).content.startswith(b"%PDF-")
    assert visitor.get(_path(link), {"f": "exe"}).status_code == 400
    assert [one["opened"] for one in desk.get(f"/{report['uid']}/links").body] == [2]


def test_a_link_ends(desk: Desk, report: Any) -> None:
    """By its date, by being revoked, and never by another token."""
    link = desk.send(f"/{report['uid']}/links", {"days": 1}).body
    path = _path(link)
    assert Client().get(path[:-1] + ("a" if path[-1] != "a" else "b")).status_code == 404
    BriefingLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(path).status_code == 404
    other = desk.send(f"/{report['uid']}/links", {}).body
    assert Client().get(_path(other)).status_code == 200
    assert desk.send(f"/links/{other['uid']}/revoke").body["revoked"] is True
    assert Client().get(_path(other)).status_code == 404


def test_a_link_ends_with_its_authors_work(desk: Desk, report: Any) -> None:
    """Who may not read reports any more hands none on."""
    link = desk.send(f"/{report['uid']}/links", {}).body
    Jurisdiction.objects.filter(user=desk.user).delete()
    assert Client().get(_path(link)).status_code == 404


@pytest.mark.parametrize("days", [0, 91, -3])
def test_links_are_short(desk: Desk, report: Any, days: int) -> None:
    """One day to ninety."""
    assert desk.send(f"/{report['uid']}/links", {"days": days}).status_code == 400


@pytest.mark.parametrize("role", [Role.LAND_OFFICER, Role.DISPATCHER, Role.FIELD_STAFF, None])
def test_reports_exist_for_some_people_alone(desks: Callable[..., Desk], report: Any, role: str | None) -> None:
    """404 for everybody else, pages too."""
    other = desks(role)
    uid = report["uid"]
    assert {other.get(path).status_code for path in ("", "/kinds", "/schedules", f"/{uid}", f"/{uid}/file", f"/{uid}/links")} == {404}
    assert other.send("", {"kind": "situation", "parameters": {"unit": A_CODE}}).status_code == 404
    assert {other.client.get(page).status_code for page in ("/briefings/", f"/briefings/{uid}/")} == {404}


def test_everybody_sees_the_own_ones(desks: Callable[..., Desk], desk: Desk, report: Any) -> None:
    """Another leader's reports, links and schedules are not there."""
    link = desk.send(f"/{report['uid']}/links", {}).body
    plan = desk.send("/schedules", {"kind": "situation", "parameters": {"unit": A_CODE}, "every": "week"}).body
    other = desks()
    assert (other.get().body, other.get("/schedules").body) == ([], [])
    assert other.get(f"/{report['uid']}/file").status_code == 404
    assert other.send(f"/{report['uid']}/links", {}).status_code == 404
    assert other.send(f"/links/{link['uid']}/revoke").status_code == 404
    assert other.send(f"/schedules/{plan['uid']}", method="DELETE").status_code == 404
    assert other.client.get(f"/briefings/{report['uid']}/").status_code == 404
    assert desk.client.get(f"/briefings/{report['uid']}/").status_code == 200
    assert b'"situation"' in desk.client.get("/briefings/").content


def test_what_is_due_is_made(desk: Desk) -> None:
    """Once, in its author's name; then it waits for its next turn."""
    desk.send("/schedules", {"kind": "situation", "parameters": {"unit": A_CODE}, "every": "day"})
    assert office.due() == []
    BriefingSchedule.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    (job,) = office.due()
    assert (job.author, job.kind, BriefingSchedule.objects.get().next_at > timezone.now()) == (desk.user, "situation", True)
    assert office.due() == []
    jobs.work(job.uid)
    assert [(one["state"], one["scheduled"]) for one in desk.get().body] == [("done", True)]


def test_a_schedule_whose_author_lost_the_work_makes_nothing(desk: Desk) -> None:
    """And does no harm to the others."""
    desk.send("/schedules", {"kind": "situation", "parameters": {"unit": A_CODE}, "every": "day"})
    Jurisdiction.objects.filter(user=desk.user).delete()
    BriefingSchedule.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    assert (office.due(), BriefingJob.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("after", "every", "then"),
    [
        ("2026-11-28 05:59", "day", "2026-11-28 06:00"),
        ("2026-11-28 06:00", "day", "2026-11-29 06:00"),
        ("2026-11-28 12:00", "week", "2026-11-30 06:00"),
        ("2026-11-30 06:00", "week", "2026-12-07 06:00"),
        ("2026-12-31 23:00", "month", "2027-01-01 06:00"),
        ("2026-02-01 06:00", "month", "2026-03-01 06:00"),
    ],
)
def test_mornings(after: str, every: str, then: str) -> None:
    """At six, on Mondays, on the first."""
    here = ZoneInfo("Asia/Ho_Chi_Minh")
    found = following(datetime.fromisoformat(after).replace(tzinfo=here), every)
    assert found == datetime.fromisoformat(then).replace(tzinfo=here)


def test_a_report_that_waits_can_be_cancelled(desk: Desk) -> None:
    """At once; at work within a step."""
    uid = desk.send("", {"kind": "situation", "parameters": {"unit": A_CODE}}).body["uid"]
    assert desk.send(f"/{uid}/cancel").body["state"] == "cancelled"
    assert desk.send(f"/{uid}/cancel").status_code == 409
    other = desk.send("", {"kind": "situation", "parameters": {"unit": A_CODE}}).body["uid"]
    BriefingJob.objects.filter(uid=other).update(cancel_asked=True)
    jobs.work(other)
    assert desk.get(f"/{other}").body["state"] == "cancelled"
