"""The workflow: each step with who, when, note and photos."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = (("incidents", "0004_workflow"),)
    dependencies = [
        ("incidents", "0005_photos_and_reporters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IncidentStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("verb", models.CharField(max_length=12, verbose_name="step")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("hand", models.CharField(max_length=10, verbose_name="in the role of")),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("received", "received"),
                            ("assigned", "assigned"),
                            ("in_progress", "in progress"),
                            ("resolved", "resolved"),
                            ("confirmed", "confirmed"),
                            ("reopened", "reopened"),
                            ("rejected", "rejected"),
                            ("duplicate", "duplicate"),
                        ],
                        max_length=12,
                        verbose_name="before",
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("received", "received"),
                            ("assigned", "assigned"),
                            ("in_progress", "in progress"),
                            ("resolved", "resolved"),
                            ("confirmed", "confirmed"),
                            ("reopened", "reopened"),
                            ("rejected", "rejected"),
                            ("duplicate", "duplicate"),
                        ],
                        max_length=12,
                        verbose_name="after",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=2000, verbose_name="internal note")),
                ("public_note", models.CharField(blank=True, max_length=2000, verbose_name="public note")),
                ("is_moderated", models.BooleanField(default=True, verbose_name="moderated")),
                ("late", models.BooleanField(blank=True, null=True, verbose_name="after the deadline")),
                ("idempotency_key", models.CharField(blank=True, max_length=80)),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="incidents.incident", verbose_name="incident"
                    ),
                ),
                ("photos", models.ManyToManyField(blank=True, related_name="steps", to="incidents.photo", verbose_name="photos")),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.handlingunit",
                        verbose_name="handling unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of an incident",
                "verbose_name_plural": "steps of incidents",
                "ordering": ("pk",),
            },
        ),
        migrations.RemoveIndex(
            model_name="incident",
            name="incident_newest",
        ),
        migrations.AddField(
            model_name="incident",
            name="is_overdue",
            field=models.BooleanField(default=False, editable=False, verbose_name="overdue"),
        ),
        migrations.AddField(
            model_name="incident",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["-reported_at", "-id"], name="incident_by_age"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["due_at", "id"], name="incident_by_deadline"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(condition=models.Q(("status", "resolved")), fields=["resolved_at"], name="incident_unconfirmed"),
        ),
        migrations.AddIndex(
            model_name="incidentstep",
            index=models.Index(fields=["at", "verb"], name="step_period"),
        ),
        migrations.AddConstraint(
            model_name="incidentstep",
            constraint=models.UniqueConstraint(fields=("incident", "version"), name="step_one_a_version"),
        ),
        migrations.AddConstraint(
            model_name="incidentstep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True), fields=("incident", "idempotency_key"), name="step_asked_once"
            ),
        ),
    ]
