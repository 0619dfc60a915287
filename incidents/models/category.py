"""What kinds of incidents there are (Open311: services)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IncidentCategory(models.Model):
    """A category with the group in which duplicates are looked for."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    group = models.CharField(_("group"), max_length=80, blank=True)
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.name
