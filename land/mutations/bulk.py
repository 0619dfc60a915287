"""Many new parcels at once: the bulk writer behind imports. All or nothing, with a change of its own in the journal.

It brings in parcels where none are; what is in the register already it never touches. Rows go by COPY, and the change log
gets one line for the table instead of one a parcel.
"""

import io
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from psycopg.copy import QueuedLibpqWriter

from gis_core import crs
from gis_core.changes.position import position
from gis_core.changes.tracking import quote
from gis_core.models import AdminUnit, User
from gis_core.pilot.bulk import Target, new_ids, target
from land.importing.columns import UsePart, uses_of
from land.importing.raw import each
from land.models import ChangeStep, Parcel, ParcelChange, ParcelLandUse
from land.mutations.scene import lock_squares
from land.pilot.geohash import geohash

log = logging.getLogger(__name__)
Advance = Callable[[int], None]
CHUNK = 4_000
MANY = 1_000
_PARCEL_FIELDS = (
    *("id", "uid", "admin_unit", "is_demo", "updated_at", "sheet_no", "parcel_no", "old_unit", "old_sheet_no", "old_parcel_no"),
    *("geohash", "address", "land_use", "land_use_label", "area_m2", "legal_area_m2", "status", "version", "valid_from", "geom"),
)
_USE_FIELDS = ("parcel", "code", "area_m2", "term_until", "origin")
_PARCEL, _USE = target(Parcel, _PARCEL_FIELDS), target(ParcelLandUse, _USE_FIELDS)
_AREA_M2 = 0.15
_GEOHASH = "^[0-9b-hjkmnp-z]{12}$"


@dataclass(frozen=True)
class Hands:
    """Who handed an import in and who approved it, with the moments; without an approver it is an administrator's command."""

    author: User
    submitted_at: datetime | None = None
    approver: User | None = None
    approved_at: datetime | None = None


