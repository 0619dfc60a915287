"""Rasters beside imported tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("layers", "0012_alerts")]

    operations = [
        migrations.AddField(
            model_name="importedlayer", name="raster", field=models.JSONField(editable=False, null=True, verbose_name="raster")
        ),
        migrations.AddField(
            model_name="importedlayer", name="units", field=models.JSONField(default=list, editable=False, verbose_name="units")
        ),
        migrations.AddField(
            model_name="importedlayer", name="is_demo", field=models.BooleanField(default=False, editable=False, verbose_name="demo")
        ),
    ]
