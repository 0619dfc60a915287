"""What is asked of the office for reports: forms, answers for browsers, bounds, ends of all kinds."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from gis_core.models import Role
from layers.briefings import jobs, office
from layers.briefings.contract import kinds
from layers.models import BriefingJob, BriefingLink, BriefingSchedule
from tests.briefings.conftest import Desk
from tests.world import World

A_CODE = "20341"
SITUATION = {"kind": "situation", "parameters": {"unit": A_CODE}}


@pytest.fixture
def report(desk: Desk) -> Any:
    """A finished one."""
    return desk.made("situation", unit=A_CODE)


def test_the_kinds_describe_their_forms(desk: Desk) -> None:
    """In the words of the page; every default does."""
    kinds_ = desk.get("/kinds").body
    assert {kind["name"] for kind in kinds_} == {"situation", "land_use_change", "hotspots", "indicators"} == set(kinds())
    for kind in kinds_:
        assert kind["title"] and kind["abstract"] and kind["parameters"]


@pytest.mark.parametrize(
    ("form", "kind", "place"),
    [
        ("html", "text/html; charset=utf-8", "inline"),
        ("pdf", "application/pdf", "inline"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment"),
        ("gpkg", "application/geopackage+sqlite3", "attachment"),
    ],
)
def test_files_come_as_browsers_take_them(desk: Desk, report: Any, form: str, kind: str, place: str) -> None:
    """With their type and a name; a page may run its own scripts in a sandbox and reach nobody."""
    answer = desk.client.get(report["files"][form])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert re.fullmatch(rf'{place}; filename="situation-\d{{8}}\.{form}"', answer.headers["Content-Disposition"])
    assert answer.headers["Cache-Control"] == "private, no-cache"
    if form == "html":
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "allow-same-origin" not in policy
        assert "connect-src" not in policy and "http" not in policy


def test_other_formats_are_refused(desk: Desk, report: Any) -> None:
    """With the names of those there are."""
    answer = desk.get(f"/{report['uid']}/file", f="docx")
    assert answer.status_code in (400, 422)
    assert "docx" not in report["files"]


def test_nothing_is_read_before_its_end(desk: Desk) -> None:
    """A report that waits has no file, no page and no link."""
    uid = desk.send("", SITUATION).body["uid"]
    assert desk.get(f"/{uid}/file").status_code == 404
    assert desk.client.get(f"/briefings/{uid}/").status_code == 404
    assert desk.send(f"/{uid}/links", {"days": 3}).status_code == 409


def test_what_is_not_there(desk: Desk) -> None:
    """Made-up addresses."""
    uid = uuid4()
    assert {desk.get(path).status_code for path in (f"/{uid}", f"/{uid}/file", f"/{uid}/links")} == {404}
    assert desk.send(f"/links/{uid}/revoke").status_code == 404
    assert desk.send(f"/schedules/{uid}", method="DELETE").status_code == 404
    assert desk.send("", {"kind": "horoscope", "parameters": {}}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {**SITUATION, "author": 1},
        {"kind": "situation", "parameters": {"unit": [A_CODE]}},
        {"kind": "x" * 41, "parameters": {}},
        {**SITUATION, "every": "hour"},
        [],
    ],
)
def test_what_is_no_question(desk: Desk, body: Any) -> None:
    """400 or 422, and nothing is made."""
    for path in ("", "/schedules"):
        answer = desk.client.post(f"/api/briefings{path}", body, "application/json")
        if path or "every" not in body:
            assert answer.status_code in (400, 422), (path, answer.content)
    assert BriefingSchedule.objects.count() == 0


def test_reports_at_once_are_bounded(desk: Desk) -> None:
    """A person's queue is not everybody's."""
    codes = [desk.send("", SITUATION).status_code for _one in range(office.MAX_OPEN + 1)]
    assert codes == [201] * office.MAX_OPEN + [409]


def test_schedules_are_bounded(desk: Desk) -> None:
    """Twenty a person."""
    body = {**SITUATION, "every": "month"}
    codes = [desk.send("/schedules", body).status_code for _one in range(office.MAX_SCHEDULES + 1)]
    assert codes == [201] * office.MAX_SCHEDULES + [409]


def test_a_schedule_ends_and_its_reports_stay(desk: Desk) -> None:
    """Deleted once; gone the second time."""
    plan = desk.send("/schedules", {**SITUATION, "every": "day"}).body
    BriefingSchedule.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    (job,) = office.due()
    jobs.work(job.uid)
    assert desk.send(f"/schedules/{plan['uid']}", method="DELETE").status_code == 204
    assert desk.send(f"/schedules/{plan['uid']}", method="DELETE").status_code == 404
    assert [(one["state"], one["scheduled"]) for one in desk.get().body] == [("done", False)]


def test_a_worker_that_slept_makes_each_report_once(desk: Desk) -> None:
    """Three days late: one report, not three; the next turn lies ahead."""
    desk.send("/schedules", {**SITUATION, "every": "day"})
    BriefingSchedule.objects.update(next_at=timezone.now() - timedelta(days=3))
    assert len(office.due()) == 1
    assert BriefingSchedule.objects.get().next_at > timezone.now()


def test_the_workers_minute(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues what is due and what a dead worker left, and forgets what is a year and a month old."""
    from layers import tasks

    queued: list[str] = []
    monkeypatch.setattr("layers.tasks.queue_briefing", lambda uid: queued.append(str(uid)))
    left = desk.send("", SITUATION).body["uid"]
    old = desk.made("situation", unit=A_CODE)
    BriefingJob.objects.filter(uid=left).update(updated_at=timezone.now() - timedelta(minutes=10))
    BriefingJob.objects.filter(uid=old["uid"]).update(updated_at=timezone.now() - timedelta(days=401))
    files = list(BriefingJob.objects.get(uid=old["uid"]).files.values())
    tasks.watch_briefings(0)
    assert queued == [left]
    assert not BriefingJob.objects.filter(uid=old["uid"]).exists()
    assert not any(default_storage.exists(name) for name in files)


