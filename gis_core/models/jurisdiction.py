"""Who does which work where."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models.admin_unit import AdminUnit
from gis_core.models.user import User


class Role(models.TextChoices):
    """The kinds of work (DESIGN section 3). Anonymous visitors have none and see public layers only."""

    LAND_OFFICER = "land_officer", _("land officer")
    APPROVER = "approver", _("approver")
    FIELD_STAFF = "field_staff", _("field staff")
    DISPATCHER = "dispatcher", _("dispatcher")
    OPERATOR = "operator", _("operator (map wall)")
    ANALYST = "analyst", _("analyst")
    LEADER = "leader", _("leader")
    ADMINISTRATOR = "administrator", _("administrator")
    SECURITY = "security", _("security (with clearance)")


class Jurisdiction(models.Model):
    """A user's role in one administrative unit and in everything below it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="jurisdictions", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="jurisdictions", verbose_name=_("administrative unit"))

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        constraints = [models.UniqueConstraint(fields=["user", "role", "unit"], name="jurisdiction_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.unit}"
