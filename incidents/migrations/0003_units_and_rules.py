"""Who handles what until when: handling units, rules of routing and deadline, and what a category says of repetitions."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = (("incidents", "0003_intake"),)
    dependencies = [
        ("gis_core", "0005_change_log_of_many_rows"),
        ("incidents", "0002_track_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandlingUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                ("base", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326, verbose_name="base")),
                ("capacity", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="capacity")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
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
                    "members",
                    models.ManyToManyField(blank=True, related_name="handling_units", to=settings.AUTH_USER_MODEL, verbose_name="members"),
                ),
            ],
            options={
                "verbose_name": "handling unit",
                "verbose_name_plural": "handling units",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ("group", models.CharField(blank=True, max_length=80, verbose_name="group")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "asset",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("national_road", "national road or expressway"),
                            ("provincial_road", "provincial road"),
                            ("street", "street"),
                            ("off_road", "away from roads"),
                        ],
                        max_length=16,
                        verbose_name="asset",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        help_text="The unit and all below it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.adminunit",
                        verbose_name="area",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.incidentcategory",
                        verbose_name="category",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="incidents.handlingunit",
                        verbose_name="handling unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "routing rule",
                "verbose_name_plural": "routing rules",
                "ordering": ("position", "pk"),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="incidentcategory",
            name="duplicate_radius_m",
            field=models.PositiveSmallIntegerField(default=50, verbose_name="duplicates within (m)"),
        ),
        migrations.AddField(
            model_name="incidentcategory",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="offered in the form"),
        ),
        migrations.AddField(
            model_name="incidentcategory",
            name="may_be_public",
            field=models.BooleanField(default=True, verbose_name="may be published"),
        ),
        migrations.AddField(
            model_name="incidentcategory",
            name="sibling_radius_m",
            field=models.PositiveSmallIntegerField(default=20, verbose_name="duplicates of sibling categories within (m)"),
        ),
        migrations.CreateModel(
            name="DeadlineRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ("group", models.CharField(blank=True, max_length=80, verbose_name="group")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[("low", "low"), ("medium", "medium"), ("high", "high"), ("critical", "critical")],
                        max_length=8,
                        verbose_name="severity",
                    ),
                ),
                ("hours", models.FloatField(verbose_name="hours")),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        help_text="The unit and all below it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.adminunit",
                        verbose_name="area",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.incidentcategory",
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "deadline rule",
                "verbose_name_plural": "deadline rules",
                "ordering": ("position", "pk"),
                "abstract": False,
            },
        ),
    ]
