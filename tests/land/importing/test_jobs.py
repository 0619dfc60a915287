"""Imports in the background: the steps, giving up, going on after a death, and a register that moved."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from gis_core.errors import BadParameter, NotFound
from gis_core.models import Role, User
from gis_core.work.jobs import left_behind
from land.errors import SameHands, WrongState
from land.importing import jobs, office
from land.importing.request import Asked
from land.models import ChangeStep, ParcelImport
from tests import factories
from tests.land.desk import Desk
from tests.land.importing import files
from tests.land.importing.conftest import Counter
from tests.land.importing.files import Lot, lots, square

State = ParcelImport.State
Bring = Callable[..., ParcelImport]


@pytest.fixture
def bring(counter: Counter, desk: Desk, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Bring parcels as a file; the queue is a list that nobody works on."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(office, "queue_import", lambda uid: None)

    def bringing(*parcels: Lot, **asked: Any) -> ParcelImport:
        path = files.gpkg(tmp_path / f"{ParcelImport.objects.count()}.gpkg", parcels or lots())
        return office.bring(desk.officer, desk.unit.code, ContentFile(path.read_bytes(), "Tờ 77 của bà.gpkg"), Asked(**asked), None)

    return bringing


def _agreed(desk: Desk, job: ParcelImport, *, leave_out: bool = False) -> None:
    """Handed in by the officer, approved by somebody else."""
    office.submit(desk.officer, job.uid, leave_out=leave_out)
    office.approve(desk.approver, job.uid)


def _stored(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "media").rglob("*") if path.is_file())


def test_from_the_file_to_the_register(bring: Bring, counter: Counter, desk: Desk, tmp_path: Path) -> None:
    """Examined, handed in, approved, written; then nothing of the file is left."""
    job = bring()
    assert (job.state, job.name) == (State.QUEUED, "Tờ 77 của bà.gpkg")
    assert _stored(tmp_path) == [f"{job.uid}.bin"]
    jobs.work(job.uid)
    job.refresh_from_db()
    assert (job.state, job.parcels, job.report["counts"], job.report["sheets"][0]["parcels"]) == (State.CHECKED, 6, {}, 6)
    assert counter.parcels() == []
    _agreed(desk, job)
    jobs.work(job.uid)
    job.refresh_from_db()
    assert job.state == State.DONE
    assert job.change is not None and len(job.change.after) == 6
    assert (job.change.author, job.change.approver) == (desk.officer, desk.approver)
    told = ChangeStep.objects.filter(change=job.change).values_list("state", "actor", "at")
    assert [(state, actor) for state, actor, _at in told] == [
        ("submitted", desk.officer.pk),
        ("approved", desk.approver.pk),
        ("published", desk.approver.pk),
    ]
    assert [at for _state, _actor, at in told][:2] == [job.submitted_at, job.approved_at]
    assert len(counter.parcels()) == 6
    assert _stored(tmp_path) == []


def test_four_eyes(bring: Bring, counter: Counter, desk: Desk) -> None:
    """Who hands in does not approve, with both roles either; approvers hand nothing in; nothing is written before."""
    job = bring()
    jobs.work(job.uid)
    factories.jurisdiction(desk.officer, Role.APPROVER, desk.unit)
    both = User.objects.get(pk=desk.officer.pk)
    with pytest.raises(NotFound):
        office.submit(desk.approver, job.uid, leave_out=False)
    with pytest.raises(WrongState):
        office.approve(desk.approver, job.uid)
    office.submit(desk.officer, job.uid, leave_out=False)
    jobs.work(job.uid)
    job.refresh_from_db()
    assert (job.state, counter.parcels(), left_behind(ParcelImport.objects.all())) == (State.SUBMITTED, [], [])
    with pytest.raises(SameHands):
        office.approve(both, job.uid)
    other = factories.user()
    factories.jurisdiction(other, Role.LAND_OFFICER, desk.unit)
    for step in (office.approve, lambda user, uid: office.send_back(user, uid, "Thiếu")):
        with pytest.raises(NotFound):
            step(other, job.uid)
    with pytest.raises(NotFound):
        office.cancel(desk.approver, job.uid)


def test_an_import_that_is_returned_says_why(bring: Bring, counter: Counter, desk: Desk) -> None:
    """The officer hands it in again; the note goes."""
    job = bring()
    jobs.work(job.uid)
    office.submit(desk.officer, job.uid, leave_out=False)
    with pytest.raises(BadParameter):
        office.send_back(desk.approver, job.uid, " ")
    back = office.send_back(desk.approver, job.uid, "Thiếu tờ 78")
    assert (back.state, back.note) == (State.CHECKED, "Thiếu tờ 78")
    _agreed(desk, job)
    jobs.work(job.uid)
    job.refresh_from_db()
    assert (job.state, job.note, len(counter.parcels())) == (State.DONE, "", 6)


def test_an_import_that_was_handed_in_is_taken_back(bring: Bring, counter: Counter, desk: Desk) -> None:
    """By the officer, before anybody has approved."""
    job = bring()
    jobs.work(job.uid)
    office.submit(desk.officer, job.uid, leave_out=False)
    assert office.cancel(desk.officer, job.uid).state == State.CANCELLED
    with pytest.raises(WrongState):
        office.approve(desk.approver, job.uid)


def test_errors_are_left_out_only_on_demand(bring: Bring, counter: Counter, desk: Desk) -> None:
    """The officer says so; the sound parcels come in."""
    job = bring(Lot(square(0), 1), Lot(square(1), None), Lot(square(2), 3))
    jobs.work(job.uid)
    with pytest.raises(BadParameter):
        office.submit(desk.officer, job.uid, leave_out=False)
    _agreed(desk, job, leave_out=True)
    jobs.work(job.uid)
    assert [row.parcel_no for row in counter.parcels()] == [1, 3]


def test_a_file_that_cannot_be_used_says_why(bring: Bring, tmp_path: Path, desk: Desk) -> None:
    """In the officer's language, and the file is gone."""
    job = office.bring(desk.officer, desk.unit.code, ContentFile(b"MZ" * 99, "a.gpkg"), Asked(), None)
    jobs.work(job.uid)
    job.refresh_from_db()
    assert (job.state, job.failure["code"] if job.failure else "") == (State.REFUSED, "unknown-format")
    with pytest.raises(WrongState):
        office.submit(desk.officer, job.uid, leave_out=True)


