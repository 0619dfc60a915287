"""What kinds of incidents there are (Open311: services)."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from incidents.models.attribute import CategoryAttribute


class IncidentCategory(models.Model):
    """A category with the group in which duplicates are looked for.

    A report within `duplicate_radius_m` of one of the same category, or within `sibling_radius_m` of another category of the
    same group, may be the same. Reports of a category that is not `may_be_public` are never published, whoever moderates.
    """

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    group = models.CharField(_("group"), max_length=80, blank=True)
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("offered in the form"), default=True)
    may_be_public = models.BooleanField(_("may be published"), default=True)
    duplicate_radius_m = models.PositiveSmallIntegerField(_("duplicates within (m)"), default=50)
    sibling_radius_m = models.PositiveSmallIntegerField(_("duplicates of sibling categories within (m)"), default=20)

    # The reverse of CategoryAttribute.category, said here because type checkers find it or not by the order of imports.
    questions: "RelatedManager[CategoryAttribute]"

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.name
