"""The log of writes through services: who changed which feature of which layer, from what to what."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FeatureEdit(models.Model):
    """One write to a feature of a plain layer. `before` and `after` hold published values and the geometry as WKT."""

    class Action(models.TextChoices):
        """What was done."""

        CREATE = "create", _("created")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("deleted")

    at = models.DateTimeField(_("at"), auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user"))
    layer = models.CharField(_("layer"), max_length=63)
    feature = models.BigIntegerField(_("feature"))
    action = models.CharField(_("action"), max_length=8, choices=Action.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("write to a feature")
        verbose_name_plural = _("writes to features")
        indexes = [models.Index(fields=["layer", "feature", "at"], name="feature_edit_history")]  # the history of one feature

    def __str__(self) -> str:
        return f"{self.layer} {self.feature} {self.action}"