def test_links_go_with_their_report(desk: Desk, report: Any) -> None:
    """Whoever holds one finds nothing any more."""
    link = desk.send(f"/{report['uid']}/links", {"days": 3}).body
    path = "/" + link["address"].split("/", 3)[3]
    assert Client().get(path).status_code == 200
    jobs.forget(BriefingJob.objects.get(uid=report["uid"]))
    assert (Client().get(path).status_code, BriefingLink.objects.count()) == (404, 0)


def test_links_are_read_and_nothing_else(desk: Desk, report: Any) -> None:
    """No method but reading; the address names neither the report nor its author."""
    link = desk.send(f"/{report['uid']}/links", {"days": 3}).body
    path = "/" + link["address"].split("/", 3)[3]
    assert {Client().post(path).status_code, Client().delete(path).status_code} == {405}
    assert report["uid"].replace("-", "") not in path
    assert desk.user.username not in path
    assert Client().get(path).headers["X-Robots-Tag"] == "noindex"


def test_who_lost_the_work_meanwhile_gets_nothing(desk: Desk) -> None:
    """Rights are those of the moment of the making; it says why."""
    from gis_core.models import Jurisdiction

    uid = desk.send("", SITUATION).body["uid"]
    Jurisdiction.objects.filter(user=desk.user).delete()
    jobs.work(uid)
    job = BriefingJob.objects.get(uid=uid)
    assert (job.state, job.files) == ("refused", {})
    assert job.failure is not None and job.failure["detail"]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEADER, Role.OPERATOR, Role.ADMINISTRATOR])
def test_each_kind_for_each_role(desks: Callable[..., Desk], world: World, role: str) -> None:
    """The situation of the province, and land-use change, made for everybody who may ask for them."""
    desk = desks(role)
    for kind, given in (("situation", {"unit": "48"}), ("land_use_change", {"unit": "48", "before": "2025-12-01", "after": "2026-10-01"})):
        made = desk.made(kind, **given)
        assert (made["state"], made["failure"]) == ("done", ""), kind
        assert {"html", "pdf", "xlsx"} <= set(made["files"])


@pytest.mark.parametrize("path", ["", "/schedules", "/links/00000000-0000-4000-8000-000000000000/revoke"])
def test_what_is_wrong_with_a_question_is_told_to_whoever_may_ask(desks: Callable[..., Desk], path: str) -> None:
    """Everybody else finds no such address, whatever they send."""
    for role in (None, Role.FIELD_STAFF):
        assert desks(role).client.post(f"/api/briefings{path}", "{", "application/json").status_code == 404
    assert Client().post(f"/api/briefings{path}", "{", "application/json").status_code == 401
    assert desks().client.post(f"/api/briefings{path}", "{", "application/json").status_code in (400, 404, 422)
