"""Reading the change log without missing or doubling a row.

`seq` is given out before commit, so "seq greater than the last one" misses transactions that commit late. A follower
therefore remembers the transaction snapshot of its last read and asks for the rows whose transaction was not visible then
but is now. That is exact, needs no waiting, and one long transaction does not hold the others back (as a bare
`txid < pg_snapshot_xmin` would: docs/adr/0003).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

# Which history of the database this is: cluster, timeline, database, and the log's own file, which a restored dump, a copy of
# the database and a rewritten table change (VACUUM FULL, `manage.py renew_validators`). Positions and numbers of two
# histories say nothing of each other.
HISTORY: LiteralString = """
    SELECT md5(concat_ws(':', s.system_identifier, c.timeline_id, d.oid, pg_relation_filenode('change_log')))
    FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()
"""
# The snapshot of this statement as a position in the log. A hot standby's lacks its list of running transactions (PostgreSQL
# keeps them elsewhere there), so what stands between xmin and xmax may or may not be visible: a position there counts only
# what is older than every running transaction. The rest is read later; one long transaction holds it back.
SNAPSHOT: LiteralString = """
    CASE WHEN pg_is_in_recovery()
         THEN concat(pg_snapshot_xmin(pg_current_snapshot()), ':', pg_snapshot_xmin(pg_current_snapshot()), ':')::pg_snapshot
         ELSE pg_current_snapshot() END
"""
# A place in the write-ahead log behind everything that the snapshot shows (the snapshot is taken before it is asked for): a
# standby that has replayed as far shows all of it. Bytes since the cluster was made.
REACHED: LiteralString = """
    (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END - '0/0')::bigint
"""
# The snapshot of a statement is what its rows are seen by, so both come from one statement. Rows that a restored dump
# brought along may name transactions that are still to come here; those are not asked for.
READ: LiteralString = f"""
    WITH now AS MATERIALIZED (SELECT {SNAPSHOT} AS snapshot, ({HISTORY}) AS history, ({REACHED}) AS reached)
    SELECT now.snapshot::text, c.seq, c.at, c.table_name, c.op, c.fid, c.units, c.is_public,
           ST_XMin(c.bbox), ST_YMin(c.bbox), ST_XMax(c.bbox), ST_YMax(c.bbox), now.history, now.reached
    FROM now LEFT JOIN change_log c
      ON c.txid >= pg_snapshot_xmin(%(since)s::pg_snapshot)
     AND c.txid < pg_snapshot_xmax(now.snapshot)
     AND NOT pg_visible_in_snapshot(c.txid, %(since)s::pg_snapshot)
    ORDER BY c.seq
"""  # noqa: S608  all texts are constants
# The same of one table, for those who come back after a long time: what happened to others meanwhile is left where it is.
READ_TABLE: LiteralString = READ.replace("ORDER BY", "AND c.table_name = %(table)s\n    ORDER BY")
# Everything: no transaction is visible in the empty snapshot.
BEGINNING = "1:1:"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the log; `bbox` is (xmin, ymin, xmax, ymax) in EPSG:3857 metres, None for the whole table."""

    seq: int
    at: datetime
    table: str
    op: str
    fid: int | None
    units: tuple[int, ...] | None
    is_public: bool
    bbox: tuple[float, float, float, float] | None


def parse(rows: list[tuple[Any, ...]]) -> tuple[str, list[Change]]:
    """The new position and the changes from the rows that `READ` returned."""
    changes = [
        Change(seq, at, table, op, fid, None if units is None else tuple(units), public, None if box[0] is None else (*box[:4],))
        for _snapshot, seq, at, table, op, fid, units, public, *box in rows
        if seq is not None
    ]
    return rows[0][0], changes


def history_of(rows: list[tuple[Any, ...]]) -> str:
    """The history that the rows of `READ` belong to (see `HISTORY`)."""
    return str(rows[0][12]) if len(rows[0]) > 12 else ""


def reached_by(rows: list[tuple[Any, ...]]) -> int:
    """The place in the write-ahead log that the rows of `READ` reach (see `REACHED`)."""
    return int(rows[0][13] or 0) if len(rows[0]) > 13 else 0


def goes_back(position: str, later: str) -> bool:
    """Whether a position read `later` lies before one read earlier: the database was put back to an older state."""
    return int(later.split(":")[1]) < int(position.split(":")[1])
