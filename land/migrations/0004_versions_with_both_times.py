"""Versions with both times in the table of parcels, and the origin and term of each land use.

Existing parcels become valid from the cadastre's origin: the new column has a constant default, so no row is rewritten.
"""

import datetime
import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = (("land", "0004_ladm_model"),)
    dependencies = [
        ("land", "0003_land_use_one_index"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="parcel",
            name="parcel_key_once",
        ),
        migrations.AddField(
            model_name="parcel",
            name="superseded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="superseded"),
        ),
        migrations.AddField(
            model_name="parcel",
            name="valid_from",
            field=models.DateField(
                db_default=datetime.date(2010, 1, 1), default=django.utils.timezone.localdate, verbose_name="valid from"
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid until (exclusive)"),
        ),
        migrations.AddField(
            model_name="parcellanduse",
            name="origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "not recorded"),
                    ("2", "recognised, with fee"),
                    ("3", "recognised, without fee"),
                    ("4", "allotted, with fee"),
                    ("5", "allotted, without fee"),
                    ("6", "allotted for management"),
                    ("10", "leased, paid yearly"),
                    ("11", "leased, paid once"),
                ],
                db_default="",
                default="",
                max_length=2,
                verbose_name="origin of use",
            ),
        ),
        migrations.AddField(
            model_name="parcellanduse",
            name="term_until",
            field=models.DateField(blank=True, null=True, verbose_name="term of use"),
        ),
        migrations.AlterField(
            model_name="parcel",
            name="uid",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(condition=models.Q(("superseded_at__isnull", False)), fields=["uid", "version"], name="parcel_history"),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at__isnull", True)), fields=("uid",), name="parcel_one_head"
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True)), fields=("admin_unit", "sheet_no", "parcel_no"), name="parcel_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"),
                name="parcel_validity_in_order",
            ),
        ),
    ]
