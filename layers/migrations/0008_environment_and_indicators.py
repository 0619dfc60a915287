"""Monitoring stations with their observations; indicators with their values; scenes of the wall."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import gis_core.functions
from gis_core.changes.tracking import TrackChanges


def _spatial() -> list[tuple[str, "models.Field"]]:
    """The columns that every layer's table has."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
        ("geom", django.contrib.gis.db.models.fields.PointField(srid=4326)),
        (
            "geom_3857",
            models.GeneratedField(
                db_persist=True,
                expression=gis_core.functions.WebMercator(models.F("geom")),
                output_field=django.contrib.gis.db.models.fields.PointField(spatial_index=False, srid=3857),
            ),
        ),
        (
            "admin_unit",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="gis_core.adminunit",
                verbose_name="administrative unit",
            ),
        ),
    ]


class Migration(migrations.Migration):
    """Five tables; the two of layers write the change log."""

    dependencies = [("layers", "0007_sent_transaction"), ("gis_core", "0005_change_log_of_many_rows")]

    operations = [
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("unit_of_measure", models.CharField(blank=True, max_length=24, verbose_name="unit of measure")),
                ("more_is_better", models.BooleanField(default=True, verbose_name="more is better")),
            ],
            options={"verbose_name": "indicator", "verbose_name_plural": "indicators", "ordering": ("code",)},
        ),
        migrations.CreateModel(
            name="IndicatorValue",
            fields=[
                *_spatial(),
                ("period_from", models.DateField(verbose_name="period from")),
                ("period_to", models.DateField(verbose_name="period until (exclusive)")),
                ("plan", models.FloatField(blank=True, null=True, verbose_name="plan")),
                ("actual", models.FloatField(blank=True, null=True, verbose_name="actual")),
                ("base", models.FloatField(blank=True, null=True, verbose_name="base of a share")),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="layers.indicator",
                        verbose_name="indicator",
                    ),
                ),
            ],
            options={
                "verbose_name": "value of an indicator",
                "verbose_name_plural": "values of indicators",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="indicator_value_tile")],
                "constraints": [
                    models.UniqueConstraint(fields=("indicator", "admin_unit", "period_from", "period_to"), name="indicator_value_once"),
                    models.CheckConstraint(
                        condition=models.Q(("period_to__gte", models.F("period_from"))), name="indicator_period_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Station",
            fields=[
                *_spatial(),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="station code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                (
                    "observed_property",
                    models.CharField(
                        choices=[("rain", "rain in one hour"), ("water_level", "water level"), ("air", "air quality index")],
                        max_length=12,
                        verbose_name="measured",
                    ),
                ),
                ("unit_of_measure", models.CharField(max_length=16, verbose_name="unit of measure")),
                ("watch_at", models.FloatField(blank=True, null=True, verbose_name="to be watched from")),
                ("alarm_at", models.FloatField(blank=True, null=True, verbose_name="alarm from")),
                ("every_minutes", models.PositiveSmallIntegerField(default=60, verbose_name="measures every (minutes)")),
                ("latest_result", models.FloatField(blank=True, null=True, verbose_name="latest result")),
                ("latest_at", models.DateTimeField(blank=True, null=True, verbose_name="latest measurement")),
                (
                    "state",
                    models.CharField(
                        choices=[("normal", "normal"), ("watch", "to be watched"), ("alarm", "alarm")],
                        default="normal",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "monitoring station",
                "verbose_name_plural": "monitoring stations",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="station_tile")],
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phenomenon_time", models.DateTimeField(verbose_name="measured at")),
                ("result", models.FloatField(verbose_name="result")),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="observations",
                        to="layers.station",
                        verbose_name="monitoring station",
                    ),
                ),
            ],
            options={
                "verbose_name": "observation",
                "verbose_name_plural": "observations",
                "constraints": [models.UniqueConstraint(fields=("station", "phenomenon_time"), name="observation_once")],
            },
        ),
        migrations.CreateModel(
            name="WallScene",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ("shown", models.BooleanField(default=True, verbose_name="in rotation")),
                (
                    "dwell_s",
                    models.PositiveIntegerField(
                        default=45,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(3600),
                        ],
                        verbose_name="seconds",
                    ),
                ),
                (
                    "layers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=63),
                        blank=True,
                        default=list,
                        help_text="Names; none: all layers.",
                        size=None,
                        verbose_name="layers",
                    ),
                ),
                (
                    "map",
                    models.CharField(
                        blank=True,
                        help_text="A metric, for example incidents.on_time; none: communes without colours.",
                        max_length=120,
                        verbose_name="coloured by",
                    ),
                ),
            ],
            options={
                "verbose_name": "scene of the wall",
                "verbose_name_plural": "scenes of the wall",
                "ordering": ("position", "pk"),
            },
        ),
        TrackChanges("layers_station"),
        TrackChanges("layers_indicatorvalue"),
    ]
