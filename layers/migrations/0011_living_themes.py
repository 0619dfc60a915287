"""Dossiers, events and readings of the roads, visitors, service areas, crops, trade, mentions, security."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import gis_core.functions
from gis_core.changes.tracking import TrackChanges


def _spatial(kind: "type[models.Field]") -> list[tuple[str, "models.Field"]]:
    """The columns that every layer's table has."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("is_demo", models.BooleanField(default=False, verbose_name="demo data")),
        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
        ("geom", kind(srid=4326)),
        (
            "geom_3857",
            models.GeneratedField(
                db_persist=True,
                expression=gis_core.functions.WebMercator(models.F("geom")),
                output_field=kind(spatial_index=False, srid=3857),
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
    """The tables, and the change log of those that are layers."""

    dependencies = [
        ("gis_core", "0006_security_role"),
        ("layers", "0010_reports_and_plan"),
    ]

    operations = [
        migrations.AddField(
            model_name="facility",
            name="code",
            field=models.CharField(blank=True, max_length=32, null=True, unique=True, verbose_name="code"),
        ),
        migrations.AddField(
            model_name="roadsegment",
            name="closed_by",
            field=models.CharField(blank=True, default="", editable=False, max_length=32, verbose_name="closed by"),
        ),
        migrations.AddField(
            model_name="roadsegment",
            name="code",
            field=models.CharField(blank=True, max_length=32, null=True, unique=True, verbose_name="code"),
        ),
        migrations.AddField(
            model_name="tourismplace",
            name="code",
            field=models.CharField(blank=True, max_length=32, null=True, unique=True, verbose_name="code"),
        ),
        migrations.CreateModel(
            name="BlackSpot",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("accidents", models.PositiveIntegerField(default=0, verbose_name="accidents")),
                ("injured", models.PositiveIntegerField(default=0, verbose_name="injured")),
                ("deaths", models.PositiveIntegerField(default=0, verbose_name="dead")),
                ("treated", models.BooleanField(default=False, verbose_name="mended")),
            ],
            options={
                "verbose_name": "black spot",
                "verbose_name_plural": "black spots",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="black_spot_tile")],
            },
        ),
        migrations.CreateModel(
            name="Camera",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                (
                    "picture_url",
                    models.CharField(
                        blank=True,
                        max_length=300,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https", "rtsp"])],
                        verbose_name="address of the picture",
                    ),
                ),
                (
                    "stream_url",
                    models.CharField(
                        blank=True,
                        max_length=300,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https", "rtsp"])],
                        verbose_name="address of the stream",
                    ),
                ),
                ("works", models.BooleanField(default=True, verbose_name="works")),
            ],
            options={
                "verbose_name": "camera",
                "verbose_name_plural": "cameras",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="camera_tile")],
            },
        ),
        migrations.CreateModel(
            name="CropArea",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                (
                    "crop",
                    models.CharField(
                        choices=[
                            ("rice", "rice"),
                            ("annual", "other annual crops"),
                            ("perennial", "perennial crops"),
                            ("forest", "forest"),
                            ("aquaculture", "aquaculture"),
                        ],
                        max_length=12,
                        verbose_name="crop",
                    ),
                ),
                ("period_from", models.DateField(verbose_name="period from")),
                ("period_to", models.DateField(verbose_name="period until (exclusive)")),
                ("area_ha", models.FloatField(blank=True, null=True, verbose_name="area (ha)")),
                ("plan_ha", models.FloatField(blank=True, null=True, verbose_name="planned (ha)")),
                (
                    "source",
                    models.CharField(
                        choices=[("register", "land register"), ("report", "report of the unit")],
                        default="report",
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "area of a crop",
                "verbose_name_plural": "areas of crops",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="crop_area_tile")],
                "constraints": [
                    models.UniqueConstraint(fields=("crop", "admin_unit", "period_from", "period_to"), name="crop_area_once"),
                    models.CheckConstraint(condition=models.Q(("period_to__gte", models.F("period_from"))), name="crop_period_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DossierCount",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("office_code", models.CharField(max_length=32, verbose_name="office")),
                ("period_from", models.DateField(verbose_name="period from")),
                ("period_to", models.DateField(verbose_name="period until (exclusive)")),
                ("received", models.PositiveIntegerField(default=0, verbose_name="received")),
                ("on_time", models.PositiveIntegerField(default=0, verbose_name="solved on time")),
                ("late", models.PositiveIntegerField(default=0, verbose_name="solved late")),
                ("open_late", models.PositiveIntegerField(default=0, verbose_name="open and overdue")),
            ],
            options={
                "verbose_name": "dossiers of an office",
                "verbose_name_plural": "dossiers of offices",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="dossier_count_tile")],
                "constraints": [
                    models.UniqueConstraint(fields=("office_code", "period_from", "period_to"), name="dossier_count_once"),
                    models.CheckConstraint(condition=models.Q(("period_to__gte", models.F("period_from"))), name="dossier_period_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("digest", models.CharField(max_length=32, unique=True, verbose_name="digest")),
                (
                    "source",
                    models.CharField(
                        choices=[("press", "press"), ("social", "social network"), ("forum", "forum"), ("other", "other")],
                        max_length=8,
                        verbose_name="source",
                    ),
                ),
                ("topic", models.CharField(blank=True, max_length=60, verbose_name="topic")),
                ("published_at", models.DateTimeField(verbose_name="published")),
                (
                    "sentiment",
                    models.FloatField(
                        validators=[django.core.validators.MinValueValidator(-1), django.core.validators.MaxValueValidator(1)],
                        verbose_name="sentiment",
                    ),
                ),
                (
                    "tone",
                    models.CharField(
                        choices=[("negative", "negative"), ("neutral", "neutral"), ("positive", "positive")],
                        default="neutral",
                        max_length=8,
                        verbose_name="tone",
                    ),
                ),
            ],
            options={
                "verbose_name": "mention",
                "verbose_name_plural": "mentions",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="mention_tile")],
            },
        ),
        migrations.CreateModel(
            name="RoadEvent",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[("closure", "closure"), ("works", "road works"), ("accident", "accident"), ("event", "gathering")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                ("road_code", models.CharField(blank=True, max_length=32, verbose_name="stretch of road")),
            ],
            options={
                "verbose_name": "event on the roads",
                "verbose_name_plural": "events on the roads",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="road_event_tile")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                        name="road_event_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("order", "public order"),
                            ("protection", "protected object"),
                            ("border", "border and sea"),
                            ("network", "network security"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "level",
                    models.CharField(choices=[("low", "low"), ("medium", "medium"), ("high", "high")], max_length=8, verbose_name="level"),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
            ],
            options={
                "verbose_name": "security event",
                "verbose_name_plural": "security events",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="security_event_tile")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                        name="security_event_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceArea",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.MultiPolygonField),
                ("facility_code", models.CharField(max_length=32, unique=True, verbose_name="facility")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                (
                    "theme",
                    models.CharField(
                        choices=[
                            ("health", "health"),
                            ("education", "education"),
                            ("one_stop", "one-stop office"),
                            ("government", "government"),
                        ],
                        max_length=12,
                        verbose_name="theme",
                    ),
                ),
                ("capacity", models.PositiveIntegerField(blank=True, null=True, verbose_name="capacity")),
                ("people", models.PositiveIntegerField(blank=True, null=True, verbose_name="people")),
            ],
            options={
                "verbose_name": "service area",
                "verbose_name_plural": "service areas",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="service_area_tile")],
            },
        ),
        migrations.CreateModel(
            name="TourismVisits",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("place_code", models.CharField(max_length=32, verbose_name="place")),
                ("period_from", models.DateField(verbose_name="period from")),
                ("period_to", models.DateField(verbose_name="period until (exclusive)")),
                ("visitors", models.PositiveIntegerField(default=0, verbose_name="visitors")),
                ("from_abroad", models.PositiveIntegerField(default=0, verbose_name="visitors from abroad")),
            ],
            options={
                "verbose_name": "visitors of a place",
                "verbose_name_plural": "visitors of places",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="tourism_visits_tile")],
                "constraints": [
                    models.UniqueConstraint(fields=("place_code", "period_from", "period_to"), name="tourism_visits_once"),
                    models.CheckConstraint(condition=models.Q(("period_to__gte", models.F("period_from"))), name="tourism_period_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TradePlace",
            fields=[
                *_spatial(django.contrib.gis.db.models.fields.PointField),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("market", "market"), ("supermarket", "supermarket"), ("ocop", "OCOP seller")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("stalls", models.PositiveIntegerField(blank=True, null=True, verbose_name="stalls")),
                ("products", models.PositiveIntegerField(blank=True, null=True, verbose_name="OCOP products")),
                (
                    "stars",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(5)], verbose_name="OCOP stars"
                    ),
                ),
                ("sells_online", models.BooleanField(default=False, verbose_name="sells online")),
                ("online_orders", models.PositiveIntegerField(blank=True, null=True, verbose_name="orders online")),
            ],
            options={
                "verbose_name": "place of trade",
                "verbose_name_plural": "places of trade",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="trade_place_tile")],
            },
        ),
        migrations.CreateModel(
            name="TrafficReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("observed_at", models.DateTimeField(verbose_name="measured at")),
                ("speed_kmh", models.FloatField(verbose_name="measured speed (km/h)")),
                (
                    "road",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="layers.roadsegment",
                        verbose_name="road segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "traffic reading",
                "verbose_name_plural": "traffic readings",
                "constraints": [models.UniqueConstraint(fields=("road", "observed_at"), name="traffic_reading_once")],
            },
        ),
        TrackChanges("layers_dossiercount"),
        TrackChanges("layers_roadevent"),
        TrackChanges("layers_blackspot"),
        TrackChanges("layers_camera"),
        TrackChanges("layers_tourismvisits"),
        TrackChanges("layers_servicearea"),
        TrackChanges("layers_croparea"),
        TrackChanges("layers_tradeplace"),
        TrackChanges("layers_mention"),
        TrackChanges("layers_securityevent"),
    ]
