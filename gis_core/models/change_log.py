"""The change log: the one record of what changed, written by the database itself in the edit's own transaction."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.utils.translation import gettext_lazy as _


class ChangeLog(models.Model):
    """One row a change of one feature (op I, U, D), or one a table (op R: reload) for bulk loads and TRUNCATE.

    `seq` numbers the rows in the order of writing, which is not the order of committing: followers compare transaction
    snapshots instead (gis_core/changes/follow.py). `bbox` covers the geometry before and after. `units` holds the
    administrative units before and after, null for a table without units; `is_public` says whether either state
    was for everybody. Only triggers write here (gis_core/changes/tracking.py).
    """

    seq = models.BigAutoField(primary_key=True)
    # xid8; Django has no such type and never reads the column through the ORM.
    txid = models.BigIntegerField(db_index=False)
    at = models.DateTimeField(_("at"))
    table_name = models.CharField(_("table"), max_length=63)
    op = models.CharField(_("operation"), max_length=1)
    fid = models.BigIntegerField(_("feature"), null=True)
    units = ArrayField(models.BigIntegerField(), null=True)
    is_public = models.BooleanField(default=False)
    bbox = models.PolygonField(srid=3857, null=True, spatial_index=False)

    class Meta:
        db_table = "change_log"
        managed = False  # a hand-written migration creates it: xid8, identity and an unusual index
        verbose_name = _("change")
        verbose_name_plural = _("change log")
        indexes = [GistIndex(fields=["table_name", "bbox"], name="change_log_place")]

    def __str__(self) -> str:
        return f"{self.seq} {self.table_name} {self.op} {self.fid}"
