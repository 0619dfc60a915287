"""Rights, holders, certificates and restrictions, and who read personal data."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = (("land", "0004_ladm_model"),)
    dependencies = [
        ("land", "0005_changes_and_lineage"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.CharField(max_length=20, unique=True, verbose_name="serial number")),
                ("register_no", models.CharField(max_length=20, verbose_name="number in the register")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                (
                    "status",
                    models.CharField(
                        choices=[("valid", "valid"), ("replaced", "replaced"), ("revoked", "revoked"), ("outdated", "to be exchanged")],
                        default="valid",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate",
                "verbose_name_plural": "certificates",
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "person"),
                            ("household", "household"),
                            ("organisation", "organisation"),
                            ("state", "state body"),
                        ],
                        max_length=12,
                        verbose_name="kind of holder",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name of the holder")),
                ("id_number", models.CharField(blank=True, max_length=40, verbose_name="number of the identity paper")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address of the holder")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "holder",
                "verbose_name_plural": "holders",
            },
        ),
        migrations.CreateModel(
            name="PersonalDataRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("purpose", models.CharField(max_length=60, verbose_name="purpose")),
            ],
            options={
                "verbose_name": "reading of personal data",
                "verbose_name_plural": "readings of personal data",
            },
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("mortgage", "mortgage"), ("dispute", "dispute"), ("block", "block")],
                        max_length=10,
                        verbose_name="kind of restriction",
                    ),
                ),
                ("reference", models.CharField(max_length=120, verbose_name="contract or decision")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until (exclusive)")),
            ],
            options={
                "verbose_name": "restriction",
                "verbose_name_plural": "restrictions",
            },
        ),
        migrations.CreateModel(
            name="Right",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("use", "right of use"), ("lease", "lease from the State"), ("management", "management for the State")],
                        default="use",
                        max_length=12,
                        verbose_name="kind of right",
                    ),
                ),
                ("numerator", models.PositiveIntegerField(default=1, verbose_name="share: numerator")),
                ("denominator", models.PositiveIntegerField(default=1, verbose_name="share: denominator")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until (exclusive)")),
            ],
            options={
                "verbose_name": "right",
                "verbose_name_plural": "rights",
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="parcel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="land.parcel", verbose_name="parcel"
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaces",
                to="land.certificate",
                verbose_name="replaced by",
            ),
        ),
        migrations.AddField(
            model_name="party",
            name="created_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="personaldataread",
            name="parcel",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="land.parcel", verbose_name="parcel"
            ),
        ),
        migrations.AddField(
            model_name="personaldataread",
            name="party",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="reads", to="land.party", verbose_name="holder"
            ),
        ),
        migrations.AddField(
            model_name="personaldataread",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="user"
            ),
        ),
        migrations.AddField(
            model_name="restriction",
            name="creditor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="land.party",
                verbose_name="creditor",
            ),
        ),
        migrations.AddField(
            model_name="restriction",
            name="parcel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="restrictions", to="land.parcel", verbose_name="parcel"
            ),
        ),
        migrations.AddField(
            model_name="right",
            name="parcel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rights", to="land.parcel", verbose_name="parcel"
            ),
        ),
        migrations.AddField(
            model_name="right",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rights", to="land.party", verbose_name="holder"
            ),
        ),
        migrations.AddIndex(
            model_name="personaldataread",
            index=models.Index(fields=["at"], name="personal_read_at"),
        ),
        migrations.AddConstraint(
            model_name="right",
            constraint=models.CheckConstraint(
                condition=models.Q(("numerator__gt", 0), ("denominator__gt", 0), ("numerator__lte", models.F("denominator"))),
                name="right_share_is_a_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="right",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"),
                name="right_dates_in_order",
            ),
        ),
    ]
