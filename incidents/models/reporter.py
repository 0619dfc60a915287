"""What is known of the people who report: personal data, apart from everything that services publish.

No layer, service, log or export reads these tables; `incidents.reporters` is the one door, and it writes down who looked.
"""

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident


class Reporter(models.Model):
    """Who reported an incident, as far as they said: a contact, the account of staff, the place where the device was.

    `device` and `address` are keyed hashes (not reversible without the service's key) for limits and for finding floods.
    `device_geom` (EPSG:4326) is the device's own position, `accuracy_m` its radius in metres.
    """

    incident = models.OneToOneField(Incident, models.CASCADE, primary_key=True, related_name="reporter")
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account"))
    device = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=32, blank=True)
    device_geom = models.PointField(srid=4326, null=True, blank=True, spatial_index=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("reporter")
        verbose_name_plural = _("reporters")

    def __str__(self) -> str:
        return f"#{self.incident_id}"


class ReporterRead(models.Model):
    """Somebody looked at a reporter's data or at a photo's original: who, when, which and why. Rows are only ever added."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user"))
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+", verbose_name=_("incident"))
    what = models.CharField(_("what"), max_length=60)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("reading of personal data")
        verbose_name_plural = _("readings of personal data")
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.user_id} · #{self.incident_id} · {self.what}"


class Follow(models.Model):
    """Somebody wants to hear of an incident: another person who saw the same, or its reporter. `uid` is made by the client."""

    uid = models.UUIDField(primary_key=True)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="follows", verbose_name=_("incident"))
    email = models.EmailField(_("e-mail"), blank=True)
    device = models.CharField(max_length=32, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")

    def __str__(self) -> str:
        return f"#{self.incident_id}"


class IntakeCount(models.Model):
    """How much came from one source in one span of time (incidents/limits.py). Unlogged: after a crash it begins anew."""

    key = models.CharField(max_length=60, primary_key=True)
    span = models.BigIntegerField()
    count = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.key
