"""Analyses with the parts of their tiles."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [
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
]


class Migration(migrations.Migration):
    dependencies = [
        ("layers", "0013_coverages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnalysisJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("state", models.CharField(choices=STATES, default="queued", max_length=10, verbose_name="state")),
                ("step", models.CharField(blank=True, max_length=200)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(default=0)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("failure", models.JSONField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("given", models.JSONField(default=dict)),
                ("scheduler", models.CharField(blank=True, max_length=200)),
                ("provenance", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("plan", models.JSONField(default=dict)),
                ("file", models.FileField(blank=True, upload_to="analyses/", verbose_name="file")),
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
                "verbose_name": "analysis",
                "verbose_name_plural": "analyses",
                "indexes": [models.Index(fields=["author", "-created_at"], name="analysis_of_author")],
            },
        ),
        migrations.CreateModel(
            name="AnalysisPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("data", models.BinaryField()),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="layers.analysisjob"
                    ),
                ),
            ],
            options={
                "verbose_name": "part of an analysis",
                "verbose_name_plural": "parts of analyses",
                "constraints": [models.UniqueConstraint(fields=("job", "key"), name="analysis_part_once")],
            },
        ),
    ]
