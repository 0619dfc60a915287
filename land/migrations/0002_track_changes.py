"""Parcels write the change log."""

from django.db import migrations

from gis_core.changes.tracking import TrackChanges


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("land", "0001_initial"), ("gis_core", "0002_change_log")]
    operations = [TrackChanges("land_parcel")]
