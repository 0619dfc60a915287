"""A layer that came out of a file: where its rows are, what its columns mean, who may see it, where it is from."""

from typing import Any, TypedDict

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.importing.messages import ColumnType
from gis_core.models import User

# The longest name of which the trigger function change_log_of_imported_<name> is still an identifier of PostgreSQL.
MAX_NAME = 40


class Column(TypedDict):
    """A column of an imported table: its identifier, the name it had in the file, and the type of its values."""

    name: str
    alias: str
    type: ColumnType


class ImportedLayer(models.Model):
    """The description of one table `imported_<name>`, or of a raster. Commands write it (layers/imports), the catalogue reads it.

    `access` is "public" (every row for everybody) or "scoped" (a row for those who work in its unit, and for operators
    and leaders). `tile_fields`, `label_field` and `min_zoom` are guesses from the data; LayerSetting may override zooms and style.
    """

    # What `geometry_type` says of a raster, whose files `raster` names (layers/coverages); it has no table. Without rows it has no place
    # by which it could be shared: `units` are those whose staff see it.
    RASTER = "Raster"

    class Access(models.TextChoices):
        """Who sees the rows."""

        PUBLIC = "public", _("public")
        SCOPED = "scoped", _("by administrative unit")

    name = models.CharField(_("name"), max_length=MAX_NAME, unique=True, validators=[RegexValidator(r"\A[a-z][a-z0-9_]*\Z")])
    title = models.CharField(_("title"), max_length=200)
    table = models.CharField(_("table"), max_length=63, unique=True, editable=False)
    geometry_type = models.CharField(_("kind of geometry"), max_length=20, editable=False)
    srid = models.PositiveIntegerField(_("coordinate system (EPSG)"), editable=False)
    columns: "models.JSONField[list[Column], list[Column]]" = models.JSONField(_("columns"), default=list, editable=False)
    key_field = models.CharField(_("key"), max_length=63, blank=True, editable=False)
    label_field = models.CharField(_("label"), max_length=63, blank=True)
    tile_fields: "models.JSONField[list[str], list[str]]" = models.JSONField(_("columns in tiles"), default=list)
    search_fields: "models.JSONField[list[str], list[str]]" = models.JSONField(_("columns for search"), default=list)
    min_zoom = models.PositiveSmallIntegerField(_("from zoom"), default=0)
    # How the layer is drawn, as its owner chose it (layers/imports/portrayal.py); None: one colour.
    look = models.JSONField(_("style"), null=True, blank=True, editable=False)
    raster: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(_("raster"), null=True, editable=False)
    units: "models.JSONField[list[int], list[int]]" = models.JSONField(_("units"), default=list, editable=False)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    access = models.CharField(_("access"), max_length=10, choices=Access.choices, default=Access.SCOPED)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    source_name = models.CharField(_("source file"), max_length=200, editable=False)
    source_sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64, editable=False)
    row_count = models.PositiveIntegerField(_("rows"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("imported layer")
        verbose_name_plural = _("imported layers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.title or self.name

    @property
    def is_coverage(self) -> bool:
        """Whether it is a raster."""
        return self.geometry_type == self.RASTER
