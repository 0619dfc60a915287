"""Reports of units, focal contacts, milestones of the plan."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import gis_core.functions
from gis_core.changes.tracking import TrackChanges


def _spatial(kind: "type[models.Field]") -> list[tuple[str, "models.Field"]]:
    """The columns that every layer's table has."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
        ("geom", kind(srid=4326)),
        (
            "geom_3857",
            models.GeneratedField(
                db_persist=True,
                expression=gis_core.functions.WebMercator(models.F("geom")),
                output_field=kind(spatial_index=False, srid=3857),
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
    ]


class Migration(migrations.Migration):
    """The tables, and the change log of those that are layers."""

    dependencies = [
        ("gis_core", "0005_change_log_of_many_rows"),
        ("layers", "0009_uploads"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportTemplate",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                (
                    "period",
                    models.CharField(
                        choices=[("month", "monthly"), ("quarter", "quarterly"), ("year", "yearly")],
                        default="month",
                        max_length=8,
                        verbose_name="period",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("province", "province"), ("district", "district"), ("commune", "commune")],
                        default="commune",
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                (
                    "due_days",
                    models.PositiveSmallIntegerField(
                        default=5, validators=[django.core.validators.MaxValueValidator(180)], verbose_name="days after the period"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="asked for")),
                ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
                ("indicators", models.ManyToManyField(related_name="templates", to="layers.indicator", verbose_name="indicators")),
            ],
            options={
                "verbose_name": "report template",
                "verbose_name_plural": "report templates",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="FocalContact",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("due_on", models.DateField(verbose_name="due on")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("overdue", "overdue"), ("done", "done in time"), ("late", "done late")],
                        default="waiting",
                        max_length=8,
                        verbose_name="standing",
                    ),
                ),
                ("topic", models.CharField(max_length=40, verbose_name="matter")),
                ("contact_name", models.CharField(blank=True, max_length=120, verbose_name="focal contact")),
                ("position", models.CharField(blank=True, max_length=120, verbose_name="position")),
                ("office_phone", models.CharField(blank=True, max_length=40, verbose_name="office phone")),
            ],
            options={
                "verbose_name": "focal contact",
                "verbose_name_plural": "focal contacts",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="focal_contact_tile")],
                "constraints": [models.UniqueConstraint(fields=("topic", "admin_unit"), name="focal_contact_once")],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("due_on", models.DateField(verbose_name="due on")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("overdue", "overdue"), ("done", "done in time"), ("late", "done late")],
                        default="waiting",
                        max_length=8,
                        verbose_name="standing",
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "progress",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(100)], verbose_name="progress (%)"
                    ),
                ),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="milestone_tile")],
                "constraints": [models.CheckConstraint(condition=models.Q(("progress__lte", 100)), name="milestone_progress")],
            },
        ),
        migrations.CreateModel(
            name="ReportDuty",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("due_on", models.DateField(verbose_name="due on")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("overdue", "overdue"), ("done", "done in time"), ("late", "done late")],
                        default="waiting",
                        max_length=8,
                        verbose_name="standing",
                    ),
                ),
                ("period_from", models.DateField(verbose_name="period from")),
                ("period_to", models.DateField(verbose_name="period until (exclusive)")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="submitted")),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="layers.reporttemplate",
                        verbose_name="report template",
                    ),
                ),
            ],
            options={
                "verbose_name": "report of a unit",
                "verbose_name_plural": "reports of units",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="report_duty_tile")],
                "constraints": [models.UniqueConstraint(fields=("template", "admin_unit", "period_from"), name="report_duty_once")],
            },
        ),
        TrackChanges("layers_reportduty"),
        TrackChanges("layers_focalcontact"),
        TrackChanges("layers_milestone"),
    ]
