"""Rights, certificates and restrictions (ISO 19152 LA_RRR and LA_AdministrativeSource). They hang on a parcel's head row."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from land.models.parcel import Parcel
from land.models.party import Party


class Right(models.Model):
    """A party's right to a parcel, as a fraction, between two dates; `valid_to` null while it lasts."""

    class Kind(models.TextChoices):
        """Kinds of rights to land."""

        USE = "use", _("right of use")
        LEASE = "lease", _("lease from the State")
        MANAGEMENT = "management", _("management for the State")

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="rights", verbose_name=_("parcel"))
    party = models.ForeignKey(Party, models.PROTECT, related_name="rights", verbose_name=_("holder"))
    kind = models.CharField(_("kind of right"), max_length=12, choices=Kind.choices, default=Kind.USE)
    numerator = models.PositiveIntegerField(_("share: numerator"), default=1)
    denominator = models.PositiveIntegerField(_("share: denominator"), default=1)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until (exclusive)"), null=True, blank=True)

    class Meta:
        verbose_name = _("right")
        verbose_name_plural = _("rights")
        constraints = [
            models.CheckConstraint(
                condition=Q(numerator__gt=0) & Q(denominator__gt=0) & Q(numerator__lte=F("denominator")), name="right_share_is_a_part"
            ),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="right_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.numerator}/{self.denominator}"


class Certificate(models.Model):
    """A certificate of land-use rights: the serial on the paper, the number in the register, and whether it still holds."""

    class Status(models.TextChoices):
        """What became of a certificate."""

        VALID = "valid", _("valid")
        REPLACED = "replaced", _("replaced")
        REVOKED = "revoked", _("revoked")
        # A split or merge took its parcel away: to be exchanged for certificates of the new parcels.
        OUTDATED = "outdated", _("to be exchanged")

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="certificates", verbose_name=_("parcel"))
    serial = models.CharField(_("serial number"), max_length=20, unique=True)
    register_no = models.CharField(_("number in the register"), max_length=20)
    issued_on = models.DateField(_("issued on"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.VALID)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name=_("replaced by"))

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return self.serial


class Restriction(models.Model):
    """What forbids to dispose of a parcel: a mortgage, a dispute, a block. In force while `valid_to` is null."""

    class Kind(models.TextChoices):
        """Kinds of restrictions."""

        MORTGAGE = "mortgage", _("mortgage")
        DISPUTE = "dispute", _("dispute")
        BLOCK = "block", _("block")

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="restrictions", verbose_name=_("parcel"))
    kind = models.CharField(_("kind of restriction"), max_length=10, choices=Kind.choices)
    creditor = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("creditor"))
    reference = models.CharField(_("contract or decision"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until (exclusive)"), null=True, blank=True)

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
