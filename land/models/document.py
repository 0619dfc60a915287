"""Source documents of changes (ISO 19152 LA_AdministrativeSource, LA_SpatialSource)."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit


class SourceDocument(models.Model):
    """A paper behind a change: an application, a decision, a measuring report, a contract; with its scan where there is one."""

    class Kind(models.TextChoices):
        """Kinds of papers."""

        APPLICATION = "application", _("application")
        DECISION = "decision", _("decision")
        SURVEY = "survey", _("measuring report")
        CONTRACT = "contract", _("contract")
        COURT = "court", _("court judgment")
        OTHER = "other", _("other paper")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind of paper"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("number"), max_length=60, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="+", verbose_name=_("administrative unit"))
    file = models.FileField(_("scan"), upload_to="land/documents/", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("source document")
        verbose_name_plural = _("source documents")

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