def bring_in(
    rows: Any,
    shapes: Any,
    unit: AdminUnit,
    hands: Hands,
    on: date,
    reason: str,
    *,
    old_units: dict[str, int],
    still: Callable[[], None],
    advance: Advance,
) -> ParcelChange:
    """Write the parcels of a table (land/importing/table.py) with these outlines into a unit; one change names all of them.

    `old_units` gives the primary keys of units before the reform by code. `still` is called under the locks, before anything is
    written, and raises when the register is no longer what the rows were examined against.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0")
        lock_squares(tuple(shapely.total_bounds(shapes)) if len(shapes) else None)
        still()
        if rows.num_rows > MANY:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('ioc.bulk', 'on', true)")
        ids = np.array(new_ids(_PARCEL.table, rows.num_rows), np.int64)
        uids, uses = list[str](), []

        def portions() -> Iterator[Any]:
            for begin in range(0, rows.num_rows, CHUNK):
                part = slice(begin, begin + CHUNK)
                parcels, of_parcels = _tables(rows.slice(begin, CHUNK), shapes[part], ids[part], unit, on, old_units)
                uids.extend(parcels.column("uid").to_pylist())
                uses.append(of_parcels)
                yield parcels

        _copy(_PARCEL, portions(), advance)
        _copy(_USE, uses, lambda _rows: None)
        return _journal(unit, hands, on, reason, uids)


def _journal(unit: AdminUnit, hands: Hands, on: date, reason: str, uids: list[str]) -> ParcelChange:
    now = timezone.now()
    change = ParcelChange.objects.create(
        kind=ParcelChange.Kind.IMPORT,
        state=ParcelChange.State.PUBLISHED,
        unit=unit,
        reason=reason,
        params={"parcels": len(uids)},
        targets=[],
        author=hands.author,
        approver=hands.approver,
        effective_on=on,
        published_at=now,
        after=[[uid, 1] for uid in uids],
        change_seq=position(),
    )
    state = ParcelChange.State
    if hands.approver is None:
        ChangeStep.objects.create(change=change, actor=hands.author, state=state.PUBLISHED, note=_("By an administrator's command."))
        log.info("Import %s: %d parcels of %s by command in the name of %s.", change.uid, len(uids), unit.code, hands.author.username)
        return change
    steps = ((hands.author, state.SUBMITTED, hands.submitted_at), (hands.approver, state.APPROVED, hands.approved_at))
    for actor, reached, at in (*steps, (hands.approver, state.PUBLISHED, now)):
        step = ChangeStep.objects.create(change=change, actor=actor, state=reached)
        # Written with the parcels, but it happened when the person did it.
        ChangeStep.objects.filter(pk=step.pk).update(at=at or now)
    return change


def _tables(rows: Any, shapes: Any, ids: NDArray[np.int64], unit: AdminUnit, on: date, old_units: dict[str, int]) -> tuple[Any, Any]:
    """The rows of parcels and of their uses, as they are written."""
    count = rows.num_rows
    measured = np.round(shapely.area(shapes), 2)
    told = rows.column("area").to_numpy()
    area = np.where(np.abs(told - measured) <= _AREA_M2, told, measured)
    uses = rows.column("uses")
    columns = {
        "id": ids,
        "uid": [uid or str(uuid4()) for uid in rows.column("uid").to_pylist()],
        "admin_unit": pa.repeat(unit.pk, count),
        "is_demo": pa.repeat(False, count),
        "updated_at": pa.repeat(timezone.now().isoformat(), count),
        "old_unit": each(rows.column("old_unit"), old_units.get, pa.int64()),
        "geohash": _codes(rows.column("geohash"), shapes),
        "land_use": each(uses, lambda text: _parts(text)[0].code, pa.string()),
        "land_use_label": each(uses, lambda text: "+".join(use.code for use in _parts(text))[:60], pa.string()),
        "area_m2": area,
        "legal_area_m2": rows.column("legal_area"),
        "status": each(rows.column("status"), lambda status: status if status in _STATUSES else Parcel.Status.ACTIVE.value, pa.string()),
        "version": pa.repeat(1, count),
        "valid_from": each(rows.column("valid_from"), lambda text: _day(text, on), pa.string()),
        "geom": shapely.to_wkb(shapely.set_srid(shapes, 5899), hex=True, include_srid=True),
        **{name: rows.column(name) for name in ("sheet_no", "parcel_no", "old_sheet_no", "old_parcel_no", "address")},
    }
    return pa.table({name: columns[name] for name in _PARCEL_FIELDS}), _uses(uses, ids, area)


_STATUSES = frozenset({Parcel.Status.ACTIVE, Parcel.Status.DISPUTED, Parcel.Status.BLOCKED})


def _parts(text: str) -> tuple[UsePart, ...]:
    return uses_of(text) or ()


def _uses(texts: Any, ids: NDArray[np.int64], area: NDArray[np.float64]) -> Any:
    """Uses with areas: a single one has all of it; where several do not tell theirs, the first has, as the report said."""
    counts = each(texts, lambda text: len(_parts(text)), pa.int64()).to_numpy()
    found = []
    for place in range(int(counts.max(initial=0))):
        at = np.flatnonzero(counts > place)
        column = texts.take(pa.array(at))
        size = each(column, partial(_told, place), pa.float64()).to_numpy(zero_copy_only=False)
        if place == 0:
            rest = each(column, lambda text: sum(part.area or 0.0 for part in _parts(text)[1:]), pa.float64()).to_numpy()
            size = np.where(np.isnan(size), np.round(area[at] - rest, 2), size)
        values = (
            pa.array(ids[at]),
            each(column, partial(_cell, place, "code"), pa.string()),
            pa.array(size),
            each(column, partial(_cell, place, "term"), pa.date32()),
            each(column, partial(_cell, place, "origin"), pa.string()),
        )
        found.append(pa.table(values, names=list(_USE_FIELDS)).filter(pa.array(~np.isnan(size))))
    return pa.concat_tables(found)


def _cell(place: int, name: str, text: str) -> Any:
    return getattr(_parts(text)[place], name)


def _told(place: int, text: str) -> float | None:
    """The area that a text gives to one of its uses; of incomplete areas the first is what the others leave."""
    parts = _parts(text)
    complete = all(part.area is not None for part in parts)
    return parts[place].area if complete or place > 0 else None


def _codes(given: Any, shapes: Any) -> Any:
    """GeoHash-12 of each parcel: the one that it has had, or of a point on its surface."""
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    lon, lat = crs.transformer(5899, crs.WGS84).transform(points[:, 0], points[:, 1])
    made = pa.array(geohash(np.column_stack([lon, lat])), pa.string())
    return pc.if_else(pc.match_substring_regex(given, _GEOHASH), given, made)


def _day(text: str, on: date) -> str:
    try:
        return min(date.fromisoformat(text), on).isoformat()
    except ValueError:
        return on.isoformat()


def _copy(into: Target, tables: Iterable[Any], advance: Advance) -> None:
    """A thread sends, so that one portion is made while the server takes in the one before."""
    options = pa.csv.WriteOptions(include_header=False)
    names = ", ".join(map(quote, into.columns))
    with connection.cursor() as cursor:
        sent = QueuedLibpqWriter(cursor.cursor)
        with cursor.copy(f"COPY {quote(into.table)} ({names}) FROM STDIN (FORMAT csv)", writer=sent) as stream:
            for rows in tables:
                text = io.BytesIO()
                pa.csv.write_csv(rows, text, options)
                stream.write(text.getvalue())
                advance(rows.num_rows)
