"""The audit log with its chain, and the counts of failed sign-ins."""

from pathlib import Path

from django.db import migrations, models

from gis_core import audit

_SQL = (Path(audit.__file__).parent / "audit_log.sql").read_text(encoding="utf-8")
_UNDO = """
    DROP TRIGGER audit ON gis_core_user;
    DROP TRIGGER audit ON gis_core_jurisdiction;
    DROP TRIGGER audit ON gis_core_accesstoken;
    DROP FUNCTION audit_row();
    DROP FUNCTION audit_said(int);
    DROP TABLE audit_seal, audit_entry;
    DROP FUNCTION audit_refuse();
"""


class Migration(migrations.Migration):
    """What is added here is never taken back by the service itself."""

    dependencies = [("gis_core", "0007_screen_pass")]
    operations = [
        migrations.RunSQL(_SQL, _UNDO),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("actor", models.BigIntegerField(verbose_name="account")),
                ("action", models.TextField(verbose_name="action")),
                ("object", models.TextField(verbose_name="object")),
                ("source", models.TextField(verbose_name="from where")),
                ("request", models.TextField(verbose_name="request")),
                ("detail", models.JSONField(verbose_name="details")),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit log",
                "db_table": "audit_entry",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="SignInFailure",
            fields=[
                ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("span", models.BigIntegerField()),
                ("count", models.IntegerField(default=0)),
            ],
        ),
        migrations.RunSQL("ALTER TABLE gis_core_signinfailure SET UNLOGGED", "ALTER TABLE gis_core_signinfailure SET LOGGED"),
    ]
