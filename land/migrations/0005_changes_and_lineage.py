"""Changes with their steps and papers, and the lineage that they leave."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = (("land", "0004_ladm_model"),)
    dependencies = [
        ("gis_core", "0004_admin_unit_label"),
        ("land", "0004_versions_with_both_times"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
        migrations.AddField(
            model_name="changestep",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="user"
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
