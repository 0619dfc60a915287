"""Files of parcels on their way into the register: what was asked, what was found, who handed it in and who approved, what came of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.models import AdminUnit, Role
from gis_core.models.job import BackgroundWork
from land.models.change import ParcelChange


class ParcelImport(BackgroundWork):
    """One file. It is examined by the worker, shown with everything that is wrong, handed in by an officer, then
    approved by somebody else and written.

    `understood` and `report` are what land/importing found; `register` is the digest of the parcels that were there then.
    `author` is who handed it in, until then who brought it. `note` says why it came back.
    The file and the examined rows are kept until the import is done or given up: they may carry more than the register does.
    """

    class State(models.TextChoices):
        """Steps of the work."""

        QUEUED = "queued", _("waiting to be examined")
        CHECKING = "checking", _("being examined")
        CHECKED = "checked", _("examined")
        SUBMITTED = "submitted", _("waiting for approval")
        REFUSED = "refused", _("cannot be used")
        CONFIRMED = "confirmed", _("waiting to be written")
        WRITING = "writing", _("being written")
        DONE = "done", _("brought in")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    busy = (State.QUEUED, State.CHECKING, State.CONFIRMED, State.WRITING)
    over = (State.DONE, State.CANCELLED, State.REFUSED, State.FAILED)
    with_people: ClassVar[tuple[str, ...]] = (State.CHECKED, State.SUBMITTED)
    """States in which a person is to say what happens next."""

    rule: ClassVar[AccessRule] = AccessRule(view=frozenset({Role.LAND_OFFICER, Role.APPROVER}), change=frozenset({Role.LAND_OFFICER}))
    approve_rule: ClassVar[AccessRule] = AccessRule(change=frozenset({Role.APPROVER}))

    unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="+", verbose_name=_("administrative unit"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approver"))
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    file = models.FileField(_("file"), upload_to="land/imports/", blank=True)
    name = models.CharField(_("name of the file"), max_length=120)
    asked = models.JSONField(default=dict)
    effective_on = models.DateField(_("effective on"), default=timezone.localdate)
    understood = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    register = models.CharField(max_length=64, blank=True)
    parcels = models.PositiveIntegerField(_("parcels"), default=0)
    leave_out = models.BooleanField(_("leave out what cannot be brought in"), default=False)
    change = models.OneToOneField(ParcelChange, models.PROTECT, null=True, blank=True, related_name="imported_by", verbose_name=_("change"))

    class Meta:
        verbose_name = _("import of parcels")
        verbose_name_plural = _("imports of parcels")
        # the list of a unit, newest first
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "-created_at"], name="import_of_unit")]
