"""Application passwords for GIS clients: ASCII, revocable, never stored in clear."""

import hashlib
import secrets
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.models.user import User


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """Tokens, and the one way to look a presented secret up."""

    def issue(self, user: User, name: str, *, expires_at: datetime | None = None) -> tuple["AccessToken", str]:
        """A new token and its secret; the secret is shown once and is not kept."""
        secret = f"ioc_{secrets.token_urlsafe(30)}"
        return self.create(user=user, name=name, digest=digest_of(secret), expires_at=expires_at), secret

    def valid(self, now: "datetime | models.Expression | None" = None) -> "AccessTokenQuerySet":
        """Tokens that open the door at a moment: unless told, at this."""
        live = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=timezone.now() if now is None else now)
        return self.filter(live, user__is_active=True)


def digest_of(secret: str) -> str:
    """SHA-256 of a token. Plain hashing suffices: the secret is 240 random bits, not a password."""
    return hashlib.sha256(secret.encode()).hexdigest()


class AccessToken(models.Model):
    """What QGIS, GDAL or a script presents as `Authorization: Bearer …` or as the Basic password."""

    user = models.ForeignKey(User, models.CASCADE, related_name="access_tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        return self.name
