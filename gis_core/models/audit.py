"""The audit log as the administration reads it; its tables are made and guarded by gis_core/audit/audit_log.sql."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """Who (`actor`, an account's id; 0 nobody) did what (`action`) to which object, from where, in which request. Never changed."""

    at = models.DateTimeField(_("at"))
    actor = models.BigIntegerField(_("account"))
    action = models.TextField(_("action"))
    object = models.TextField(_("object"))
    source = models.TextField(_("from where"))
    request = models.TextField(_("request"))
    detail = models.JSONField(_("details"))

    class Meta:
        managed = False
        db_table = "audit_entry"
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"


class SignInFailure(models.Model):
    """Failed sign-ins of one key within a span of time (gis_core/auth/throttle.py). Unlogged: after a crash it begins anew."""

    key = models.CharField(max_length=60, primary_key=True)
    span = models.BigIntegerField()
    count = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.key
