"""How far the pilot data have been loaded."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PilotStep(models.Model):
    """A part of a step of `load_pilot` that is in the database, written in the same transaction as its rows.

    Killed midway, the command goes on with the parts that are not here. Seed, scale and reference date are those of the
    whole run: every row holds the same.
    """

    step = models.CharField(_("step"), max_length=40)
    part = models.CharField(_("part"), max_length=40, blank=True)
    rows = models.PositiveBigIntegerField(_("rows"))
    seconds = models.FloatField(_("seconds"))
    seed = models.BigIntegerField(_("seed"))
    scale = models.FloatField(_("scale"))
    reference_date = models.DateField(_("reference date"))
    finished_at = models.DateTimeField(_("finished"), auto_now_add=True)

    class Meta:
        verbose_name = _("step of the pilot load")
        verbose_name_plural = _("steps of the pilot load")
        constraints = [models.UniqueConstraint(fields=["step", "part"], name="pilot_step_once")]

    def __str__(self) -> str:
        return f"{self.step} {self.part}".strip()
