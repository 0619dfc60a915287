"""The dated code table of land uses with the official map colours."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LandUseCode(models.Model):
    """A land-use code (ODT, LUC …) of the circulars. Codes that a newer circular merged keep answering through `successor`."""

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    fill = models.CharField(_("map colour"), max_length=7, help_text=_("#rrggbb, as printed in the circular"))
    successor = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="predecessors", verbose_name=_("successor"))
    valid_from = models.DateField(_("in force from"), null=True, blank=True)
    valid_to = models.DateField(_("in force until (exclusive)"), null=True, blank=True)

    class Meta:
        verbose_name = _("land-use code")
        verbose_name_plural = _("land-use codes")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} – {self.name}"
