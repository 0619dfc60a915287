"""What an analyst does with uploads: bring a file, answer, decide, cancel. Everybody sees the own ones alone."""

import re
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, Conflict, NotFound, TooLarge
from gis_core.models import User
from gis_core.models.job import Job
from layers.models import Upload
from layers.tasks import queue_upload
from layers.uploads import jobs
from layers.uploads.asked import Answers, Plan
from layers.uploads.rules import checked, checked_public, layer_of, visible

MAX_BYTES = 2_000_000_000
# Files of one person that wait or are at work: more would fill the disk.
MAX_OPEN = 20
State = Job.State


def one(user: User, uid: UUID) -> Upload:
    """Raises NotFound."""
    job = visible(user).filter(uid=uid).first()
    if job is None:
        raise NotFound(_("There is no such upload, or it is not yours."))
    return job


def bring(user: User, file: File[bytes], answers: Answers) -> Upload:
    """Take a file in and queue its examination. Raises NotFound, TooLarge, BadParameter."""
    checked(user)
    if (file.size or 0) > MAX_BYTES:
        raise TooLarge(_("A file may have at most %(limit)d MB.") % {"limit": MAX_BYTES // 1_000_000}, field="file")
    if not file.size:
        raise BadParameter(_("The file is empty."), field="file")
    if visible(user).filter(state__in=(*Upload.busy, State.ASKING, State.EXAMINED)).count() >= MAX_OPEN:
        raise Conflict(_("%(limit)d of your files wait for you already. Decide them or cancel some.") % {"limit": MAX_OPEN})
    job = Upload(author=user, name=file_name(file.name or ""), size=file.size, asked=answers.as_dict())
    job.file.save(f"{job.uid}.bin", file, save=False)
    job.save()
    queue(job)
    return job


def file_name(given: str) -> str:
    """The file's own name without folders and control characters, its ending kept."""
    name = re.sub(r"[^\w.\- ]", "_", given.replace("\\", "/").rpartition("/")[2]).strip(". ")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:12]}" if dot else name[:110] or "file"


def answer(user: User, uid: UUID, answers: Answers) -> Upload:
    """Examine a file again with other answers. Raises NotFound, Conflict."""
    return _moved(user, uid, (State.ASKING, State.EXAMINED), State.QUEUED, asked=answers.as_dict(), report={})


def confirm(user: User, uid: UUID, plan: Plan) -> Upload:
    """Have the layer written. Raises NotFound, Conflict, BadParameter."""
    job = one(user, uid)
    checked_public(checked(user), public=plan.public)
    if plan.mode != "create":
        layer_of(user, plan.target)
    elif not plan.title.strip():
        raise BadParameter(_("Give the layer a title."), field="title")
    if job.kind == Upload.Kind.COVERAGE and plan.mode == "upsert":
        raise BadParameter(_("A raster has no rows to renew: replace it, or add a scene."), field="mode")
    bad = job.report.get("bad", 0)
    if job.state == State.EXAMINED and bad and not plan.leave_out:
        sentence = _("%(count)d rows cannot be used. Mend the file, or say that they are to be left out.") % {"count": bad}
        raise BadParameter(sentence, field="leave_out")
    if plan.key and plan.key not in {name for column in job.report.get("columns", []) for name in (column["name"], column["alias"])}:
        raise BadParameter(_("The file has no attribute “%(field)s”.") % {"field": plan.key[:60]}, field="key")
    return _moved(user, uid, (State.EXAMINED,), State.CONFIRMED, plan=plan.as_dict())


def cancel(user: User, uid: UUID) -> Upload:
    """Give an upload up; one at work is killed within a second, and nothing of it stays. Raises NotFound, Conflict."""
    one(user, uid)
    with transaction.atomic():
        job = Upload.objects.select_for_update(of=("self",)).select_related("author").get(uid=uid)
        if job.is_over:
            raise Conflict(_("The upload is over already."))
        if job.state in (State.WORKING, State.WRITING):
            Upload.objects.filter(pk=job.pk).update(cancel_asked=True)
            job.cancel_asked = True
        else:
            jobs.give_up(job)
    return job


def _moved(user: User, uid: UUID, before: tuple[State, ...], after: State, **values: object) -> Upload:
    one(user, uid)
    with transaction.atomic():
        job = Upload.objects.select_for_update(of=("self",)).select_related("author").get(uid=uid)
        if job.state not in before:
            raise Conflict(_("The upload is “%(state)s”; this step does not follow on that.") % {"state": job.get_state_display()})
        for name, value in {"state": after, "step": "", "done": 0, "total": 0, "failure": None, **values}.items():
            setattr(job, name, value)
        job.save()
        queue(job)
    return job


def queue(job: Upload) -> None:
    """Have the worker take the next step, once the transaction is through."""
    transaction.on_commit(lambda: queue_upload(job.uid))
