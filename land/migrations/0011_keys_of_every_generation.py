"""Keys of every generation: until when the old key held, and those before it. The constant default rewrites no row."""

import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0005_change_log_of_many_rows"),
        ("land", "0010_imports_of_parcels"),
    ]

    operations = [
        migrations.AddField(
            model_name="parcel",
            name="old_until",
            field=models.DateField(
                db_default=datetime.date(2025, 7, 1),
                default=datetime.date(2025, 7, 1),
                editable=False,
                verbose_name="old key until (exclusive)",
            ),
        ),
        migrations.CreateModel(
            name="ParcelKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False)),
                ("sheet_no", models.PositiveIntegerField(verbose_name="map sheet")),
                ("parcel_no", models.PositiveIntegerField(verbose_name="parcel number")),
                ("since", models.DateField(null=True, verbose_name="since")),
                ("until", models.DateField(verbose_name="until (exclusive)")),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.adminunit",
                        verbose_name="administrative unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "former key of a parcel",
                "verbose_name_plural": "former keys of parcels",
                "indexes": [models.Index(fields=["unit", "sheet_no", "parcel_no"], name="parcel_key_former")],
                "constraints": [models.UniqueConstraint(fields=("uid", "until"), name="parcel_key_once_a_reform")],
            },
        ),
    ]
