"""Reports, their schedules and links."""

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
        ("layers", "0014_analyses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BriefingSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("given", models.JSONField(default=dict)),
                (
                    "every",
                    models.CharField(
                        choices=[("day", "every day"), ("week", "every week"), ("month", "every month")],
                        max_length=6,
                        verbose_name="how often",
                    ),
                ),
                ("next_at", models.DateTimeField(db_index=True, verbose_name="next at")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
            ],
            options={"verbose_name": "schedule of a report", "verbose_name_plural": "schedules of reports"},
        ),
        migrations.CreateModel(
            name="BriefingJob",
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
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                ("files", models.JSONField(default=dict)),
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
                (
                    "schedule",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="layers.briefingschedule",
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "indexes": [models.Index(fields=["author", "-created_at"], name="report_of_author")],
            },
        ),
        migrations.CreateModel(
            name="BriefingLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                ("opened", models.PositiveIntegerField(default=0, verbose_name="opened")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="layers.briefingjob", verbose_name="report"
                    ),
                ),
            ],
            options={"verbose_name": "link to a report", "verbose_name_plural": "links to reports"},
        ),
    ]
