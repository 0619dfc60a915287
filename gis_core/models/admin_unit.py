"""Administrative units through time.

Codes are reused: until 30 June 2025 the code 20341 is the ward An Mỹ, from 1 July 2025 it is the ward Tam Kỳ. A code is
therefore never a key; a unit is (code, valid_from), and every question about units carries a date. Units of one day form
a generation: a complete, non-overlapping set. A unit that a reform leaves alone is one row across generations; one whose
boundary changes is a new row, even under the same code and name (An Xuân, which took in Phước Hòa). `AdminUnitSuccession`
tells what became of what.
"""

from datetime import date
from typing import ClassVar, Self

from django.contrib.gis.db import models
from django.contrib.gis.geos import Point
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.access import PUBLIC, AccessRule, Action, Reach
from gis_core.functions import LabelPoint, WebMercator


class DateRange(Func):
    """`daterange(from, to)`: the half-open validity of a row."""

    function = "DATERANGE"
    output_field = DateRangeField()


class AdminGeneration(models.Model):
    """A reform's date from which a new set of units is in force, with the legal act."""

    valid_from = models.DateField(_("in force from"), primary_key=True)
    title = models.CharField(_("title"), max_length=200)
    legal_basis = models.CharField(_("legal basis"), max_length=200, blank=True)

    class Meta:
        ordering = ("valid_from",)
        verbose_name = _("generation of units")
        verbose_name_plural = _("generations of units")

    def __str__(self) -> str:
        return self.title


class AdminUnitQuerySet(models.QuerySet["AdminUnit"]):
    """Questions about units; each needs a date."""

    def as_of(self, day: date) -> Self:
        """Units in force on `day`."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)

    def current(self) -> Self:
        """Units in force today (Vietnamese time)."""
        return self.as_of(timezone.localdate())

    def subtree(self, path: str) -> Self:
        """The unit with this path and everything below it. Paths end in "/", so "49/50/" never matches "49/502/"."""
        return self.filter(path__startswith=path)

    def restrict(self, _user: object, action: Action = "view") -> Self:
        """Units are public; they change through imports alone."""
        return self if action == "view" else self.none()

    def within(self, reach: Reach) -> Self:
        """All units for any reach that is not empty."""
        return self if reach else self.none()

    def at_point(self, lon: float, lat: float, *, on: date) -> "AdminUnit | None":
        """The lowest unit over a WGS 84 position on a day, through the subdivided twin (fast however long the border)."""
        point = Point(lon, lat, srid=4326)
        found = self.as_of(on).filter(parts__geom__intersects=point).order_by("-path")
        # "-path" puts a commune ("48/20341/") before its province ("48/").
        return found.first()


class AdminUnit(models.Model):
    """A province, district or commune between two dates.

    `path` joins the codes from the top and ends in "/": "49/502/20341/". `valid_to` is the first day on which the unit is
    no longer in force, null while it is. `geom` is EPSG:4326; `geom_3857` and `label_3857`
    follow it by themselves.
    """

    access: ClassVar[AccessRule] = PUBLIC

    class Level(models.TextChoices):
        """Three levels until 30 June 2025; the district level is gone since."""

        PROVINCE = "province", _("province")
        DISTRICT = "district", _("district")
        COMMUNE = "commune", _("commune")

    code = models.CharField(_("code"), max_length=10)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent"))
    path = models.CharField(_("path"), max_length=60)
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until (exclusive)"), null=True, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    area_km2 = models.FloatField(_("official area (km²)"), null=True, blank=True)
    is_demo = models.BooleanField(_("demo data"), default=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    geom = models.MultiPolygonField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.MultiPolygonField(srid=3857, spatial_index=False), db_persist=True
    )
    label_3857 = models.GeneratedField(
        expression=LabelPoint(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    objects = AdminUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("administrative unit")
        verbose_name_plural = _("administrative units")
        indexes = [
            GistIndex(fields=["geom_3857"], name="admin_unit_tile"),  # tiles
            # subtree(): LIKE 'path%'
            models.Index(fields=["path"], name="admin_unit_path", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="/"), name="admin_unit_path_is_closed"),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="admin_unit_dates_in_order"),
            ExclusionConstraint(
                name="admin_unit_code_once_at_a_time",
                expressions=[
                    ("level", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<AdminUnit {self.path} {self.valid_from}..{self.valid_to or ''}>"


class AdminUnitPart(models.Model):
    """A piece of a unit of at most 256 vertices: the twin that answers point-in-polygon. Kept by a database trigger."""

    unit = models.ForeignKey(AdminUnit, models.CASCADE, related_name="parts", db_constraint=True)
    geom = models.PolygonField(srid=4326)

    def __str__(self) -> str:
        return f"{self.unit_id}"


class AdminUnitSuccession(models.Model):
    """What became of a unit in a reform: all of `old` went into `new` (full) or a part of it did (partial)."""

    class Extent(models.TextChoices):
        """How much of the old unit."""

        FULL = "full", _("full")
        PARTIAL = "partial", _("partial")

    old = models.ForeignKey(AdminUnit, models.CASCADE, related_name="successions", verbose_name=_("old unit"))
    new = models.ForeignKey(AdminUnit, models.CASCADE, related_name="origins", verbose_name=_("new unit"))
    extent = models.CharField(_("extent"), max_length=7, choices=Extent.choices)
    legal_basis = models.CharField(_("legal basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("succession of units")
        verbose_name_plural = _("successions of units")
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="succession_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new} ({self.extent})"
