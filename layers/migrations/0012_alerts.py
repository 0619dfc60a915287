"""Alert rules and alerts; both write the change log."""

import uuid

import django.contrib.gis.db.models.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from gis_core.changes.tracking import TrackChanges

_SEVERITIES = [("critical", "critical"), ("high", "high"), ("medium", "medium"), ("low", "low")]


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0007_screen_pass"),
        ("layers", "0011_living_themes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("severity", models.CharField(choices=_SEVERITIES, default="high", max_length=8, verbose_name="severity")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("threshold", "a value at or beyond a limit"),
                            ("rate", "a value that changes too fast"),
                            ("geofence", "something inside an area"),
                            ("absence", "data that do not arrive"),
                            ("overdue", "a deadline that has passed"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("layer", models.CharField(max_length=63, verbose_name="layer")),
                (
                    "subject",
                    models.CharField(
                        choices=[("feature", "each feature"), ("unit", "each commune"), ("whole", "the layer as a whole")],
                        default="feature",
                        max_length=8,
                        verbose_name="one alert for",
                    ),
                ),
                ("measure", models.CharField(blank=True, max_length=63, verbose_name="field or metric")),
                (
                    "direction",
                    models.CharField(
                        choices=[("above", "at or above"), ("below", "at or below")],
                        default="above",
                        max_length=5,
                        verbose_name="side of the limit",
                    ),
                ),
                ("limit", models.FloatField(blank=True, null=True, verbose_name="limit")),
                ("in_percent", models.BooleanField(default=False, help_text="Of a change.", verbose_name="the limit is in percent")),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        blank=True, help_text="The period of a change; the patience with data.", null=True, verbose_name="minutes"
                    ),
                ),
                (
                    "filter",
                    models.TextField(blank=True, help_text="A filter in CQL2, for example: severity='critical'", verbose_name="only where"),
                ),
                (
                    "fence",
                    django.contrib.gis.db.models.fields.MultiPolygonField(blank=True, null=True, srid=4326, verbose_name="inside the area"),
                ),
                (
                    "quiet_minutes",
                    models.PositiveIntegerField(
                        default=30, help_text="Coming back sooner, it is the same alert.", verbose_name="quiet minutes"
                    ),
                ),
                (
                    "escalate_minutes",
                    models.PositiveIntegerField(
                        blank=True, help_text="Unless somebody acknowledged it.", null=True, verbose_name="escalate after (minutes)"
                    ),
                ),
                ("recipients", models.TextField(blank=True, help_text="One address a line.", verbose_name="e-mail to")),
                ("escalate_to", models.TextField(blank=True, help_text="One address a line.", verbose_name="escalate to")),
                ("sounds", models.BooleanField(default=False, verbose_name="with a sound on the wall")),
                ("fault", models.CharField(blank=True, editable=False, max_length=300, verbose_name="what is wrong with it")),
                ("is_demo", models.BooleanField(default=False, editable=False, verbose_name="demo data")),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.adminunit",
                        verbose_name="inside the unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "alert rule",
                "verbose_name_plural": "alert rules",
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("layer", models.CharField(max_length=63, verbose_name="layer")),
                ("subject", models.CharField(max_length=40, verbose_name="of what")),
                ("feature", models.BigIntegerField(blank=True, null=True, verbose_name="feature")),
                ("is_public", models.BooleanField(default=False)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="detail")),
                ("value", models.FloatField(blank=True, null=True, verbose_name="value")),
                ("severity", models.CharField(choices=_SEVERITIES, max_length=8, verbose_name="severity")),
                ("geom", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="raised")),
                ("cleared_at", models.DateTimeField(blank=True, null=True, verbose_name="over since")),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True, verbose_name="acknowledged")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("escalated_at", models.DateTimeField(blank=True, null=True, verbose_name="escalated")),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="acknowledged by",
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
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="layers.alertrule", verbose_name="alert rule"
                    ),
                ),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "ordering": ("-raised_at", "-pk"),
                "indexes": [models.Index(fields=["-raised_at"], name="alert_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cleared_at__isnull", True)), fields=("rule", "subject"), name="alert_open_once"
                    )
                ],
            },
        ),
        TrackChanges("layers_alertrule", geometry=None, unit=None),
        TrackChanges("layers_alert", geometry=None, public="is_public"),
    ]
