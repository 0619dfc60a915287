"""The role of clearance."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Choices alone."""

    dependencies = [
        ("gis_core", "0005_change_log_of_many_rows"),
    ]

    operations = [
        migrations.AlterField(
            model_name="jurisdiction",
            name="role",
            field=models.CharField(
                choices=[
                    ("land_officer", "land officer"),
                    ("approver", "approver"),
                    ("field_staff", "field staff"),
                    ("dispatcher", "dispatcher"),
                    ("operator", "operator (map wall)"),
                    ("analyst", "analyst"),
                    ("leader", "leader"),
                    ("administrator", "administrator"),
                    ("security", "security (with clearance)"),
                ],
                max_length=20,
                verbose_name="role",
            ),
        ),
    ]
