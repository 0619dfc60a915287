"""Each reading of personal data is an entry of the audit log too, whatever program wrote it down."""

from django.db import migrations

_TRIGGER = """
    CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON land_personaldataread FOR EACH ROW
    EXECUTE FUNCTION audit_row('personal-data.read', 'user_id', 'party_id', 'parcel_id', 'purpose')
"""


class Migration(migrations.Migration):
    """The trigger's function stands in gis_core/audit/audit_log.sql."""

    dependencies = [("land", "0012_imports_are_approved"), ("gis_core", "0008_audit_log")]
    operations = [migrations.RunSQL(_TRIGGER, "DROP TRIGGER audit ON land_personaldataread")]
