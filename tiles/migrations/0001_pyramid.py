"""Blocks for low zooms, and how far they follow."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from gis_core.changes.tracking import TrackChanges


class Migration(migrations.Migration):
    """Derived tables, under the change log like any other."""

    initial = True

    dependencies = [
        ("gis_core", "0004_admin_unit_label"),
    ]

    operations = [
        migrations.CreateModel(
            name="PyramidState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("layer", models.CharField(max_length=63, unique=True)),
                ("position", models.TextField()),
                ("declaration", models.CharField(max_length=40)),
                ("as_of", models.BigIntegerField()),
                ("built_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="CoarseBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                ("layer", models.CharField(max_length=63)),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("group", models.CharField(max_length=30)),
                ("is_public", models.BooleanField(default=False)),
                ("n", models.BigIntegerField()),
                ("area", models.BigIntegerField()),
                ("as_of", models.BigIntegerField()),
                ("geom_3857", django.contrib.gis.db.models.fields.MultiPolygonField(spatial_index=False, srid=3857)),
                (
                    "admin_unit",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gis_core.adminunit"
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="coarse_block_tile")],
                "constraints": [
                    models.UniqueConstraint(fields=("layer", "x", "y", "admin_unit", "is_public", "group"), name="coarse_block_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FineBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                ("layer", models.CharField(max_length=63)),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("group", models.CharField(max_length=30)),
                ("is_public", models.BooleanField(default=False)),
                ("n", models.BigIntegerField()),
                ("area", models.BigIntegerField()),
                ("as_of", models.BigIntegerField()),
                ("geom_3857", django.contrib.gis.db.models.fields.MultiPolygonField(spatial_index=False, srid=3857)),
                (
                    "admin_unit",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gis_core.adminunit"
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="fine_block_tile")],
                "constraints": [
                    models.UniqueConstraint(fields=("layer", "x", "y", "admin_unit", "is_public", "group"), name="fine_block_once")
                ],
            },
        ),
        TrackChanges("tiles_fineblock", public="is_public"),
        TrackChanges("tiles_coarseblock", public="is_public"),
        TrackChanges("tiles_pyramidstate", geometry=None, unit=None),
    ]
