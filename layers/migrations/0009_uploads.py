"""Uploads, versions of imported layers, and the look that an owner chose."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("layers", "0008_environment_and_indicators"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="importedlayer",
            name="look",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="style"),
        ),
        migrations.CreateModel(
            name="LayerVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("create", "new"),
                            ("replace", "replaced"),
                            ("append", "added to"),
                            ("upsert", "renewed by key"),
                            ("rollback", "brought back"),
                        ],
                        max_length=10,
                        verbose_name="came about",
                    ),
                ),
                ("brought_back", models.PositiveIntegerField(null=True)),
                ("table", models.CharField(blank=True, max_length=63)),
                ("described", models.JSONField(default=dict)),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "layer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="layers.importedlayer",
                        verbose_name="layer",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of an imported layer",
                "verbose_name_plural": "versions of imported layers",
                "constraints": [models.UniqueConstraint(fields=("layer", "number"), name="layer_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("working", "being examined"),
                            ("asking", "needs an answer"),
                            ("examined", "examined"),
                            ("confirmed", "waiting to be written"),
                            ("writing", "being written"),
                            ("done", "done"),
                            ("refused", "cannot be used"),
                            ("cancelled", "cancelled"),
                            ("failed", "failed"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=200)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(default=0)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("failure", models.JSONField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "kind",
                    models.CharField(
                        choices=[("features", "features"), ("coverage", "raster")], default="features", max_length=10, verbose_name="kind"
                    ),
                ),
                ("file", models.FileField(blank=True, upload_to="uploads/", verbose_name="file")),
                ("name", models.CharField(max_length=120, verbose_name="name of the file")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size")),
                ("asked", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("plan", models.JSONField(default=dict)),
                ("layer", models.CharField(blank=True, max_length=63, verbose_name="layer")),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
                "indexes": [models.Index(fields=["author", "-created_at"], name="upload_of_author")],
            },
        ),
    ]
