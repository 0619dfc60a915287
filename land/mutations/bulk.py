"""Many new parcels at once: the bulk writer behind imports. All or nothing, with a change of its own in the journal.

It brings in parcels where none are; what is in the register already it never touches. Rows go by COPY, and the change log
gets one line for the table instead of one a parcel.
"""

import io
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.csv
import shapely
from django.db import connection, transaction
from django.utils import timezone

from gis_core import crs
from gis_core.changes.position import position
from gis_core.changes.tracking import quote
from gis_core.models import AdminUnit, User
from gis_core.pilot.bulk import Target, new_ids, target
from land.importing.columns import UsePart, uses_of
from land.models import ChangeStep, Parcel, ParcelChange, ParcelLandUse
from land.mutations.scene import lock_squares
from land.pilot.geohash import geohash

Advance = Callable[[int], None]
CHUNK = 5_000
MANY = 1_000
_PARCEL = target(
    Parcel,
    (
        *("id", "uid", "admin_unit", "is_demo", "updated_at", "sheet_no", "parcel_no", "old_unit", "old_sheet_no", "old_parcel_no"),
        *("geohash", "address", "land_use", "land_use_label", "area_m2", "legal_area_m2", "status", "version", "valid_from", "geom"),
    ),
)
_USE = target(ParcelLandUse, ("parcel", "code", "area_m2", "term_until", "origin"))
_AREA_M2 = 0.15
_GEOHASH = frozenset("0123456789bcdefghjkmnpqrstuvwxyz")


def bring_in(
    rows: Any,
    unit: AdminUnit,
    author: User,
    on: date,
    reason: str,
    *,
    old_units: dict[str, int],
    still: Callable[[], None],
    advance: Advance,
) -> ParcelChange:
    """Write the parcels of a table (land/importing/table.py) into a unit; the journal's change names all of them.

    `old_units` gives the primary keys of units before the reform by code. `still` is called under the locks, before anything is
    written, and raises when the register is no longer what the rows were examined against.
    """
    shapes = shapely.from_wkb(np.array(rows.column("geom").to_pylist(), dtype=object))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0")
        lock_squares(tuple(shapely.total_bounds(shapes)) if len(shapes) else None)
        still()
        if rows.num_rows > MANY:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('ioc.bulk', 'on', true)")
        ids = new_ids(_PARCEL.table, rows.num_rows)
        columns, uses = _columns(rows, shapes, ids, unit, on, old_units)
        _copy(_PARCEL, columns, advance)
        _copy(_USE, uses, lambda _rows: None)
        return _journal(unit, author, on, reason, columns["uid"].to_pylist())


def _journal(unit: AdminUnit, author: User, on: date, reason: str, uids: list[str]) -> ParcelChange:
    now = timezone.now()
    change = ParcelChange.objects.create(
        kind=ParcelChange.Kind.IMPORT,
        state=ParcelChange.State.PUBLISHED,
        unit=unit,
        reason=reason,
        params={"parcels": len(uids)},
        targets=[],
        author=author,
        effective_on=on,
        published_at=now,
        after=[[uid, 1] for uid in uids],
        change_seq=position(),
    )
    ChangeStep.objects.create(change=change, actor=author, state=ParcelChange.State.PUBLISHED)
    return change


def _columns(
    rows: Any, shapes: Any, ids: list[int], unit: AdminUnit, on: date, old_units: dict[str, int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns of parcels and of their uses."""
    count = rows.num_rows
    cells = {name: rows.column(name).to_pylist() for name in rows.schema.names if name != "geom"}
    measured = np.round(shapely.area(shapes), 2)
    area = [
        told if told is not None and abs(told - size) <= _AREA_M2 else size
        for told, size in zip(cells["area"], measured.tolist(), strict=True)
    ]
    parts = [_uses(text, size) for text, size in zip(cells["uses"], area, strict=True)]
    today = timezone.now().isoformat()
    columns = {
        "id": ids,
        "uid": [uid or str(uuid4()) for uid in cells["uid"]],
        "admin_unit": [unit.pk] * count,
        "is_demo": [False] * count,
        "updated_at": [today] * count,
        "sheet_no": cells["sheet_no"],
        "parcel_no": cells["parcel_no"],
        "old_unit": [old_units.get(code) for code in cells["old_unit"]],
        "old_sheet_no": cells["old_sheet_no"],
        "old_parcel_no": cells["old_parcel_no"],
        "geohash": _codes(cells["geohash"], shapes),
        "address": cells["address"],
        "land_use": [part[0].code for part in parts],
        "land_use_label": ["+".join(use.code for use in uses_of(text) or ())[:60] for text in cells["uses"]],
        "area_m2": area,
        "legal_area_m2": cells["legal_area"],
        "status": [status if status in _STATUSES else "active" for status in cells["status"]],
        "version": [1] * count,
        "valid_from": [_day(text, on) for text in cells["valid_from"]],
        "geom": shapely.to_wkb(shapely.set_srid(shapes, 5899), hex=True, include_srid=True).tolist(),
    }
    flat = [(key, use) for key, part in zip(ids, parts, strict=True) for use in part]
    uses = {
        "parcel": [key for key, _use in flat],
        "code": [use.code for _key, use in flat],
        "area_m2": [use.area for _key, use in flat],
        "term_until": [use.term.isoformat() if use.term else None for _key, use in flat],
        "origin": [use.origin for _key, use in flat],
    }
    return {name: pa.array(values) for name, values in columns.items()}, {name: pa.array(values) for name, values in uses.items()}


_STATUSES = frozenset({Parcel.Status.ACTIVE, Parcel.Status.DISPUTED, Parcel.Status.BLOCKED})


def _uses(text: str, area: float) -> tuple[UsePart, ...]:
    """Uses with areas: a single one has all of it; where several do not tell theirs, the first has, as the report said."""
    parts = uses_of(text) or ()
    if all(part.area is not None for part in parts):
        return parts
    first, *others = parts
    rest = sum(part.area or 0.0 for part in others)
    return (UsePart(first.code, round(area - rest, 2), first.origin, first.term), *(part for part in others if part.area is not None))


def _codes(given: list[str], shapes: Any) -> list[str]:
    """GeoHash-12 of each parcel: the one that it has had, or of a point on its surface."""
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    lon, lat = crs.transformer(5899, crs.WGS84).transform(points[:, 0], points[:, 1])
    made = geohash(np.column_stack([lon, lat]))
    return [code if len(code) == 12 and _GEOHASH.issuperset(code) else str(new) for code, new in zip(given, made, strict=True)]


def _day(text: str, on: date) -> str:
    try:
        return min(date.fromisoformat(text), on).isoformat()
    except ValueError:
        return on.isoformat()


def _copy(into: Target, columns: dict[str, Any], advance: Advance) -> None:
    rows = pa.table(list(columns.values()), names=list(into.columns))
    options = pa.csv.WriteOptions(include_header=False)
    names = ", ".join(map(quote, into.columns))
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(into.table)} ({names}) FROM STDIN (FORMAT csv)") as stream:
        for begin in range(0, rows.num_rows, CHUNK):
            text = io.BytesIO()
            part = rows.slice(begin, CHUNK)
            pa.csv.write_csv(part, text, options)
            stream.write(text.getbuffer())
            advance(part.num_rows)
