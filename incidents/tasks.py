"""Tasks of the background worker; Procrastinate looks for them here."""

from incidents.notify.tasks import deliver_notice, sweep_notices
from incidents.photos.tasks import develop_photo, sweep_photos
from incidents.workflow.tasks import confirm_resolved, mark_overdue

__all__ = ["confirm_resolved", "deliver_notice", "develop_photo", "mark_overdue", "sweep_notices", "sweep_photos"]
