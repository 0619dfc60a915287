"""Versions with both times in the table of parcels; rights, holders, papers, changes, lineage and dated rules beside it.

Existing parcels become valid from the cadastre's origin: the new column has a constant default, so no row is rewritten.
"""

import datetime
import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0004_admin_unit_label"),
        ("land", "0003_land_use_one_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.CharField(max_length=20, unique=True, verbose_name="serial number")),
                ("register_no", models.CharField(max_length=20, verbose_name="number in the register")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                (
                    "status",
                    models.CharField(
                        choices=[("valid", "valid"), ("replaced", "replaced"), ("revoked", "revoked"), ("outdated", "to be exchanged")],
                        default="valid",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate",
                "verbose_name_plural": "certificates",
            },
        ),
        migrations.CreateModel(
            name="ChangeStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("submitted", "submitted"),
                            ("checked", "checked"),
                            ("approved", "approved"),
                            ("returned", "returned"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
            ],
            options={
                "verbose_name": "step of a change",
                "verbose_name_plural": "steps of changes",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="DeadlineRule",
            fields=[
                ("kind", models.CharField(max_length=24, primary_key=True, serialize=False, verbose_name="kind of change")),
                ("working_days", models.PositiveSmallIntegerField(verbose_name="working days")),
                ("legal_basis", models.CharField(blank=True, max_length=200, verbose_name="legal basis")),
                ("is_sample", models.BooleanField(default=False, verbose_name="sample value")),
            ],
            options={
                "verbose_name": "deadline of a kind of change",
                "verbose_name_plural": "deadlines of kinds of changes",
                "ordering": ("kind",),
            },
        ),
        migrations.CreateModel(
            name="LotRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("land_use", models.CharField(help_text="codes with commas, such as ODT,ONT", max_length=60, verbose_name="land uses")),
                ("area_m2", models.FloatField(verbose_name="least area (m²)")),
                ("width_m", models.FloatField(default=0, verbose_name="least width (m)")),
                ("legal_basis", models.CharField(max_length=200, verbose_name="legal basis")),
                ("is_sample", models.BooleanField(default=False, verbose_name="sample value")),
                ("valid_from", models.DateField(verbose_name="in force from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="in force until (exclusive)")),
            ],
            options={
                "verbose_name": "least size of new lots",
                "verbose_name_plural": "least sizes of new lots",
                "ordering": ("land_use", "valid_from"),
            },
        ),
        migrations.CreateModel(
            name="ParcelChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("split_lines", "split by lines"),
                            ("split_areas", "split by areas"),
                            ("merge", "merger"),
                            ("adjust_boundary", "adjustment of a shared boundary"),
                            ("correct_corners", "correction of corners"),
                            ("change_use", "change of land use"),
                            ("recover", "recovery by the State"),
                            ("transfer", "transfer"),
                            ("inherit", "inheritance"),
                            ("gift", "gift"),
                            ("mortgage", "mortgage"),
                            ("restrict", "dispute or block"),
                            ("release", "release of a restriction"),
                            ("issue_certificate", "issue of a certificate"),
                            ("replace_certificate", "replacement of a certificate"),
                            ("revoke_certificate", "revocation of a certificate"),
                            ("correct", "correction of an error"),
                            ("undo", "undoing of a change"),
                        ],
                        max_length=24,
                        verbose_name="kind of change",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("submitted", "submitted"),
                            ("checked", "checked"),
                            ("approved", "approved"),
                            ("returned", "returned"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("params", models.JSONField(verbose_name="parameters")),
                ("targets", models.JSONField(verbose_name="parcels as the author saw them")),
                ("idempotency_key", models.CharField(blank=True, max_length=80)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("report", models.JSONField(blank=True, null=True, verbose_name="report of the check")),
                ("effective_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="effective on")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("before", models.JSONField(default=list, verbose_name="before")),
                ("after", models.JSONField(default=list, verbose_name="after")),
                ("papers", models.JSONField(default=list, verbose_name="rights, certificates and restrictions touched")),
                ("change_seq", models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "change of parcels",
                "verbose_name_plural": "changes of parcels",
            },
        ),
        migrations.CreateModel(
            name="ParcelLineage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_m2", models.FloatField(verbose_name="area (m²)")),
            ],
            options={
                "verbose_name": "descent of parcels",
                "verbose_name_plural": "descents of parcels",
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "person"),
                            ("household", "household"),
                            ("organisation", "organisation"),
                            ("state", "state body"),
                        ],
                        max_length=12,
                        verbose_name="kind of holder",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name of the holder")),
                ("id_number", models.CharField(blank=True, max_length=40, verbose_name="number of the identity paper")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address of the holder")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "holder",
                "verbose_name_plural": "holders",
            },
        ),
        migrations.CreateModel(
            name="PersonalDataRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("purpose", models.CharField(max_length=60, verbose_name="purpose")),
            ],
            options={
                "verbose_name": "reading of personal data",
                "verbose_name_plural": "readings of personal data",
            },
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("mortgage", "mortgage"), ("dispute", "dispute"), ("block", "block")],
                        max_length=10,
                        verbose_name="kind of restriction",
                    ),
                ),
                ("reference", models.CharField(max_length=120, verbose_name="contract or decision")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until (exclusive)")),
            ],
            options={
                "verbose_name": "restriction",
                "verbose_name_plural": "restrictions",
            },
        ),
        migrations.CreateModel(
            name="Right",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("use", "right of use"), ("lease", "lease from the State"), ("management", "management for the State")],
                        default="use",
                        max_length=12,
                        verbose_name="kind of right",
                    ),
                ),
                ("numerator", models.PositiveIntegerField(default=1, verbose_name="share: numerator")),
                ("denominator", models.PositiveIntegerField(default=1, verbose_name="share: denominator")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until (exclusive)")),
            ],
            options={
                "verbose_name": "right",
                "verbose_name_plural": "rights",
            },
        ),
        migrations.CreateModel(
            name="SourceDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application", "application"),
                            ("decision", "decision"),
                            ("survey", "measuring report"),
                            ("contract", "contract"),
                            ("court", "court judgment"),
                            ("other", "other paper"),
                        ],
                        max_length=12,
                        verbose_name="kind of paper",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="number")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="issued on")),
                ("issuer", models.CharField(blank=True, max_length=200, verbose_name="issued by")),
                ("file", models.FileField(blank=True, upload_to="land/documents/", verbose_name="scan")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "source document",
                "verbose_name_plural": "source documents",
            },
        ),
        migrations.RemoveConstraint(
            model_name="parcel",
            name="parcel_key_once",
        ),
        migrations.AddField(
            model_name="parcel",
            name="superseded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="superseded"),
        ),
        migrations.AddField(
            model_name="parcel",
            name="valid_from",
            field=models.DateField(
                db_default=datetime.date(2010, 1, 1), default=django.utils.timezone.localdate, verbose_name="valid from"
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid until (exclusive)"),
        ),
        migrations.AddField(
            model_name="parcellanduse",
            name="origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "not recorded"),
                    ("2", "recognised, with fee"),
                    ("3", "recognised, without fee"),
                    ("4", "allotted, with fee"),
                    ("5", "allotted, without fee"),
                    ("6", "allotted for management"),
                    ("10", "leased, paid yearly"),
                    ("11", "leased, paid once"),
                ],
                db_default="",
                default="",
                max_length=2,
                verbose_name="origin of use",
            ),
        ),
        migrations.AddField(
            model_name="parcellanduse",
            name="term_until",
            field=models.DateField(blank=True, null=True, verbose_name="term of use"),
        ),
        migrations.AlterField(
            model_name="parcel",
            name="uid",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(condition=models.Q(("superseded_at__isnull", False)), fields=["uid", "version"], name="parcel_history"),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at__isnull", True)), fields=("uid",), name="parcel_one_head"
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True)), fields=("admin_unit", "sheet_no", "parcel_no"), name="parcel_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"),
                name="parcel_validity_in_order",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="parcel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="land.parcel", verbose_name="parcel"
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaces",
                to="land.certificate",
                verbose_name="replaced by",
            ),
        ),
        migrations.AddField(
            model_name="changestep",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="user"
            ),
        ),
        migrations.AddField(
            model_name="lotrule",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="gis_core.adminunit",
                verbose_name="administrative unit",
            ),
        ),
        migrations.AddField(
            model_name="parcelchange",
            name="approver",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="approver",
            ),
        ),
        migrations.AddField(
            model_name="parcelchange",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="author"
            ),
        ),
        migrations.AddField(
            model_name="parcelchange",
            name="undoes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="land.parcelchange",
                verbose_name="undoes",
            ),
        ),
        migrations.AddField(
            model_name="parcelchange",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="gis_core.adminunit", verbose_name="administrative unit"
            ),
        ),
        migrations.AddField(
            model_name="changestep",
            name="change",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="land.parcelchange", verbose_name="change"
            ),
        ),
        migrations.AddField(
            model_name="parcellineage",
            name="change",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lineage", to="land.parcelchange", verbose_name="change"
            ),
        ),
        migrations.AddField(
            model_name="parcellineage",
            name="child",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parents", to="land.parcel", verbose_name="child"
            ),
        ),
        migrations.AddField(
            model_name="parcellineage",
            name="parent",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="land.parcel",
                verbose_name="parent",
            ),
        ),
        migrations.AddField(
            model_name="party",
            name="created_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="personaldataread",
            name="parcel",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="land.parcel", verbose_name="parcel"
            ),
        ),
        migrations.AddField(
            model_name="personaldataread",
            name="party",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="reads", to="land.party", verbose_name="holder"
            ),
        ),
        migrations.AddField(
            model_name="personaldataread",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="user"
            ),
        ),
        migrations.AddField(
            model_name="restriction",
            name="creditor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="land.party",
                verbose_name="creditor",
            ),
        ),
        migrations.AddField(
            model_name="restriction",
            name="parcel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="restrictions", to="land.parcel", verbose_name="parcel"
            ),
        ),
        migrations.AddField(
            model_name="right",
            name="parcel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rights", to="land.parcel", verbose_name="parcel"
            ),
        ),
        migrations.AddField(
            model_name="right",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rights", to="land.party", verbose_name="holder"
            ),
        ),
        migrations.AddField(
            model_name="sourcedocument",
            name="created_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="sourcedocument",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="gis_core.adminunit", verbose_name="administrative unit"
            ),
        ),
        migrations.AddField(
            model_name="parcelchange",
            name="documents",
            field=models.ManyToManyField(blank=True, related_name="changes", to="land.sourcedocument", verbose_name="papers"),
        ),
        migrations.AddConstraint(
            model_name="parcellineage",
            constraint=models.UniqueConstraint(fields=("parent", "child"), name="lineage_once"),
        ),
        migrations.AddConstraint(
            model_name="parcellineage",
            constraint=models.CheckConstraint(condition=models.Q(("parent", models.F("child")), _negated=True), name="lineage_no_self"),
        ),
        migrations.AddIndex(
            model_name="personaldataread",
            index=models.Index(fields=["at"], name="personal_read_at"),
        ),
        migrations.AddConstraint(
            model_name="right",
            constraint=models.CheckConstraint(
                condition=models.Q(("numerator__gt", 0), ("denominator__gt", 0), ("numerator__lte", models.F("denominator"))),
                name="right_share_is_a_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="right",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"),
                name="right_dates_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="parcelchange",
            index=models.Index(fields=["unit", "state", "due_on"], name="change_work_list"),
        ),
        migrations.AddConstraint(
            model_name="parcelchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True), fields=("author", "idempotency_key"), name="change_asked_once"
            ),
        ),
    ]
