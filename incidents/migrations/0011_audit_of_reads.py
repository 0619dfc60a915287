"""Each reading of personal data is an entry of the audit log too, whatever program wrote it down."""

from django.db import migrations

_TRIGGER = """
    CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON incidents_reporterread FOR EACH ROW
    EXECUTE FUNCTION audit_row('personal-data.read', 'user_id', 'incident_id', 'what')
"""


class Migration(migrations.Migration):
    """The trigger's function stands in gis_core/audit/audit_log.sql."""

    dependencies = [("incidents", "0010_alert_notices"), ("gis_core", "0008_audit_log")]
    operations = [migrations.RunSQL(_TRIGGER, "DROP TRIGGER audit ON incidents_reporterread")]
