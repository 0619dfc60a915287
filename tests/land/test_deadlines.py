"""Deadlines by kind of change, and what is late."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from land.models import DeadlineRule, ParcelChange
from land.workflow import steps
from land.workflow.deadlines import WORKING_DAYS, due_on, is_overdue
from tests.land.api.caller import caller
from tests.land.desk import Desk
from tests.land.ground import slanted

FRIDAY = date(2026, 11, 20)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "expected"), [(0, FRIDAY), (1, date(2026, 11, 23)), (5, date(2026, 11, 27)), (6, date(2026, 11, 30))])
def test_weekends_do_not_count(days: int, expected: date) -> None:
    """The day after a Friday is a Monday."""
    DeadlineRule.objects.create(kind="merge", working_days=days)
    assert due_on("merge", FRIDAY) == expected


@pytest.mark.django_db
def test_a_kind_without_a_rule_has_ten_days() -> None:
    """Two weeks."""
    assert WORKING_DAYS == 10
    assert due_on("gift", FRIDAY) == FRIDAY + timedelta(days=14)


def test_the_overdue_list(desk: Desk) -> None:
    """What waits for the office beyond its day; a returned one waits for its author and is not late."""
    parcel = desk.parcel(slanted(), 1)
    late = steps.submit(desk.officer, desk.draft("correct", parcel=str(parcel.uid), address="Kiệt 4").uid)
    timely = steps.submit(desk.officer, desk.draft("correct", parcel=str(parcel.uid), address="Kiệt 5").uid)
    yesterday = timezone.localdate() - timedelta(days=1)
    ParcelChange.objects.filter(pk=late.pk).update(due_on=yesterday)
    listed = caller(desk.approver).get("/changes", overdue="true").body
    assert [(row["uid"], row["overdue"]) for row in listed] == [(str(late.uid), True)]
    everything = caller(desk.approver).get("/changes").body
    assert [row["uid"] for row in everything] == [str(late.uid), str(timely.uid)]
    returned = steps.send_back(desk.approver, late.uid, "Thiếu bản đo")
    assert not is_overdue(returned, timezone.localdate())
    assert caller(desk.approver).get("/changes", overdue="true").body == []
    assert [row["uid"] for row in caller(desk.officer).get("/changes", state="checked", mine="true").body] == [str(timely.uid)]
