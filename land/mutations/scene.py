"""Reading the parcels that a change works on, under locks that keep neighbours' editors apart.

Locks are taken in one order by everybody, so nobody waits in a circle: first the squares of ground that the work may touch,
then the rows in the order of their keys, last the numbering of a sheet. The squares keep apart who would make new parcels side
by side (a row that does not exist yet cannot be locked); the rows keep apart who meets on a long parcel, a road or a river.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import Q

from land.models import Parcel, ParcelLandUse
from land.rows import EVERYBODY, heads, parcels
from land.state import Held, Scene, Use

SQUARE_M = 400.0
NEAR_M = 0.01
_LOCKS = 5899  # a space of our own among advisory locks
_NUMBERS = 5900
_MOST_SQUARES = 2_500


def read(uids: Sequence[UUID], on: date, beyond: Sequence[shapely.Geometry] = (), *, lock: bool = True) -> Scene:
    """The parcels named, in their order (unknown ones are left out), and the live ones within 1 cm of them or of `beyond`.

    With `lock` inside a transaction: what is returned stays so until its end.
    """
    if lock:
        lock_squares(_bounds([held.geom for held in _held(Q(uid__in=list(uids)), lock=False)], beyond))
    targets = {held.uid: held for held in _held(Q(uid__in=list(uids)), lock=False)}
    ground = _ground([held.geom for held in targets.values()], beyond)
    keys = [held.pk for held in targets.values()]
    near = Q(pk__in=keys) | Q(valid_to__isnull=True, geom__dwithin=(ground, NEAR_M))
    found = {held.pk: held for held in _held(near, lock=lock)} if targets else {}
    named = tuple(found[targets[uid].pk] for uid in uids if uid in targets)
    around = tuple(held for pk, held in found.items() if pk not in keys and held.live)
    return Scene(named, around, on)


def version_of(uid: UUID, version: int) -> Held | None:
    """A parcel as it was in one of its versions."""
    rows = parcels(EVERYBODY).filter(uid=uid, version=version)
    return next(iter(_as_held(rows)), None)


def lock_numbers(unit: int, sheet_no: int) -> None:
    """Keep the numbering of a sheet to this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [_NUMBERS, unit * 100_000 + sheet_no])


def _held(condition: Q, *, lock: bool) -> list[Held]:
    rows = heads(EVERYBODY).filter(condition).order_by("pk")
    return _as_held(rows.select_for_update(no_key=True) if lock else rows)


def _as_held(rows: Iterable[Parcel]) -> list[Held]:
    found = list(rows)
    uses: dict[int, list[Use]] = {parcel.pk: [] for parcel in found}
    for use in ParcelLandUse.objects.filter(parcel__in=list(uses)).order_by("-area_m2", "code"):
        uses[use.parcel_id].append(Use(use.code_id, use.area_m2, use.term_until, use.origin))
    return [_one(parcel, uses[parcel.pk]) for parcel in found]


def _one(parcel: Parcel, uses: list[Use]) -> Held:
    return Held(
        pk=parcel.pk,
        uid=parcel.uid,
        version=parcel.version,
        unit=parcel.admin_unit_id or 0,
        sheet_no=parcel.sheet_no,
        parcel_no=parcel.parcel_no,
        geom=shapely.from_wkb(bytes(parcel.geom.wkb)),
        # Parcels whose register has one use alone may have no row for it.
        uses=tuple(uses) or (Use(parcel.land_use, parcel.area_m2),),
        status=parcel.status,
        address=parcel.address,
        valid_from=parcel.valid_from,
        # Not by `valid_to`: a version of the past lived too, until a change closed it.
        live=parcel.status != Parcel.Status.RETIRED,
    )


def _ground(shapes: Sequence[shapely.Geometry], beyond: Sequence[shapely.Geometry]) -> GEOSGeometry:
    collected = shapely.GeometryCollection([*shapes, *beyond])
    return GEOSGeometry(memoryview(shapely.to_wkb(collected)), srid=5899)


def _bounds(shapes: Sequence[shapely.Geometry], beyond: Sequence[shapely.Geometry]) -> tuple[float, float, float, float] | None:
    parts = [*shapes, *beyond]
    return shapely.GeometryCollection(parts).bounds if parts else None


def lock_squares(bounds: tuple[float, float, float, float] | None) -> None:
    """Keep the ground of a box (EPSG:5899) to this transaction. Of more than a few thousand squares the whole cadastre is kept."""
    if bounds is None:
        return
    west, south, east, north = (math.floor(value / SQUARE_M) for value in (bounds[0] - 1, bounds[1] - 1, bounds[2] + 1, bounds[3] + 1))
    if (east - west + 1) * (north - south + 1) > _MOST_SQUARES:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE land_parcel IN SHARE ROW EXCLUSIVE MODE")
        return
    squares = sorted((column << 14) + row for column in range(west, east + 1) for row in range(south, north + 1))
    with connection.cursor() as cursor:
        # One after the other in this order: a set-returning query promises none.
        for square in squares:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, square])
