"""Blocks of features for low zooms, derived from a layer's rows and renewed by the worker (docs/adr/0009)."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex

from gis_core.access import AccessRule
from gis_core.models import AdminUnit, SpatialRow


class Block(SpatialRow):
    """Features of one group and one administrative unit in one cell of the grid of tiles, joined to one surface.

    `x`, `y` number the cell as a tile of the zoom that the subclass stands for. `n` features with `area` (in the measure's
    unit) are in it. `as_of` is the number of the last change of the layer that was there when the block was made.
    """

    access: ClassVar[AccessRule] = AccessRule()

    # Blocks are made again at any time: they never keep a unit from being removed.
    admin_unit = models.ForeignKey(AdminUnit, models.CASCADE, null=True, blank=True, related_name="+")
    layer = models.CharField(max_length=63)
    x = models.IntegerField()
    y = models.IntegerField()
    group = models.CharField(max_length=30)
    is_public = models.BooleanField(default=False)
    n = models.BigIntegerField()
    area = models.BigIntegerField()
    as_of = models.BigIntegerField()
    geom_3857 = models.MultiPolygonField(srid=3857, spatial_index=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.layer} {self.x}/{self.y} {self.group}"


class FineBlock(Block):
    """Blocks by cells of zoom 16: the last zooms before the single features."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["layer", "x", "y", "admin_unit", "is_public", "group"], name="fine_block_once")]
        indexes = [GistIndex(fields=["geom_3857"], name="fine_block_tile")]  # tiles


class CoarseBlock(Block):
    """Blocks by cells of zoom 14, made of fine ones."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["layer", "x", "y", "admin_unit", "is_public", "group"], name="coarse_block_once")]
        indexes = [GistIndex(fields=["geom_3857"], name="coarse_block_tile")]  # tiles


class PyramidState(models.Model):
    """How far the blocks of a layer follow its rows.

    `position` is a snapshot, as followers of the change log keep it: every change that it shows is in the blocks.
    `declaration` is what the layer was declared as (and the day, where rows are valid by days).
    """

    layer = models.CharField(max_length=63, unique=True)
    position = models.TextField()
    declaration = models.CharField(max_length=40)
    as_of = models.BigIntegerField()
    built_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.layer}: {self.as_of}"
