"""The data of the benchmarks: a province of towns, and the table that peers serve. Made once, kept between runs.

The pilot's town (67,500 parcels with the streets and fields between them) stands sixteen times side by side, with a free
strip of a tile between the towns: a million parcels, as dense everywhere as the pilot is.
"""

import os
import sys
from dataclasses import dataclass
from functools import cache

from django.core.management import call_command
from django.db import connection, transaction

from gis_core.access import Reach
from gis_core.changes.tracking import quote
from gis_core.models import AccessToken, Jurisdiction, Role, User
from land.models import Parcel

TOWNS = int(os.environ.get("BENCH_TOWNS", "16"))
_APART = 2_500  # metres between two towns: a tile of zoom 14 holds parcels of one
# What peers serve: same rows, same attributes, in the projection of tiles already, clustered and indexed in their favour.
PEER_SCHEMA, PEER_TABLE, PEER_FIELDS = "bench", "parcels", ("land_use", "status", "parcel_no")
_TOKEN = "bin/bench"  # noqa: S105  the name of one, not one


@dataclass(frozen=True)
class Data:
    """What there is to serve: how many parcels, and the headers of somebody who may see them all."""

    parcels: int
    headers: dict[str, str]


@cache
def ensure() -> Data:
    """Migrate, load and build what is missing, and the peers' table where it is not of the same rows."""
    pilot = ensure_pilot()
    if not _marked("land_parcel"):
        say(f"Building the town {TOWNS} times, once: about two minutes for a million parcels ...")
        _build_towns()
    if not _marked(f"{PEER_SCHEMA}.{PEER_TABLE}"):
        say("Copying the parcels for the peers ...")
        _copy_for_peers()
    return Data(_count(), pilot.headers)


@cache
def ensure_pilot() -> Data:
    """Migrate and load the pilot where it is missing: for benchmarks that measure nothing of parcels."""
    call_command("migrate", verbosity=0)
    if not Parcel.objects.within(Reach(everything=True)).exists():
        say("Loading the pilot, once ...")
        call_command("load_pilot", stdout=sys.stderr)
    return Data(_count(), _headers())


def say(sentence: str) -> None:
    """Progress goes to stderr: stdout is the table of results."""
    sys.stderr.write(f"{sentence}\n")


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _state() -> str:
    """Which rows there are; a comment on each table that is made of them says of which."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('ioc bench %%s %%s', count(*), sum(id)) FROM land_parcel")
        return str(cursor.fetchone()[0])


def _marked(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [table])
        return bool(cursor.fetchone()[0] == _state())


def _build_towns() -> None:
    """The other towns by one statement, without triggers and with the indexes made afterwards: followers read the table when they start."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(_MADE_AGAIN)
        made_again = cursor.fetchall()
        for drop, _make in made_again:
            cursor.execute(drop)
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'land_parcel' AND is_generated = 'NEVER'")
        names = [name for (name,) in cursor.fetchall() if name != "id"]
        values = ", ".join(_OTHER.get(name, f"p.{quote(name)}") for name in names)
        cursor.execute("ALTER TABLE land_parcel DISABLE TRIGGER USER")
        cursor.execute(
            f"INSERT INTO land_parcel ({', '.join(map(quote, names))}) SELECT {values}"  # noqa: S608  names of the table, texts of ours
            " FROM generate_series(1, %(towns)s - 1) town, land_parcel p,"
            " (SELECT ST_XMax(e) - ST_XMin(e) + %(apart)s AS wide, ST_YMax(e) - ST_YMin(e) + %(apart)s AS high"
            "  FROM (SELECT ST_Extent(geom) AS e FROM land_parcel) all_of_it) size ORDER BY town, p.id",
            {"towns": TOWNS, "apart": _APART},
        )
        cursor.execute("ALTER TABLE land_parcel ENABLE TRIGGER USER")
        cursor.execute("SELECT change_log_reload('land_parcel')")  # whatever was made of the one town is made anew
        for _drop, make in made_again:
            cursor.execute(make)
    _run("VACUUM ANALYZE land_parcel", f"COMMENT ON TABLE land_parcel IS '{_state()}'")


# Statements that take away the table's foreign keys and indexes, and that make them again.
_MADE_AGAIN = """
    SELECT format('ALTER TABLE land_parcel DROP CONSTRAINT %I', conname),
           format('ALTER TABLE land_parcel ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = 'land_parcel'::regclass AND contype = 'f'
    UNION ALL
    SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes WHERE tablename = 'land_parcel'
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = 'land_parcel'::regclass AND conname = indexname)
"""
# What a parcel of another town has of its own: its identity, its sheets, its place.
_OTHER = {
    "uid": "gen_random_uuid()",
    "sheet_no": "p.sheet_no + 10000 * town",
    "geom": "ST_Translate(p.geom, town %% 4 * size.wide, town / 4 * size.high)",
}


def _copy_for_peers() -> None:
    table, columns = f"{PEER_SCHEMA}.{PEER_TABLE}", ", ".join(PEER_FIELDS)
    _run(
        f"CREATE SCHEMA IF NOT EXISTS {PEER_SCHEMA}",
        f"DROP TABLE IF EXISTS {table}",
        f"CREATE TABLE {table} AS SELECT id::integer, {columns}, geom_3857 AS geom"  # noqa: S608  names of ours
        " FROM land_parcel WHERE geom_3857 IS NOT NULL ORDER BY geom_3857",
        f"ALTER TABLE {table} ADD PRIMARY KEY (id)",
        f"CREATE INDEX ON {table} USING gist (geom)",
        f"VACUUM ANALYZE {table}",
        f"COMMENT ON TABLE {table} IS '{_state()}'",
    )


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM land_parcel")
        return int(cursor.fetchone()[0])


def somebody() -> User:
    """A leader of the pilot, in whose name everything is asked."""
    leader = Jurisdiction.objects.filter(role=Role.LEADER).select_related("user").first()
    if leader is None:
        raise SystemExit("The pilot's accounts are missing: run bin/bench on a database that only it uses.")
    return leader.user


def _headers() -> dict[str, str]:
    """With a token; that of an earlier run is replaced."""
    AccessToken.objects.filter(name=_TOKEN).delete()
    return {"Authorization": f"Bearer {AccessToken.objects.issue(somebody(), _TOKEN)[1]}"}
