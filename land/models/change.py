"""Changes of parcels: what was asked, by whom, on which papers, what came of it, and the lineage that it left."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.models import AdminUnit, Role
from land.models.document import SourceDocument
from land.models.parcel import Parcel


class ParcelChange(models.Model):
    """One atomic change: draft, submitted, checked, approved or returned, published.

    `params` is what the verb was given; it names holders by number alone. `targets` lists [uid, version] as the
    author saw them. `before` and `after` list [uid, version] of every parcel that the publication touched: the versions
    themselves are rows of Parcel. `change_seq` is the position in the change log from which every reader sees it.
    """

    class Kind(models.TextChoices):
        """The verbs."""

        SPLIT_LINES = "split_lines", _("split by lines")
        SPLIT_AREAS = "split_areas", _("split by areas")
        MERGE = "merge", _("merger")
        BOUNDARY = "adjust_boundary", _("adjustment of a shared boundary")
        CORNERS = "correct_corners", _("correction of corners")
        USE = "change_use", _("change of land use")
        RECOVERY = "recover", _("recovery by the State")
        TRANSFER = "transfer", _("transfer")
        INHERITANCE = "inherit", _("inheritance")
        GIFT = "gift", _("gift")
        MORTGAGE = "mortgage", _("mortgage")
        RESTRICT = "restrict", _("dispute or block")
        RELEASE = "release", _("release of a restriction")
        ISSUE = "issue_certificate", _("issue of a certificate")
        REPLACE = "replace_certificate", _("replacement of a certificate")
        REVOKE = "revoke_certificate", _("revocation of a certificate")
        CORRECTION = "correct", _("correction of an error")
        UNDO = "undo", _("undoing of a change")
        # No verb: a file's parcels come through land/mutations/bulk.py and lie where none were before.
        IMPORT = "import", _("import of a file")

    class State(models.TextChoices):
        """Steps of the work."""

        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        CHECKED = "checked", _("checked")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    view_rule: ClassVar[AccessRule] = AccessRule(view=frozenset({Role.LAND_OFFICER, Role.APPROVER}))
    write_rule: ClassVar[AccessRule] = AccessRule(change=frozenset({Role.LAND_OFFICER}))
    approve_rule: ClassVar[AccessRule] = AccessRule(change=frozenset({Role.APPROVER}))

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind of change"), max_length=24, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    unit = models.ForeignKey(AdminUnit, models.PROTECT, related_name="+", verbose_name=_("administrative unit"))
    reason = models.CharField(_("reason"), max_length=500)
    params = models.JSONField(_("parameters"))
    targets = models.JSONField(_("parcels as the author saw them"))
    documents = models.ManyToManyField(SourceDocument, blank=True, related_name="changes", verbose_name=_("papers"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approver"))
    idempotency_key = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    report = models.JSONField(_("report of the check"), null=True, blank=True)
    effective_on = models.DateField(_("effective on"), default=timezone.localdate)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    before = models.JSONField(_("before"), default=list)
    after = models.JSONField(_("after"), default=list)
    papers = models.JSONField(_("rights, certificates and restrictions touched"), default=list)
    change_seq = models.BigIntegerField(null=True, blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes"))

    class Meta:
        verbose_name = _("change of parcels")
        verbose_name_plural = _("changes of parcels")
        indexes = [
            # the work list of a unit: open changes by deadline
            models.Index(fields=["unit", "state", "due_on"], name="change_work_list"),
            # the changes of one parcel: after @> [["<uid>"]]
            GinIndex(fields=["after"], name="change_of_parcel", opclasses=["jsonb_path_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["author", "idempotency_key"], condition=~Q(idempotency_key=""), name="change_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"


class ChangeStep(models.Model):
    """One step of a change through its states: who, when, why."""

    change = models.ForeignKey(ParcelChange, models.CASCADE, related_name="steps", verbose_name=_("change"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user"))
    state = models.CharField(_("state"), max_length=10, choices=ParcelChange.State.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("step of a change")
        verbose_name_plural = _("steps of changes")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.state}"


class ParcelLineage(models.Model):
    """A child took `area_m2` of its ground from a parent (the registers' parent-child edges). Both are head rows."""

    # The unique constraint serves look-ups by parent.
    parent = models.ForeignKey(Parcel, models.PROTECT, related_name="children", db_index=False, verbose_name=_("parent"))
    child = models.ForeignKey(Parcel, models.PROTECT, related_name="parents", verbose_name=_("child"))
    change = models.ForeignKey(ParcelChange, models.PROTECT, related_name="lineage", verbose_name=_("change"))
    area_m2 = models.FloatField(_("area (m²)"))

    class Meta:
        verbose_name = _("descent of parcels")
        verbose_name_plural = _("descents of parcels")
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], name="lineage_once"),
            models.CheckConstraint(condition=~Q(parent=models.F("child")), name="lineage_no_self"),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id}"
