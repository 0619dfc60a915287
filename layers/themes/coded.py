"""A code by which other systems name a row: an office, a sight, a stretch of road."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Coded(models.Model):
    """`code` is the owner's own name for the row: none where there is none, and never twice in one table."""

    # Null, not empty: rows without a code must not meet in the unique index that feeds find rows by.
    code = models.CharField(_("code"), max_length=32, unique=True, null=True, blank=True)

    class Meta:
        abstract = True
