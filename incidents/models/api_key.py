"""Keys of programs that report through Open311."""

import secrets

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models.access_token import digest_of


class Open311KeyQuerySet(models.QuerySet["Open311Key"]):
    """Keys, and the one way to look a presented one up."""

    def issue(self, name: str, **values: str) -> tuple["Open311Key", str]:
        """A new key and its secret; the secret is shown once and is not kept."""
        secret = f"o311_{secrets.token_urlsafe(24)}"
        return self.create(name=name, digest=digest_of(secret), **values), secret

    def presented(self, secret: str) -> "Open311Key | None":
        """The active key with this secret."""
        return self.filter(digest=digest_of(secret), is_active=True).first() if secret else None


class Open311Key(models.Model):
    """An application that may post requests (Open311 `api_key`): a citizens' app, a call centre."""

    name = models.CharField(_("application"), max_length=80)
    contact = models.EmailField(_("contact"), blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = Open311KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Open311 key")
        verbose_name_plural = _("Open311 keys")

    def __str__(self) -> str:
        return self.name
