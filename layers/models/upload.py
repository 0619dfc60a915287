"""Files that analysts bring, on their way to becoming layers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models.job import Job


class Upload(Job):
    """One file. The worker examines it, its author answers what it does not say and decides, the worker writes the layer.

    `asked` are the answers (how to read the file), `report` what the examination found, `plan` what its author decided (title,
    mode, key, access). The file is kept until the job is over.
    """

    class Kind(models.TextChoices):
        """What the file holds."""

        FEATURES = "features", _("features")
        COVERAGE = "coverage", _("raster")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.FEATURES)
    file = models.FileField(_("file"), upload_to="uploads/", blank=True)
    name = models.CharField(_("name of the file"), max_length=120)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    asked = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    layer = models.CharField(_("layer"), max_length=63, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        # the list of a person, newest first
        indexes = [models.Index(fields=["author", "-created_at"], name="upload_of_author")]
