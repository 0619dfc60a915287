"""Keeping blocks: only the cells that changes touched, in one transaction with the note of how far they follow."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import Max

from gis_core.changes.follow import READ_TABLE, Change, parse
from gis_core.models import ChangeLog
from layers.layer import FeatureLayer
from tiles.matrix import EDGE
from tiles.models import CoarseBlock, FineBlock, PyramidState
from tiles.pyramid.blocks import COARSE_CELL, FINE_CELL, declaration
from tiles.pyramid.cells import Cell, cells_of, renew_coarse, renew_fine

Tell = Callable[[int, int], None]
# Past this many cells followers had better read the blocks again as a whole than row by row.
MANY = 60
# Changes of other layers after which blocks take note of where the log stands.
FAR = 5_000
_UP = FINE_CELL - COARSE_CELL
# Advisory locks: (this, a number for the layer). Two workers must not make the same blocks.
_LOCK = 0x50_59_52


def build(layer: FeatureLayer, *, anew: bool = False, tell: Tell = lambda done, of: None) -> int:
    """Bring the blocks of a layer up to its rows; returns how many cells were made.

    `anew` makes them all. `tell(done, of)` hears of progress in cells. Readers see the old blocks until the commit.
    """
    with transaction.atomic():
        _only_here(layer)
        # The position first: rows read after it may be newer, and such changes are only looked at once more.
        state = PyramidState.objects.filter(layer=layer.name).first()
        position, changes = _since(state, layer.table)
        as_of: int = ChangeLog.objects.aggregate(last=Max("seq"))["last"] or 0
        whole = anew or state is None or state.declaration != declaration(layer) or changes is None
        cells = _all_cells(layer) if whole else sorted(touched(changes or ()))
        if whole and (anew or state is None or state.declaration != declaration(layer)):
            _forget_elsewhere(layer, cells)
        made = _renew(layer, cells, as_of, tell)
        if state is None or whole or changes or state.declaration != declaration(layer):
            PyramidState.objects.update_or_create(
                layer=layer.name, defaults={"position": position, "declaration": declaration(layer), "as_of": as_of}
            )
    return made


def behind(layer: FeatureLayer) -> bool:
    """Whether the blocks do not show every committed change of the layer."""
    state = PyramidState.objects.filter(layer=layer.name).first()
    if state is None or state.declaration != declaration(layer):
        return True
    changes = _since(state, layer.table)[1]
    return changes is None or bool(changes)


def keep_up(layer: FeatureLayer) -> None:
    """Let blocks that show every change of their layer follow the log, where others have changed much since: each look reads
    from there on, and what is pruned later is not missed."""
    with transaction.atomic():
        _only_here(layer)
        state = PyramidState.objects.filter(layer=layer.name).first()
        last: int = ChangeLog.objects.aggregate(last=Max("seq"))["last"] or 0
        if state is None or last - state.as_of < FAR or state.declaration != declaration(layer):
            return
        position, changes = _since(state, layer.table)
        if changes is not None and not changes:
            PyramidState.objects.filter(layer=layer.name).update(position=position, as_of=last)


def touched(changes: Iterable[Change]) -> set[Cell]:
    """The fine cells in which a changed row may count, before or after: those that its boxes meet."""
    cells: set[Cell] = set()
    size = 2 * EDGE / (1 << FINE_CELL)
    for change in changes:
        if change.bbox is None:
            continue
        west, south, east, north = change.bbox
        columns = range(int((west + EDGE) // size), int((east + EDGE) // size) + 1)
        lines = range(int((EDGE - north) // size), int((EDGE - south) // size) + 1)
        cells.update((x, y) for x in columns for y in lines)
    return cells


def leaves_open(changes: Iterable[Change], as_of: int) -> bool:
    """Whether changes do not tell which rows they are about: a bulk load, or some later than `as_of` are forgotten by now."""
    return any(change.op == "R" or (change.op == "P" and (change.fid or 0) > as_of) for change in changes)


def _renew(layer: FeatureLayer, cells: list[Cell], as_of: int, tell: Tell) -> int:
    coarse = sorted({(x >> _UP, y >> _UP) for x, y in cells})
    by_coarse = {cell: [(x, y) for x, y in cells if (x >> _UP, y >> _UP) == cell] for cell in coarse}
    if len(cells) > MANY:
        _announce_as_bulk()
    done = 0
    for cell in coarse:
        changed = [renew_fine(layer, fine, as_of) for fine in by_coarse[cell]]
        if any(changed):
            renew_coarse(layer, cell, as_of)
        done += len(changed)
        tell(done, len(cells))
    return done


def _since(state: PyramidState | None, table: str) -> tuple[str, list[Change] | None]:
    """The position now, and the changes of `table` since that of `state`; None when they do not tell which rows."""
    with connection.cursor() as cursor:
        if state is None:
            cursor.execute("SELECT pg_current_snapshot()::text")
            return str(cursor.fetchone()[0]), None
        cursor.execute(READ_TABLE, {"since": state.position, "table": table})
        now, changes = parse(cursor.fetchall())
    return now, None if leaves_open(changes, state.as_of) else [change for change in changes if change.op != "P"]


def _all_cells(layer: FeatureLayer) -> list[Cell]:
    """The cells that hold rows, and those that hold blocks of rows that are gone."""
    there = cast("Any", FineBlock.objects).filter(layer=layer.name).values_list("x", "y").distinct()
    return sorted({*cells_of(layer), *there})


def _forget_elsewhere(layer: FeatureLayer, cells: list[Cell]) -> None:
    """Coarse blocks over cells that no fine block stands for any more."""
    coarse = {(x >> _UP, y >> _UP) for x, y in cells}
    there = cast("Any", CoarseBlock.objects).filter(layer=layer.name).values_list("pk", "x", "y")
    CoarseBlock.objects.filter(pk__in=[pk for pk, x, y in there if (x, y) not in coarse]).delete()


def _only_here(layer: FeatureLayer) -> None:
    with connection.cursor() as cursor:
        # The limits of requests, should this process have them, are not for work of a minute.
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, layer.name])


def _announce_as_bulk() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ioc.bulk = 'on'")
