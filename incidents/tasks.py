"""Tasks of the background worker; Procrastinate looks for them here."""

from procrastinate.contrib.django import app

from incidents import privacy
from incidents.notify.tasks import deliver_notice, sweep_notices
from incidents.photos.tasks import develop_photo, sweep_photos
from incidents.workflow.tasks import confirm_resolved, mark_overdue

__all__ = ["confirm_resolved", "deliver_notice", "develop_photo", "forget_contacts", "mark_overdue", "sweep_notices", "sweep_photos"]


@app.periodic(cron="47 2 * * *")
@app.task(queueing_lock="forget_contacts", pass_context=False)
def forget_contacts(timestamp: int | None = None) -> int:
    """Contacts of reports resolved long ago; how many."""
    return privacy.forget_old()
