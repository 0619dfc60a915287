"""Dated least sizes of lots and the deadlines of changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = (("land", "0004_ladm_model"),)
    dependencies = [
        ("gis_core", "0004_admin_unit_label"),
        ("land", "0006_rights_and_holders"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeadlineRule",
            fields=[
                ("kind", models.CharField(max_length=24, primary_key=True, serialize=False, verbose_name="kind of change")),
                ("working_days", models.PositiveSmallIntegerField(verbose_name="working days")),
                ("legal_basis", models.CharField(blank=True, max_length=200, verbose_name="legal basis")),
                ("is_sample", models.BooleanField(default=False, verbose_name="sample value")),
            ],
            options={
                "verbose_name": "deadline of a kind of change",
                "verbose_name_plural": "deadlines of kinds of changes",
                "ordering": ("kind",),
            },
        ),
        migrations.CreateModel(
            name="LotRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("land_use", models.CharField(help_text="codes with commas, such as ODT,ONT", max_length=60, verbose_name="land uses")),
                ("area_m2", models.FloatField(verbose_name="least area (m²)")),
                ("width_m", models.FloatField(default=0, verbose_name="least width (m)")),
                ("legal_basis", models.CharField(max_length=200, verbose_name="legal basis")),
                ("is_sample", models.BooleanField(default=False, verbose_name="sample value")),
                ("valid_from", models.DateField(verbose_name="in force from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="in force until (exclusive)")),
            ],
            options={
                "verbose_name": "least size of new lots",
                "verbose_name_plural": "least sizes of new lots",
                "ordering": ("land_use", "valid_from"),
            },
        ),
        migrations.AddField(
            model_name="lotrule",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="gis_core.adminunit",
                verbose_name="administrative unit",
            ),
        ),
    ]
