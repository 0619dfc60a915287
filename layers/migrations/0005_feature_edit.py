import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("layers", "0004_water_label"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeatureEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("layer", models.CharField(max_length=63, verbose_name="layer")),
                ("feature", models.BigIntegerField(verbose_name="feature")),
                (
                    "action",
                    models.CharField(
                        choices=[("create", "created"), ("update", "changed"), ("delete", "deleted")], max_length=8, verbose_name="action"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("before", models.JSONField(null=True, verbose_name="before")),
                ("after", models.JSONField(null=True, verbose_name="after")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "write to a feature",
                "verbose_name_plural": "writes to features",
                "indexes": [models.Index(fields=["layer", "feature", "at"], name="feature_edit_history")],
            },
        ),
    ]
