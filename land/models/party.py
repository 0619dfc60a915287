"""Holders of rights (ISO 19152 LA_Party): personal data, in a table of its own, and the log of who read it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from land.models.parcel import Parcel


class Party(models.Model):
    """A person, household, organisation or state body that holds rights.

    Reached only through land/holders.py, which asks for the right and writes the log. `__str__` never tells the name: it
    would appear in logs and error pages.
    """

    class Kind(models.TextChoices):
        """Who can hold rights."""

        PERSON = "person", _("person")
        HOUSEHOLD = "household", _("household")
        ORGANISATION = "organisation", _("organisation")
        STATE = "state", _("state body")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind of holder"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name of the holder"), max_length=200)
    id_number = models.CharField(_("number of the identity paper"), max_length=40, blank=True)
    address = models.CharField(_("address of the holder"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_demo = models.BooleanField(_("demo data"), default=False)
    # Who may find it before a right binds it to a parcel.
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("holder")
        verbose_name_plural = _("holders")

    def __str__(self) -> str:
        return str(self.uid)


class PersonalDataRead(models.Model):
    """One reading of personal data: who, when, whose, of which parcel, for what."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    parcel = models.ForeignKey(Parcel, models.SET_NULL, null=True, related_name="+", verbose_name=_("parcel"))
    party = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="reads", verbose_name=_("holder"))
    purpose = models.CharField(_("purpose"), max_length=60)

    class Meta:
        verbose_name = _("reading of personal data")
        verbose_name_plural = _("readings of personal data")
        indexes = [models.Index(fields=["at"], name="personal_read_at")]  # the list in the administration, newest first

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_id}"
