"""What intake finds out about a report: place, asset, channel, repetition, moderation, photos announced, and its tracking code."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import incidents.models.incident


class Migration(migrations.Migration):
    replaces = (("incidents", "0003_intake"),)
    dependencies = [
        ("incidents", "0003_units_and_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="all_units",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None, verbose_name="units of every generation"
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="asset",
            field=models.CharField(
                blank=True,
                choices=[
                    ("national_road", "national road or expressway"),
                    ("provincial_road", "provincial road"),
                    ("street", "street"),
                    ("off_road", "away from roads"),
                ],
                max_length=16,
                verbose_name="asset",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="attributes",
            field=models.JSONField(blank=True, default=dict, verbose_name="attributes"),
        ),
        migrations.AddField(
            model_name="incident",
            name="channel",
            field=models.CharField(
                choices=[("form", "report form"), ("open311", "Open311"), ("odk", "ODK Collect"), ("staff", "staff")],
                default="form",
                max_length=8,
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="duplicate_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duplicates",
                to="incidents.incident",
                verbose_name="duplicate of",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="flags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=24), blank=True, default=list, size=None, verbose_name="flags"
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="moderation",
            field=models.CharField(
                choices=[("pending", "to be moderated"), ("approved", "approved"), ("refused", "refused")],
                default="pending",
                max_length=8,
                verbose_name="moderation",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="parcel_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="parcel"),
        ),
        migrations.AddField(
            model_name="incident",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="clock stopped at"),
        ),
        migrations.AddField(
            model_name="incident",
            name="paused_s",
            field=models.PositiveIntegerField(default=0, verbose_name="seconds not counted"),
        ),
        migrations.AddField(
            model_name="incident",
            name="photos_expected",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="photos announced"),
        ),
        migrations.AddField(
            model_name="incident",
            name="photos_received",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="photos received"),
        ),
        migrations.AddField(
            model_name="incident",
            name="pin_distance_m",
            field=models.FloatField(blank=True, null=True, verbose_name="from the device to the pin (m)"),
        ),
        migrations.AddField(
            model_name="incident",
            name="road",
            field=models.CharField(blank=True, max_length=120, verbose_name="road"),
        ),
        # Rows that are there get codes of their own before codes must differ.
        migrations.AddField(
            model_name="incident",
            name="tracking_code",
            field=models.CharField(editable=False, max_length=20, null=True, verbose_name="tracking code"),
        ),
        migrations.RunSQL(
            "UPDATE incidents_incident SET tracking_code = translate(upper(left(replace(gen_random_uuid()::text, '-', ''), 12)), '01AEF', 'GHJKM'), moderation = CASE WHEN is_public THEN 'approved' ELSE 'pending' END",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="incident",
            name="tracking_code",
            field=models.CharField(
                default=incidents.models.incident.new_tracking_code,
                editable=False,
                max_length=20,
                unique=True,
                verbose_name="tracking code",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="handling_unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="incidents",
                to="incidents.handlingunit",
                verbose_name="handling unit",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("photos_received__lt", models.F("photos_expected"))), fields=["reported_at"], name="incident_waiting"
            ),
        ),
    ]
