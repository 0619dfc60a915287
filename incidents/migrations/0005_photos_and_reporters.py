"""Photos, and apart from the reports whoever made, follows and reads them; counters of the intake's limits."""

import uuid

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = (("incidents", "0003_intake"),)
    dependencies = [
        ("incidents", "0004_intake"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IntakeCount",
            fields=[
                ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("span", models.BigIntegerField()),
                ("count", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("report", "of the report"), ("work", "of the work")], default="report", max_length=6, verbose_name="kind"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "state",
                    models.CharField(
                        choices=[("receiving", "being received"), ("stored", "stored"), ("ready", "ready"), ("unreadable", "unreadable")],
                        default="receiving",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "moderation",
                    models.CharField(
                        choices=[("pending", "to be moderated"), ("approved", "approved"), ("refused", "refused")],
                        default="pending",
                        max_length=8,
                        verbose_name="moderation",
                    ),
                ),
                ("content_type", models.CharField(max_length=20, verbose_name="media type")),
                ("size", models.PositiveIntegerField(verbose_name="bytes")),
                ("original", models.CharField(db_index=True, editable=False, max_length=64)),
                ("picture", models.CharField(blank=True, editable=False, max_length=64)),
                ("thumbnail", models.CharField(blank=True, editable=False, max_length=64)),
                ("width", models.PositiveIntegerField(default=0, verbose_name="width")),
                ("height", models.PositiveIntegerField(default=0, verbose_name="height")),
                ("exif", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "exif_geom",
                    django.contrib.gis.db.models.fields.PointField(blank=True, editable=False, null=True, spatial_index=False, srid=4326),
                ),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="taken")),
                ("device_distance_m", models.FloatField(blank=True, null=True, verbose_name="from the device (m)")),
                ("pin_distance_m", models.FloatField(blank=True, null=True, verbose_name="from the pin (m)")),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), blank=True, default=list, size=None, verbose_name="flags"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="incidents.incident", verbose_name="incident"
                    ),
                ),
            ],
            options={
                "verbose_name": "photo",
                "verbose_name_plural": "photos",
                "ordering": ("position", "created_at"),
            },
        ),
        migrations.CreateModel(
            name="Reporter",
            fields=[
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reporter",
                        serialize=False,
                        to="incidents.incident",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("device", models.CharField(blank=True, max_length=32)),
                ("address", models.CharField(blank=True, max_length=32)),
                ("device_geom", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, spatial_index=False, srid=4326)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "reporter",
                "verbose_name_plural": "reporters",
            },
        ),
        migrations.CreateModel(
            name="ReporterRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=60, verbose_name="what")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.incident", verbose_name="incident"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="user"
                    ),
                ),
            ],
            options={
                "verbose_name": "reading of personal data",
                "verbose_name_plural": "readings of personal data",
                "ordering": ("-at",),
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("uid", models.UUIDField(primary_key=True, serialize=False)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("device", models.CharField(blank=True, max_length=32)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="incidents.incident",
                        verbose_name="incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "follower",
                "verbose_name_plural": "followers",
            },
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(condition=models.Q(("state__in", ["receiving", "stored"])), fields=["created_at"], name="photo_unfinished"),
        ),
        # Counters of limits: written with each report, worth nothing after a crash.
        migrations.RunSQL("ALTER TABLE incidents_intakecount SET UNLOGGED", migrations.RunSQL.noop),
    ]
