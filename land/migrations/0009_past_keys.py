"""An index over the keys of the past."""

from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = (("land", "0006_past_keys"),)
    dependencies = [
        ("gis_core", "0005_change_log_of_many_rows"),
        ("land", "0008_changes_of_a_parcel"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(("valid_to__isnull", False)), fields=["admin_unit", "sheet_no", "parcel_no"], name="parcel_past_key"
            ),
        ),
    ]
