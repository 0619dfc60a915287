"""Screens and links that look through an account."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gis_core.changes.tracking import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0006_security_role"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScreenPass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("screen", "screen of the map wall"), ("link", "link for a phone or tablet")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("device", models.CharField(blank=True, editable=False, max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="first opened")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screen_passes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sees what … may see",
                    ),
                ),
            ],
            options={
                "verbose_name": "screen or link",
                "verbose_name_plural": "screens and links",
                "ordering": ("-created_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "link"), _negated=True), ("expires_at__isnull", False), _connector="OR"),
                        name="link_has_an_end",
                    )
                ],
            },
        ),
        TrackChanges("gis_core_screenpass", geometry=None, unit=None),
    ]