def test_nothing_stays_of_an_import_that_is_cancelled_while_it_is_written(
    bring: Bring, counter: Counter, desk: Desk, tmp_path: Path
) -> None:
    """The flag is seen at the next look; the transaction is undone."""
    job = bring()
    jobs.work(job.uid)
    _agreed(desk, job)
    ParcelImport.objects.filter(pk=job.pk).update(cancel_asked=True)
    jobs.work(job.uid)
    job.refresh_from_db()
    assert (job.state, counter.parcels(), _stored(tmp_path)) == (State.CANCELLED, [], [])
    with pytest.raises(WrongState):
        office.cancel(desk.officer, job.uid)


def test_waiting_imports_are_cancelled_at_once(bring: Bring, desk: Desk) -> None:
    """Before and after the examination."""
    job = bring()
    assert office.cancel(desk.officer, job.uid).state == State.CANCELLED


def test_a_dead_workers_import_is_taken_up(bring: Bring, counter: Counter, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is not read again; the writing, which is one transaction, begins anew."""
    job = bring()

    def die(*_args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "examine", die)
        with pytest.raises(SystemExit):
            jobs.work(job.uid)
    assert left_behind(ParcelImport.objects.all()) == []
    ParcelImport.objects.filter(pk=job.pk).update(updated_at=timezone.now() - timedelta(minutes=10))
    assert left_behind(ParcelImport.objects.all()) == [job.uid]
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "read_file", die)
        jobs.work(job.uid)
    _agreed(desk, job)
    with monkeypatch.context() as patch:
        patch.setattr("land.mutations.bulk._journal", die)
        with pytest.raises(SystemExit):
            jobs.work(job.uid)
    job.refresh_from_db()
    assert (job.state, counter.parcels()) == (State.WRITING, [])
    jobs.work(job.uid)
    assert len(counter.parcels()) == 6


def test_a_register_that_moved_is_examined_anew(bring: Bring, counter: Counter, desk: Desk) -> None:
    """Somebody published a parcel there between the examination and the confirmation."""
    job = bring()
    jobs.work(job.uid)
    desk.parcel(square(0), 55, sheet_no=78)
    _agreed(desk, job)
    jobs.work(job.uid)
    job.refresh_from_db()
    assert (job.state, job.report["counts"], counter.parcels()) == (State.CHECKED, {"overlap-register": 1}, [])
    assert (job.approver, job.approved_at, bool(job.note)) == (None, None, True)


def test_other_answers_are_other_examinations(bring: Bring, desk: Desk) -> None:
    """The file is read again."""
    job = bring(*[lot.with_(sheet=None) for lot in lots()])
    jobs.work(job.uid)
    job.refresh_from_db()
    assert job.report["counts"] == {"no-sheet": 6}
    office.answer(desk.officer, job.uid, Asked(sheet=77))
    jobs.work(job.uid)
    job.refresh_from_db()
    assert job.report["counts"] == {}


def test_forgotten_imports_are_given_up(bring: Bring) -> None:
    """After a month."""
    job = bring()
    jobs.work(job.uid)
    ParcelImport.objects.filter(pk=job.pk).update(updated_at=timezone.now() - timedelta(days=31))
    jobs.clear_old()
    job.refresh_from_db()
    assert job.state == State.CANCELLED
