"""The descriptions of imported layers, under the change log so that every process notices a new one."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gis_core.changes.tracking import TrackChanges


class Migration(migrations.Migration):
    """One table and its triggers."""

    dependencies = [
        ("layers", "0002_track_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportedLayer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("\\A[a-z][a-z0-9_]*\\Z")],
                        verbose_name="name",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("table", models.CharField(editable=False, max_length=63, unique=True, verbose_name="table")),
                ("geometry_type", models.CharField(editable=False, max_length=20, verbose_name="kind of geometry")),
                ("srid", models.PositiveIntegerField(editable=False, verbose_name="coordinate system (EPSG)")),
                ("columns", models.JSONField(default=list, editable=False, verbose_name="columns")),
                ("key_field", models.CharField(blank=True, editable=False, max_length=63, verbose_name="key")),
                ("label_field", models.CharField(blank=True, max_length=63, verbose_name="label")),
                ("tile_fields", models.JSONField(default=list, verbose_name="columns in tiles")),
                ("search_fields", models.JSONField(default=list, verbose_name="columns for search")),
                ("min_zoom", models.PositiveSmallIntegerField(default=0, verbose_name="from zoom")),
                (
                    "access",
                    models.CharField(
                        choices=[("public", "public"), ("scoped", "by administrative unit")],
                        default="scoped",
                        max_length=10,
                        verbose_name="access",
                    ),
                ),
                ("source_name", models.CharField(editable=False, max_length=200, verbose_name="source file")),
                ("source_sha256", models.CharField(editable=False, max_length=64, verbose_name="checksum (SHA-256)")),
                ("row_count", models.PositiveIntegerField(default=0, editable=False, verbose_name="rows")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "imported layer",
                "verbose_name_plural": "imported layers",
                "ordering": ("name",),
            },
        ),
        TrackChanges("layers_importedlayer", geometry=None, unit=None),
    ]
