"""Read-only views of the wall without signing in: screens of the operators' room, and links for leaders' phones."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.models.user import User


class ScreenPassQuerySet(models.QuerySet["ScreenPass"]):
    """Passes, and which of them still hold."""

    def valid(self) -> Self:
        """Neither revoked nor over, of an active account."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()), revoked_at__isnull=True, user__is_active=True)


class ScreenPass(models.Model):
    """What a signed address opens: the wall as `user` sees it, read-only, until it is revoked or over.

    A screen's pass belongs to the first browser that opens it (`device`: digest of what that browser keeps). A link opens
    on any device of whoever has it, so it always has an end.
    """

    class Kind(models.TextChoices):
        """For whom."""

        SCREEN = "screen", _("screen of the map wall")
        LINK = "link", _("link for a phone or tablet")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="screen_passes", verbose_name=_("sees what … may see"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    device = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ScreenPassQuerySet.as_manager()

    class Meta:
        verbose_name = _("screen or link")
        verbose_name_plural = _("screens and links")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=~Q(kind="link") | Q(expires_at__isnull=False), name="link_has_an_end"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """`open`, `revoked` or `over`."""
        if self.revoked_at is not None or not self.user.is_active:
            return "revoked"
        return "over" if self.expires_at is not None and self.expires_at <= timezone.now() else "open"
