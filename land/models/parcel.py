"""The land parcel (ISO 19152 LA_SpatialUnit with its LA_BAUnit), its versions and its land uses."""

import uuid
from datetime import date

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import AdminUnit, Role, SpatialRow
from land.models.land_use import LandUseCode

# What is known from before the pilot is taken as old as the cadastre; nobody recorded since when it holds.
ORIGIN = date(2010, 1, 1)
REFORM = date(2025, 7, 1)
"""From this day the keys of Tam Kỳ's parcels are those of the merged units (Resolution 1659/NQ-UBTVQH15)."""


class Parcel(SpatialRow):
    """A version of a parcel of the cadastre; the head row of each parcel (`superseded_at` null) is its newest.

    Truth is `geom` in EPSG:5899 (VN-2000 / TM-3 107°45', metres); `geom_3857` follows it for tiles only. `area_m2` is
    measured on the VN-2000 plane, never in 3857 (8.4 % too large here); `legal_area_m2` is what the papers say. The key
    of a parcel is (unit, sheet, number) on a date: mergers of units make sheet numbers collide, so the key before the
    last reform is kept in `old_*`, until the day `old_until`; keys before that are rows of ParcelKey. `geohash` is frozen at
    creation: a moved boundary must not change an identifier.

    Both times of LADM's VersionedObject are kept. `valid_from` .. `valid_to` (exclusive) says when the version holds in the
    world; a retired parcel's head has an empty interval. `updated_at` .. `superseded_at` says when the register said so.
    The head keeps its primary key through all changes, so that features, rights and links stay; a change first copies the
    head into a row of its own (docs/adr/0013). Only land's verbs write here.
    """

    class Status(models.TextChoices):
        """Where the parcel stands."""

        ACTIVE = "active", _("in use")
        DISPUTED = "disputed", _("disputed")
        BLOCKED = "blocked", _("blocked")
        RETIRED = "retired", _("retired")

    access = AccessRule(
        public="none",
        view=frozenset({Role.LAND_OFFICER, Role.APPROVER, Role.FIELD_STAFF, Role.ANALYST}),
        view_all=frozenset({Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR}),
        change=frozenset({Role.LAND_OFFICER}),
    )

    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sheet_no = models.PositiveIntegerField(_("map sheet"))
    parcel_no = models.PositiveIntegerField(_("parcel number"))
    old_unit = models.ForeignKey(
        AdminUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit before the reform")
    )
    old_sheet_no = models.PositiveIntegerField(_("old map sheet"), null=True, blank=True)
    old_parcel_no = models.PositiveIntegerField(_("old parcel number"), null=True, blank=True)
    # The default of the database spares a million rows their rewriting: until the next reform it holds for all of them.
    old_until = models.DateField(_("old key until (exclusive)"), default=REFORM, db_default=REFORM, editable=False)
    geohash = models.CharField(_("parcel code (GeoHash)"), max_length=12, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    land_use = models.CharField(_("land use"), max_length=5)
    land_use_label = models.CharField(_("land uses"), max_length=60, blank=True)
    area_m2 = models.FloatField(_("area (m²)"))
    legal_area_m2 = models.FloatField(_("area on paper (m²)"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    version = models.PositiveIntegerField(_("version"), default=1)
    # A database default too: bulk loads that know no date write the pilot's.
    valid_from = models.DateField(_("valid from"), default=timezone.localdate, db_default=ORIGIN)
    valid_to = models.DateField(_("valid until (exclusive)"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)
    geom = models.PolygonField(srid=5899)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PolygonField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        indexes = [
            GistIndex(fields=["geom_3857"], name="parcel_tile"),  # tiles
            models.Index(fields=["old_unit", "old_sheet_no", "old_parcel_no"], name="parcel_old_key"),  # search by the old key
            # the history of a parcel; small, for heads are left out
            models.Index(fields=["uid", "version"], name="parcel_history", condition=Q(superseded_at__isnull=False)),
            # numbers that were given once are not given again; parcels of a past day by their key
            models.Index(fields=["admin_unit", "sheet_no", "parcel_no"], name="parcel_past_key", condition=Q(valid_to__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["uid"], condition=Q(superseded_at__isnull=True), name="parcel_one_head"),
            models.UniqueConstraint(
                fields=["admin_unit", "sheet_no", "parcel_no"], condition=Q(valid_to__isnull=True), name="parcel_key_once"
            ),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="parcel_validity_in_order"),
            models.CheckConstraint(condition=Q(area_m2__gt=0), name="parcel_area_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_no}/{self.parcel_no}"


class ParcelLandUse(models.Model):
    """One of a parcel's land uses with its part of the area, its term and its origin; the parts add up to the parcel's area.

    `term_until` null means stable and long-term use. `origin` is the code under which the land came to its user.
    """

    class Origin(models.TextChoices):
        """Origins of use as they are coded in the registers."""

        UNKNOWN = "", _("not recorded")
        RECOGNISED_FEE = "2", _("recognised, with fee")
        RECOGNISED_FREE = "3", _("recognised, without fee")
        ALLOTTED_FEE = "4", _("allotted, with fee")
        ALLOTTED_FREE = "5", _("allotted, without fee")
        MANAGED = "6", _("allotted for management")
        LEASED_YEARLY = "10", _("leased, paid yearly")
        LEASED_ONCE = "11", _("leased, paid once")

    # The unique constraint begins with the parcel: its index serves look-ups by parcel too.
    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="land_uses", db_index=False)
    code = models.ForeignKey(LandUseCode, models.PROTECT, verbose_name=_("land use"))
    area_m2 = models.FloatField(_("area (m²)"))
    term_until = models.DateField(_("term of use"), null=True, blank=True)
    origin = models.CharField(_("origin of use"), max_length=2, blank=True, choices=Origin.choices, default="", db_default="")

    class Meta:
        verbose_name = _("land use of a parcel")
        verbose_name_plural = _("land uses of parcels")
        constraints = [models.UniqueConstraint(fields=["parcel", "code"], name="parcel_land_use_once")]

    def __str__(self) -> str:
        return f"{self.code_id} {self.area_m2:g} m²"
