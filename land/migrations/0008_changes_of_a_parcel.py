"""An index for the history of a parcel."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    replaces = (("land", "0005_changes_of_a_parcel"),)
    dependencies = [
        ("gis_core", "0004_admin_unit_label"),
        ("land", "0007_dated_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="parcelchange",
            index=django.contrib.postgres.indexes.GinIndex(fields=["after"], name="change_of_parcel", opclasses=["jsonb_path_ops"]),
        ),
    ]
