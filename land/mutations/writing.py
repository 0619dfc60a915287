"""Writing a plan: versions are kept, numbers given, lineage drawn. The only place that writes parcels."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast
from uuid import uuid4

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.db import connection
from django.db.models import Max
from django.db.models.functions import Now

from gis_core import crs
from land.models import Parcel, ParcelChange, ParcelLandUse, ParcelLineage
from land.mutations.scene import lock_numbers
from land.pilot.geohash import geohash
from land.rows import EVERYBODY, parcels
from land.state import Born, Held, Plan, Scene, Use, fitted, shared_out
from land.verbs.written import Child, Written

_PARCEL = [str(column.column) for column in Parcel._meta.concrete_fields if not column.generated and not column.primary_key]
_KEPT = ", ".join(f'"{column}"' for column in _PARCEL)
_SOURCE = ", ".join(
    {
        # A version that a correction replaces never held: its interval is empty.
        "valid_to": "coalesce(valid_to, CASE WHEN %(wrong)s THEN valid_from ELSE greatest(valid_from, %(on)s) END)",
        "superseded_at": "statement_timestamp()",
    }.get(column, f'"{column}"')
    for column in _PARCEL
)
# Hand SQL: the copy must have the very bytes of the row, also of its geometry. All parts are our own column names.
_ARCHIVE = f"""
    WITH kept AS (
        INSERT INTO land_parcel ({_KEPT}) SELECT {_SOURCE} FROM land_parcel WHERE id = ANY(%(pks)s) RETURNING id, uid
    )
    INSERT INTO land_parcellanduse (parcel_id, code_id, area_m2, term_until, origin)
    SELECT kept.id, u.code_id, u.area_m2, u.term_until, u.origin
    FROM kept JOIN land_parcel head ON head.uid = kept.uid AND head.superseded_at IS NULL
    JOIN land_parcellanduse u ON u.parcel_id = head.id
"""  # noqa: S608


def write(plan: Plan, scene: Scene, change: ParcelChange) -> Written:
    """Carry out a plan whose rules were checked, inside the transaction that holds the scene's locks."""
    held = scene.everyone()
    written = Written()
    corrected = change.kind in (ParcelChange.Kind.CORRECTION, ParcelChange.Kind.CORNERS)
    pks = sorted({*plan.retired, *plan.reshaped, *plan.uses, *plan.attributes, *plan.touched, *plan.restored, *plan.knotted})
    _archive(pks, scene.on, wrong=corrected)
    for pk in pks:
        values = _head_values(plan, held[pk], scene.on, corrected=corrected)
        parcels(EVERYBODY).filter(pk=pk).update(version=held[pk].version + 1, updated_at=Now(), **values)
        _write_uses(plan, held[pk])
        written.before.append([str(held[pk].uid), held[pk].version])
        written.after.append([str(held[pk].uid), held[pk].version + 1])
    for born in plan.born:
        child = _bear(born, [held[pk] for pk in born.parents], scene.on)
        _draw_lineage(child, born, held, change)
        written.children.append(Child(child.pk, born.parents))
        written.after.append([str(child.uid), 1])
    return written


def _archive(pks: Sequence[int], on: date, *, wrong: bool) -> None:
    """Copy heads with their uses into rows of their own, closed in both times."""
    with connection.cursor() as cursor:
        cursor.execute(_ARCHIVE, {"pks": list(pks), "on": on, "wrong": wrong})


def _head_values(plan: Plan, held: Held, on: date, *, corrected: bool) -> dict[str, object]:
    """The new values of a head."""
    pk = held.pk
    values: dict[str, object] = {} if corrected else {"valid_from": max(held.valid_from, on)}
    if pk in plan.restored:
        return values | _restored_values(plan.restored[pk], max(held.valid_from, on))
    if pk in plan.retired:
        # An empty interval: the head stays for its rights and its lineage, no map shows it.
        return values | {"status": Parcel.Status.RETIRED, "valid_to": values.get("valid_from", held.valid_from)}
    shape = plan.reshaped.get(pk) or plan.knotted.get(pk)
    if shape is not None:
        values["geom"] = geos(shape)
    if pk in plan.reshaped:
        values["area_m2"] = round(plan.reshaped[pk].area, 2)
    if uses := _new_uses(plan, held):
        values |= _use_columns(uses)
    return values | plan.attributes.get(pk, {})


