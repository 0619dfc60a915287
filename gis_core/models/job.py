"""What work in the background has in common: who asked for it, how far it is, how it ended."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BackgroundWork(models.Model):
    """What `gis_core.work.jobs` watches. Subclasses add their states (`busy`: something to do, `over`: the end) and their people.

    `failure` is {kind, code, params} or {kind, detail}: put into words for whoever reads it. `updated_at` is also the sign of
    life of the process that works on it.
    """

    busy: ClassVar[tuple[str, ...]] = ()
    over: ClassVar[tuple[str, ...]] = ()

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state: "models.CharField[str, str]"
    step = models.CharField(max_length=200, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    failure = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.uid} {self.state}"

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen any more."""
        return self.state in self.over

    @property
    def is_busy(self) -> bool:
        """Whether the worker has something to do."""
        return self.state in self.busy


class Job(BackgroundWork):
    """A piece of work that one person asks for and decides about. Subclasses add what is asked and what came of it."""

    class State(models.TextChoices):
        """Steps of the work. A job that is examined or asks waits for a person."""

        QUEUED = "queued", _("waiting")
        WORKING = "working", _("being examined")
        ASKING = "asking", _("needs an answer")
        EXAMINED = "examined", _("examined")
        CONFIRMED = "confirmed", _("waiting to be written")
        WRITING = "writing", _("being written")
        DONE = "done", _("done")
        REFUSED = "refused", _("cannot be used")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    busy = (State.QUEUED, State.WORKING, State.CONFIRMED, State.WRITING)
    over = (State.DONE, State.CANCELLED, State.REFUSED, State.FAILED)

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("author"), db_index=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)

    class Meta:
        abstract = True
