"""Photos of incidents."""

import uuid

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident, Moderation


class Photo(models.Model):
    """A photo as it came (`original`, restricted) and as it may be seen (`picture`, `thumbnail`: drawn anew, without metadata).

    The three are keys in the photo store: hashes of their content (incidents/photos/store.py). The row is written before the file, so
    that no file is without a row. `exif` and `exif_geom` (EPSG:4326) are what the device wrote into the file: for staff alone.
    Distances in metres: between the photo's own position and the device's, and the pin's.
    """

    class State(models.TextChoices):
        """How far it got."""

        RECEIVING = "receiving", _("being received")
        STORED = "stored", _("stored")
        READY = "ready", _("ready")
        UNREADABLE = "unreadable", _("unreadable")

    class Kind(models.TextChoices):
        """Who took it."""

        REPORT = "report", _("of the report")
        WORK = "work", _("of the work")

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="photos", verbose_name=_("incident"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.REPORT)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RECEIVING)
    moderation = models.CharField(_("moderation"), max_length=8, choices=Moderation.choices, default=Moderation.PENDING)
    content_type = models.CharField(_("media type"), max_length=20)
    size = models.PositiveIntegerField(_("bytes"))
    original = models.CharField(max_length=64, db_index=True, editable=False)
    picture = models.CharField(max_length=64, blank=True, editable=False)
    thumbnail = models.CharField(max_length=64, blank=True, editable=False)
    width = models.PositiveIntegerField(_("width"), default=0)
    height = models.PositiveIntegerField(_("height"), default=0)
    exif = models.JSONField(default=dict, blank=True, editable=False)
    exif_geom = models.PointField(srid=4326, null=True, blank=True, spatial_index=False, editable=False)
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    device_distance_m = models.FloatField(_("from the device (m)"), null=True, blank=True)
    pin_distance_m = models.FloatField(_("from the pin (m)"), null=True, blank=True)
    flags = ArrayField(models.CharField(max_length=24), default=list, blank=True, verbose_name=_("flags"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("position", "created_at")
        indexes = [
            # the darkroom: what is to be drawn anew, and what never became a file
            models.Index(fields=["created_at"], name="photo_unfinished", condition=models.Q(state__in=["receiving", "stored"])),
        ]

    def __str__(self) -> str:
        return f"#{self.incident_id}/{self.position}"
