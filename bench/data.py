"""The data of the benchmarks: the pilot at the size of a province, and the table that peers serve. Made once, kept between runs.

The pilot at scale 20 is a million parcels on the ground of one town. Stretched fourfold they are lots of some 200 m² on 500
tiles of zoom 14, as dense as a province is where people live: a tile of zoom 16 then holds hundreds of lots, not thousands.
"""

import os
import sys
from dataclasses import dataclass
from functools import cache

from django.core.management import call_command
from django.db import connection

from gis_core.access import Reach
from gis_core.models import AccessToken, Jurisdiction, Role
from land.models import Parcel

SCALE = float(os.environ.get("BENCH_SCALE", "20"))
STRETCH = 4
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
    """Migrate, load and stretch what is missing, and build the peers' table where it is not of the same rows."""
    call_command("migrate", verbosity=0)
    if not Parcel.objects.within(Reach(everything=True)).exists():
        say(f"Loading the pilot at scale {SCALE:g}: once, about ten minutes for a million parcels ...")
        call_command("load_pilot", scale=SCALE, stdout=sys.stderr)
    if not _marked("land_parcel"):
        say("Stretching the town to the density of a province ...")
        _stretch()
    if not _marked(f"{PEER_SCHEMA}.{PEER_TABLE}"):
        say("Copying the parcels for the peers ...")
        _copy_for_peers()
    return Data(_count(), _somebody())


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


_STRETCHED = f"""
    UPDATE land_parcel
    SET geom = ST_SetSRID(ST_Translate(ST_Scale(ST_Translate(geom, -577000, -1722000), {STRETCH}, {STRETCH}), 577000, 1722000), 5899)
"""  # noqa: S608  a number of ours


def _stretch() -> None:
    """One statement without triggers: the whole table is new, and followers read it when they start."""
    _run(
        "ALTER TABLE land_parcel DISABLE TRIGGER USER",
        _STRETCHED,
        "ALTER TABLE land_parcel ENABLE TRIGGER USER",
        "VACUUM FULL ANALYZE land_parcel",
        f"COMMENT ON TABLE land_parcel IS '{_state()}'",
    )


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


def _somebody() -> dict[str, str]:
    """A leader's token; that of an earlier run is replaced."""
    leader = Jurisdiction.objects.filter(role=Role.LEADER).select_related("user").first()
    if leader is None:
        raise SystemExit("The pilot's accounts are missing: run bin/bench on a database that only it uses.")
    AccessToken.objects.filter(name=_TOKEN).delete()
    return {"Authorization": f"Bearer {AccessToken.objects.issue(leader.user, _TOKEN)[1]}"}
