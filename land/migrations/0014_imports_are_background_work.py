"""Imports report how far they are as every other work in the background does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Wider columns of three counters; no row changes."""

    dependencies = [("land", "0013_audit_of_reads")]

    operations = [
        migrations.AlterField("parcelimport", "step", models.CharField(blank=True, max_length=200)),
        migrations.AlterField("parcelimport", "done", models.PositiveBigIntegerField(default=0)),
        migrations.AlterField("parcelimport", "total", models.PositiveBigIntegerField(default=0)),
    ]
