"""The role that serves: rows and nothing else, every statement bounded (bin/lib/roles.sql)."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import Error, connection, transaction


@pytest.fixture
def app(db: None) -> Iterator[None]:
    """The session of the owner, as the service's role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'ioc_app'")
        if not cursor.fetchone()[0]:
            pytest.skip("this database was not made by bin/lib/roles.sql")
        cursor.execute("SET ROLE ioc_app")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (a int)",
        "ALTER TABLE land_parcel ADD COLUMN mine int",
        "DROP TABLE land_parcel",
        "TRUNCATE gis_core_user",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION dblink",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "COPY gis_core_user TO '/tmp/mine'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "SELECT lo_import('/etc/passwd')",
        "CREATE ROLE mine",
        "ALTER ROLE ioc_app SUPERUSER",
        "SET ROLE postgres",
        "SET session_replication_role = replica",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "UPDATE audit_entry SET actor = 1",
        "DELETE FROM audit_seal",
        "UPDATE spatial_ref_sys SET proj4text = ''",
    ],
)
def test_the_services_role_cannot(app: None, statement: str) -> None:
    """Each is refused for want of a right, not for another reason."""
    with pytest.raises(Error) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege), refused.value


def test_the_roles_limits_hold_where_nobody_sets_others(app: None) -> None:
    """A net below what each request sets for itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.setconfig FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole"
            " WHERE r.rolname = 'ioc_app' AND s.setdatabase = 0"
        )
        settings = dict(one.split("=", 1) for one in cursor.fetchone()[0])
    assert set(settings) >= {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "temp_file_limit"}


def test_the_role_is_nobody_special(app: None) -> None:
    """Nor does it own anything, nor pass row security by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = 'ioc_app'")
        assert cursor.fetchone() == (False,) * 5
        cursor.execute("SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'ioc_app'")
        assert cursor.fetchone() == (0,)
