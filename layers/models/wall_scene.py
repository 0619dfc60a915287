"""A scene of the wall."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class WallScene(models.Model):
    """What the wall shows for `dwell_s` seconds before the next scene. A person who may not see a layer sees it without."""

    title = models.CharField(_("title"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    shown = models.BooleanField(_("in rotation"), default=True)
    dwell_s = models.PositiveIntegerField(_("seconds"), default=45, validators=[MinValueValidator(2), MaxValueValidator(3_600)])
    layers = ArrayField(
        models.CharField(max_length=63), default=list, blank=True, verbose_name=_("layers"), help_text=_("Names; none: all layers.")
    )
    map = models.CharField(
        _("coloured by"),
        max_length=120,
        blank=True,
        help_text=_("A metric, for example incidents.on_time; none: communes without colours."),
    )

    class Meta:
        verbose_name = _("scene of the wall")
        verbose_name_plural = _("scenes of the wall")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title
