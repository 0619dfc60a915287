"""Transactions that GIS programs sent, with the answers that they got: a repetition gets the same answer and writes nothing."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SentTransaction(models.Model):
    """One Transaction that was carried out. `digest` is of its body, `key` its Idempotency-Key; rows live for a day."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"), db_index=False)
    key = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(_("answer"))

    class Meta:
        verbose_name = _("transaction of a GIS program")
        verbose_name_plural = _("transactions of GIS programs")
        indexes = [models.Index(fields=["user", "at"], name="sent_transaction_recent")]  # repetitions; what is over
        constraints = [models.UniqueConstraint(fields=["user", "key"], condition=~models.Q(key=""), name="sent_transaction_key_once")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.digest[:8]}"
