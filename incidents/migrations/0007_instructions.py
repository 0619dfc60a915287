"""Instructions of leaders about a place or an incident."""

import uuid

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.functions
from gis_core.changes.tracking import TrackChanges


class Migration(migrations.Migration):
    replaces = (("incidents", "0004_workflow"),)
    dependencies = [
        ("gis_core", "0005_change_log_of_many_rows"),
        ("incidents", "0006_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Instruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="instruction")),
                (
                    "state",
                    models.CharField(
                        choices=[("given", "given"), ("answered", "answered"), ("closed", "closed"), ("withdrawn", "withdrawn")],
                        default="given",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("given_at", models.DateTimeField(auto_now_add=True, verbose_name="given")),
                ("answer", models.TextField(blank=True, max_length=4000, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("idempotency_key", models.CharField(blank=True, max_length=80)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=gis_core.functions.WebMercator(models.F("geom")),
                        output_field=django.contrib.gis.db.models.fields.PointField(spatial_index=False, srid=3857),
                    ),
                ),
                (
                    "admin_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.adminunit",
                        verbose_name="administrative unit",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instructions",
                        to="incidents.handlingunit",
                        verbose_name="assignee",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="given by"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="instructions",
                        to="incidents.incident",
                        verbose_name="incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "instruction",
                "verbose_name_plural": "instructions",
            },
        ),
        migrations.AddIndex(
            model_name="instruction",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="instruction_tile"),
        ),
        migrations.AddIndex(
            model_name="instruction",
            index=models.Index(condition=models.Q(("state", "given")), fields=["due_at"], name="instruction_open"),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True),
                fields=("given_by", "idempotency_key"),
                name="instruction_asked_once",
            ),
        ),
        TrackChanges("incidents_instruction"),
    ]
