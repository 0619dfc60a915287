"""The row that every layer's model extends, and the one door to rows."""

from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule, Action, Reach, scope_of
from gis_core.models.admin_unit import AdminUnit
from gis_core.models.user import User


class RestrictedQuerySet(models.QuerySet["SpatialRow"]):
    """A queryset whose rows are reached through a person's permissions."""

    def restrict(self, user: User | AnonymousUser, action: Action = "view") -> Self:
        """The rows on which `user` may do `action`: the door for lists, details, counts, extents and everything else."""
        rule: AccessRule = self.model.access
        return self.within(rule.reach(scope_of(user), action))

    def within(self, reach: Reach) -> Self:
        """The rows inside an already computed reach (the hot path holds reaches, not users)."""
        return self.filter(reach.condition())


class SpatialRow(models.Model):
    """A feature with an administrative unit. Subclasses add `geom`, `geom_3857` and their attributes, and state `access`."""

    access: ClassVar[AccessRule]

    admin_unit = models.ForeignKey(
        AdminUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("administrative unit")
    )
    is_demo = models.BooleanField(_("demo data"), default=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True, db_index=False)

    objects = RestrictedQuerySet.as_manager()

    class Meta:
        abstract = True
