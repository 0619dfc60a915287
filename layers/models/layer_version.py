"""The versions that an imported layer has had."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.models.imported_layer import ImportedLayer


class LayerVersion(models.Model):
    """One state of an imported layer's rows. `table` holds a former state as long as it is kept; the newest has none of its own.

    `described` is what of the layer's description belongs to these rows (layers/imports/versions.py).
    """

    class Mode(models.TextChoices):
        """How a version came about."""

        CREATE = "create", _("new")
        REPLACE = "replace", _("replaced")
        APPEND = "append", _("added to")
        UPSERT = "upsert", _("renewed by key")
        ROLLBACK = "rollback", _("brought back")

    layer = models.ForeignKey(ImportedLayer, models.CASCADE, related_name="versions", verbose_name=_("layer"), db_index=False)
    number = models.PositiveIntegerField(_("number"))
    mode = models.CharField(_("came about"), max_length=10, choices=Mode.choices)
    brought_back = models.PositiveIntegerField(null=True)
    table = models.CharField(max_length=63, blank=True)
    described = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("author"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("version of an imported layer")
        verbose_name_plural = _("versions of imported layers")
        # also the list of a layer's versions
        constraints = [models.UniqueConstraint(fields=["layer", "number"], name="layer_version_once")]

    def __str__(self) -> str:
        return f"{self.layer_id} v{self.number}"
