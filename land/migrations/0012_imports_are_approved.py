"""An import is handed in by one person and approved by another."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("land", "0011_keys_of_every_generation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="parcelimport",
            name="approver",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="approver",
            ),
        ),
        migrations.AddField(
            model_name="parcelimport",
            name="submitted_at",
            field=models.DateTimeField(null=True, verbose_name="handed in"),
        ),
        migrations.AddField(
            model_name="parcelimport",
            name="approved_at",
            field=models.DateTimeField(null=True, verbose_name="approved"),
        ),
        migrations.AddField(
            model_name="parcelimport",
            name="note",
            field=models.CharField(blank=True, max_length=500, verbose_name="note"),
        ),
        migrations.AlterField(
            model_name="parcelimport",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "waiting to be examined"),
                    ("checking", "being examined"),
                    ("checked", "examined"),
                    ("submitted", "waiting for approval"),
                    ("refused", "cannot be used"),
                    ("confirmed", "waiting to be written"),
                    ("writing", "being written"),
                    ("done", "brought in"),
                    ("cancelled", "cancelled"),
                    ("failed", "failed"),
                ],
                default="queued",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
