"""How a layer is shown and who answers for its data. What a layer *is* stands in its class."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit


class LayerSetting(models.Model):
    """An administrator's choices for one layer: order, zooms, style, wall, published or not; and its stewardship.

    Empty zooms and style mean: as declared in the class.
    """

    class Cadence(models.TextChoices):
        """How often the owner unit has to renew the data."""

        LIVE = "live", _("live")
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        QUARTERLY = "quarterly", _("quarterly")
        YEARLY = "yearly", _("yearly")
        AS_NEEDED = "as_needed", _("as needed")

    layer = models.SlugField(_("layer"), max_length=63, unique=True)
    published = models.BooleanField(_("published"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    visible = models.BooleanField(_("switched on when the map opens"), default=True)
    on_wall = models.BooleanField(_("on the wall"), default=True)
    min_zoom = models.PositiveSmallIntegerField(_("from zoom"), null=True, blank=True, validators=[MaxValueValidator(24)])
    max_zoom = models.PositiveSmallIntegerField(_("to zoom"), null=True, blank=True, validators=[MaxValueValidator(24)])
    style = models.JSONField(_("style"), null=True, blank=True, help_text=_("A list of MapLibre layers without id and source."))
    owner = models.CharField(_("owner unit"), max_length=200, blank=True)
    owner_unit = models.ForeignKey(
        AdminUnit, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner's administrative unit")
    )
    contact_name = models.CharField(_("focal contact"), max_length=120, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    cadence = models.CharField(_("update cadence"), max_length=10, choices=Cadence.choices, default=Cadence.AS_NEEDED)
    licence = models.CharField(_("licence"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("layer setting")
        verbose_name_plural = _("layer settings")
        ordering = ("position", "layer")

    def __str__(self) -> str:
        return self.layer

    def is_overdue(self, last_change: datetime | None) -> bool:
        """Whether the data are older than the cadence allows; never for "as needed"."""
        allowed = _ALLOWED_AGE.get(self.cadence)
        if allowed is None:
            return False
        return last_change is None or timezone.now() - last_change > allowed


# A little grace, so that a weekly report handed in on the same weekday is not late for some hours.
_ALLOWED_AGE: dict[str, timedelta] = {
    LayerSetting.Cadence.LIVE: timedelta(hours=1),
    LayerSetting.Cadence.DAILY: timedelta(hours=36),
    LayerSetting.Cadence.WEEKLY: timedelta(days=8),
    LayerSetting.Cadence.MONTHLY: timedelta(days=35),
    LayerSetting.Cadence.QUARTERLY: timedelta(days=100),
    LayerSetting.Cadence.YEARLY: timedelta(days=380),
}
