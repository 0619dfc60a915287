"""The change log, the tables it follows, the subdivided twin of units, and the VN-2000 zones that PostGIS lacks."""

from pathlib import Path

from django.db import migrations

from gis_core import changes
from gis_core.changes.tracking import TrackChanges
from gis_core.crs import ZONES

_SQL = Path(changes.__file__).parent
# PostGIS 3.3 knows neither of the provincial zones 9205-9218. Authority and code are enough: PROJ has the definition.
_ADD_ZONES = f"""
INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
SELECT srid, 'EPSG', srid, '', '' FROM unnest(ARRAY{sorted(ZONES)}) AS srid
ON CONFLICT (srid) DO NOTHING
"""  # noqa: S608  whole numbers of our own table
_PARTS = """
CREATE FUNCTION admin_unit_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM gis_core_adminunitpart WHERE unit_id = NEW.id;
    INSERT INTO gis_core_adminunitpart (unit_id, geom) SELECT NEW.id, ST_Subdivide(NEW.geom, 256);
    RETURN NULL;
END $$;
CREATE TRIGGER admin_unit_parts AFTER INSERT OR UPDATE OF geom ON gis_core_adminunit
    FOR EACH ROW EXECUTE FUNCTION admin_unit_parts();
"""


class Migration(migrations.Migration):
    """What Django's own operations cannot say."""

    dependencies = [("gis_core", "0001_initial")]
    operations = [
        migrations.RunSQL(_ADD_ZONES, migrations.RunSQL.noop),
        migrations.RunSQL((_SQL / "change_log.sql").read_text(encoding="utf-8"), "DROP TABLE change_log"),
        migrations.RunSQL(_PARTS, "DROP FUNCTION admin_unit_parts() CASCADE"),
        TrackChanges("gis_core_adminunit", unit=None),
        TrackChanges("gis_core_user", geometry=None, unit=None),
        TrackChanges("gis_core_jurisdiction", geometry=None, unit="unit_id"),
        TrackChanges("gis_core_accesstoken", geometry=None, unit=None),
        TrackChanges("gis_core_revokedpass", geometry=None, unit=None),
    ]
