"""The themes' tables and the layer settings write the change log."""

from django.db import migrations

from gis_core.changes.tracking import TrackChanges


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("layers", "0001_initial"), ("gis_core", "0002_change_log")]
    operations = [
        TrackChanges("layers_roadsegment"),
        TrackChanges("layers_tourismplace"),
        TrackChanges("layers_facility"),
        TrackChanges("layers_waterbody"),
        TrackChanges("layers_layersetting", geometry=None, unit=None),
    ]
