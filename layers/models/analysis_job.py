"""Analyses on their way to becoming layers, and what their tiles found so far."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models.job import Job


class AnalysisJob(Job):
    """One run of an analysis (layers/analysis).

    `given` are its parameters as asked, `provenance` what it was computed from (inputs with the last change they hold, versions,
    times), `report` what came out (facts, columns, bounds), `plan` what its author decided. `file` is the result (GeoParquet,
    EPSG:5899), kept until it is a layer or given up. `scheduler` names the Dask cluster that computes the tiles, if any.
    """

    kind = models.CharField(_("kind"), max_length=40)
    given = models.JSONField(default=dict)
    scheduler = models.CharField(max_length=200, blank=True)
    provenance = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    file = models.FileField(_("file"), upload_to="analyses/", blank=True)
    layer = models.CharField(_("layer"), max_length=63, blank=True)

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        # the list of a person, newest first
        indexes = [models.Index(fields=["author", "-created_at"], name="analysis_of_author")]


class AnalysisPart(models.Model):
    """What one tile of an analysis found (GeoParquet). Kept while the job runs: who takes it up goes on from here."""

    job = models.ForeignKey(AnalysisJob, models.CASCADE, related_name="parts", db_index=False)
    key = models.CharField(max_length=60)
    data = models.BinaryField()

    class Meta:
        verbose_name = _("part of an analysis")
        verbose_name_plural = _("parts of analyses")
        constraints = [models.UniqueConstraint(fields=["job", "key"], name="analysis_part_once")]

    def __str__(self) -> str:
        return self.key
