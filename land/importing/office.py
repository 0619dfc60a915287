"""What people do with imports: an officer of the unit brings a file and hands it in or gives it up; an approver approves or returns it."""

import re
from datetime import date
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import AccessRule, scope_of
from gis_core.errors import BadParameter, NotFound, TooLarge
from gis_core.models import AdminUnit, User
from land.errors import SameHands, WrongState
from land.importing import jobs
from land.importing.request import Asked
from land.models import ParcelImport
from land.tasks import queue_import

MAX_BYTES = 500_000_000
State = ParcelImport.State


def visible(user: User) -> "QuerySet[ParcelImport]":
    """The imports of the user's units, newest first."""
    reach = ParcelImport.rule.reach(scope_of(user))
    rows = ParcelImport.objects.select_related("unit", "author", "approver", "change").order_by("-created_at")
    return rows if reach.everything else rows.filter(unit__in=reach.units)


def one(user: User, uid: UUID) -> ParcelImport:
    """Raises NotFound."""
    job = visible(user).filter(uid=uid).first()
    if job is None:
        raise NotFound(_("There is no such import, or it is not open to you."))
    return job


def unit_of(user: User, code: str) -> AdminUnit:
    """The commune of today with this code, for its officers. Raises NotFound."""
    reach = ParcelImport.rule.reach(scope_of(user), "change")
    units = AdminUnit.objects.current().filter(code=code, level=AdminUnit.Level.COMMUNE)
    unit = (units if reach.everything else units.filter(pk__in=reach.units)).first()
    if unit is None:
        raise NotFound(_("There is no such unit, or its imports are not open to you."), field="unit")
    return unit


def bring(user: User, unit: str, file: File[bytes], asked: Asked, on: date | None) -> ParcelImport:
    """Take a file in and queue its examination. Raises NotFound, TooLarge, BadParameter."""
    commune = unit_of(user, unit)
    if (file.size or 0) > MAX_BYTES:
        raise TooLarge(_("A file may have at most %(limit)d MB.") % {"limit": MAX_BYTES // 1_000_000}, field="file")
    if not file.size:
        raise BadParameter(_("The file is empty."), field="file")
    job = ParcelImport(unit=commune, author=user, name=_name(file.name or ""), asked=asked.as_dict())
    if on is not None:
        job.effective_on = on
    # The name on the officer's disk may carry a person's name.
    job.file.save(f"{job.uid}.bin", file, save=False)
    job.save()
    transaction.on_commit(lambda: queue_import(job.uid))
    return job


def _name(given: str) -> str:
    """The file's own name without folders and control characters, its ending kept."""
    name = re.sub(r"[^\w.\- ]", "_", given.replace("\\", "/").rpartition("/")[2]).strip(". ")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:12]}" if dot else name[:110] or "file"


def answer(user: User, uid: UUID, asked: Asked) -> ParcelImport:
    """Examine a file again with other answers. Raises NotFound, WrongState."""
    _reached(user, uid)
    return _moved(uid, State.CHECKED, State.QUEUED, asked=asked.as_dict(), report={}, understood={}, note="")


def submit(user: User, uid: UUID, *, leave_out: bool) -> ParcelImport:
    """Hand an import in for approval. Raises NotFound, WrongState; BadParameter while parcels have errors that are not to be left out."""
    job = _reached(user, uid)
    if job.state == State.CHECKED:
        bad = len(job.report["bad"])
        if job.report["hopeless"] or bad >= job.parcels:
            raise WrongState(_("Nothing of this file can be brought in; the report says why."))
        if bad and not leave_out:
            sentence = _("%(count)d parcels cannot be brought in. Mend the file, or say that they are to be left out.") % {"count": bad}
            raise BadParameter(sentence, field="leave_out")
    return _moved(uid, State.CHECKED, State.SUBMITTED, leave_out=leave_out, author=user, submitted_at=timezone.now(), note="")


def approve(user: User, uid: UUID) -> ParcelImport:
    """Have the parcels written. Raises NotFound, WrongState; SameHands for whoever handed it in, whatever else the account may do."""
    _reached(user, uid, ParcelImport.approve_rule)
    return _moved(uid, State.SUBMITTED, State.CONFIRMED, by=user, approver=user, approved_at=timezone.now())


def send_back(user: User, uid: UUID, note: str) -> ParcelImport:
    """Return an import to the officer, saying why. Raises NotFound, WrongState, BadParameter."""
    _reached(user, uid, ParcelImport.approve_rule)
    if not note.strip():
        raise BadParameter(_("Say why the import is returned."), field="note")
    return _moved(uid, State.SUBMITTED, State.CHECKED, note=note.strip()[:500])


def may(user: User, job: ParcelImport) -> dict[str, bool]:
    """What a person may do with an import: change it (an officer), approve it (an approver who did not hand it in)."""
    scope = scope_of(user)
    reaches = {"change": ParcelImport.rule.reach(scope, "change"), "approve": ParcelImport.approve_rule.reach(scope, "change")}
    found = {name: reach.everything or job.unit_id in reach.units for name, reach in reaches.items()}
    return {**found, "approve": found["approve"] and job.author_id != user.pk}


def cancel(user: User, uid: UUID) -> ParcelImport:
    """Give an import up; one at work stops within a second, and nothing of it stays. Raises NotFound, WrongState."""
    _reached(user, uid)
    with transaction.atomic():
        job = ParcelImport.objects.select_for_update(of=("self",)).select_related("unit", "author", "approver").get(uid=uid)
        if job.is_over:
            raise WrongState(_("The import is over already."))
        if job.state in (State.CHECKING, State.WRITING):
            ParcelImport.objects.filter(pk=job.pk).update(cancel_asked=True)
            job.cancel_asked = True
        else:
            jobs.give_up(job)
    return job


def _reached(user: User, uid: UUID, rule: AccessRule = ParcelImport.rule) -> ParcelImport:
    """The import, for whoever the rule lets change it. Raises NotFound."""
    job = one(user, uid)
    reach = rule.reach(scope_of(user), "change")
    if not (reach.everything or job.unit_id in reach.units):
        raise NotFound(_("There is no such import, or it is not open to you."))
    return job


def _moved(uid: UUID, before: State, after: State, *, by: User | None = None, **values: object) -> ParcelImport:
    with transaction.atomic():
        job = ParcelImport.objects.select_for_update(of=("self",)).select_related("unit", "author", "approver").get(uid=uid)
        if job.state != before:
            raise WrongState(_("The import is “%(state)s”; this step does not follow on that.") % {"state": job.get_state_display()})
        if by is not None and job.author_id == by.pk:
            raise SameHands(_("Who handed an import in cannot approve it; another approver of the unit must."))
        for name, value in {"state": after, "step": "", "done": 0, "total": 0, **values}.items():
            setattr(job, name, value)
        job.save()
        if after in (State.QUEUED, State.CONFIRMED):
            transaction.on_commit(lambda: queue_import(uid))
    return job
