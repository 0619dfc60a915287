"""Who works on incidents."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit, User


class HandlingUnit(models.Model):
    """A body that handles incidents: a ward's office, the power company, a road agency.

    `base` (EPSG:4326) is where it sets out from; `capacity` is how many open incidents it takes at once, null for no limit.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    admin_unit = models.ForeignKey(
        AdminUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("administrative unit")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    base = models.PointField(_("base"), srid=4326, null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(_("capacity"), null=True, blank=True)
    members = models.ManyToManyField(User, blank=True, related_name="handling_units", verbose_name=_("members"))
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        verbose_name = _("handling unit")
        verbose_name_plural = _("handling units")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
