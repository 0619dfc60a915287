"""Reading the change log without missing or doubling a row.

`seq` is given out before commit, so "seq greater than the last one" misses transactions that commit late. A follower
therefore remembers the transaction snapshot of its last read and asks for the rows whose transaction was not visible then
but is now. That is exact, needs no waiting, and one long transaction does not hold the others back (as a bare
`txid < pg_snapshot_xmin` would: docs/adr/0003).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

# The snapshot of a statement is what its rows are seen by, so both come from one statement.
READ: LiteralString = """
    WITH now AS (SELECT pg_current_snapshot() AS snapshot)
    SELECT now.snapshot::text, c.seq, c.at, c.table_name, c.op, c.fid, c.units, c.is_public,
           ST_XMin(c.bbox), ST_YMin(c.bbox), ST_XMax(c.bbox), ST_YMax(c.bbox)
    FROM now LEFT JOIN change_log c
      ON c.txid >= pg_snapshot_xmin(%(since)s::pg_snapshot)
     AND NOT pg_visible_in_snapshot(c.txid, %(since)s::pg_snapshot)
    ORDER BY c.seq
"""
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
        Change(seq, at, table, op, fid, None if units is None else tuple(units), public, None if box[0] is None else (*box,))
        for _snapshot, seq, at, table, op, fid, units, public, *box in rows
        if seq is not None
    ]
    return rows[0][0], changes
