"""Keys of parcels that reforms before the last one ended."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit


class ParcelKey(models.Model):
    """A key (unit, sheet, number) that a parcel had from `since` (null: from its beginning) until the day `until`, exclusive.

    The key of today and the one before the last reform stand in the parcel itself; here are those before that. `uid` is the parcel's,
    for all of its versions. Only land/mutations/rekeying.py writes here, and the pilot's load.
    """

    uid = models.UUIDField(editable=False)
    unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("administrative unit"))
    sheet_no = models.PositiveIntegerField(_("map sheet"))
    parcel_no = models.PositiveIntegerField(_("parcel number"))
    since = models.DateField(_("since"), null=True)
    until = models.DateField(_("until (exclusive)"))

    class Meta:
        verbose_name = _("former key of a parcel")
        verbose_name_plural = _("former keys of parcels")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "sheet_no", "parcel_no"], name="parcel_key_former")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["uid", "until"], name="parcel_key_once_a_reform")
        ]

    def __str__(self) -> str:
        return f"{self.sheet_no}/{self.parcel_no}"