def _restored_values(was: Held, on: date) -> dict[str, object]:
    row = parcels(EVERYBODY).get(pk=was.pk)
    names = ("geom", "area_m2", "legal_area_m2", "status", "address", "land_use", "land_use_label", "sheet_no", "parcel_no")
    # The version's own end says when a change closed it: it lived unless it was retired.
    return {name: getattr(row, name) for name in names} | {"valid_to": on if row.status == Parcel.Status.RETIRED else None}


def _new_uses(plan: Plan, held: Held) -> tuple[Use, ...]:
    """The uses of a head where they change: as stated, or the old ones fitted to the new area."""
    if held.pk in plan.restored:
        return plan.restored[held.pk].uses
    if held.pk in plan.uses:
        return plan.uses[held.pk]
    if held.pk in plan.reshaped:
        return fitted(held.uses, plan.reshaped[held.pk].area)
    return ()


def _write_uses(plan: Plan, held: Held) -> None:
    if uses := _new_uses(plan, held):
        ParcelLandUse.objects.filter(parcel=held.pk).delete()
        _insert_uses(held.pk, uses)


def _insert_uses(pk: int, uses: Iterable[Use]) -> None:
    ParcelLandUse.objects.bulk_create(
        ParcelLandUse(parcel_id=pk, code_id=use.code, area_m2=use.area_m2, term_until=use.term_until, origin=use.origin) for use in uses
    )


def _use_columns(uses: Sequence[Use]) -> dict[str, object]:
    """What the parcel's own row repeats for the map: the first use, and all of them as "ONT+CLN"."""
    return {"land_use": uses[0].code, "land_use_label": "+".join(use.code for use in uses)[:60]}


def _bear(born: Born, parents: Sequence[Held], on: date) -> Parcel:
    """Insert a new parcel with the next free number of the sheet of its largest parent."""
    parent = max(parents, key=lambda held: (held.geom.area, -held.pk))
    source = parcels(EVERYBODY).get(pk=parent.pk)
    uses = born.uses or shared_out(parents, born.geom)
    child = Parcel(
        uid=uuid4(),
        admin_unit_id=parent.unit,
        sheet_no=parent.sheet_no,
        parcel_no=next_number(parent.unit, parent.sheet_no),
        geohash=code_of(born.geom),
        address=parent.address,
        area_m2=round(born.geom.area, 2),
        legal_area_m2=round(born.geom.area, 1),
        is_demo=source.is_demo,
        valid_from=on,
        geom=geos(born.geom),
        **_use_columns(uses),
    )
    child.save(force_insert=True)
    _insert_uses(child.pk, uses)
    return child


def next_number(unit: int, sheet_no: int) -> int:
    """The next free parcel number of a sheet. Numbers of retired parcels are never given again (circular on cadastral maps)."""
    lock_numbers(unit, sheet_no)
    sheet = parcels(EVERYBODY).filter(admin_unit=unit, sheet_no=sheet_no)
    # Two questions, each with an index of its own: one over both would read the whole unit.
    living = sheet.filter(valid_to__isnull=True).aggregate(last=Max("parcel_no"))["last"] or 0
    past = sheet.filter(valid_to__isnull=False).aggregate(last=Max("parcel_no"))["last"] or 0
    return max(living, past) + 1


def _draw_lineage(child: Parcel, born: Born, held: dict[int, Held], change: ParcelChange) -> None:
    ParcelLineage.objects.bulk_create(
        ParcelLineage(
            parent_id=pk, child=child, change=change, area_m2=round(shapely.area(shapely.intersection(held[pk].geom, born.geom)), 2)
        )
        for pk in born.parents
    )


def geos(shape: shapely.Polygon) -> Polygon:
    """A shape for the database, coordinate by coordinate the same."""
    return cast(Polygon, GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=5899))


def code_of(shape: shapely.Polygon) -> str:
    """The parcel code: GeoHash-12 of a point on the surface in WGS 84 (frozen from then on)."""
    point = shapely.point_on_surface(shape)
    lon, lat = crs.transform(5899, crs.WGS84, point.x, point.y)
    return str(geohash(np.array([[lon, lat]]))[0])
