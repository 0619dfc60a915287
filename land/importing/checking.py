"""What the register says to a file's parcels: its numbers, its land-use codes, its ground. Afterwards everything wrong is known."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat

from gis_core.geometry import stray
from gis_core.models import AdminUnit
from land.importing import columns as names
from land.importing.asking import ask
from land.importing.fitting import datum_of, zone_of
from land.importing.problems import Problem
from land.importing.request import Reading, Step
from land.importing.table import shapes as shapes_of
from land.models import LandUseCode
from land.rows import EVERYBODY, heads

AREA_M2 = 0.15
"""Labels give 0.1 m²: what differs by more does not come from rounding."""
PAPER_SHARE = 0.05
BORDER_M = 50.0
"""The units' outlines are not surveyed: so far over the border a parcel is pointed out, further out it is refused."""
NEAR_M = 1.0
DATUM_M = 300.0
"""A file whose datum was ignored lies 225 m beside its neighbours."""
ROUNDING_M = 0.05


@dataclass(frozen=True)
class Register:
    """What is there already around a file: the outlines of living parcels, their labels and primary keys."""

    shapes: Any
    labels: list[str]
    digest: str


def check(reading: Reading, unit: AdminUnit, on: date, step: Step) -> tuple[list[Problem], str]:
    """Everything that is wrong with a file's parcels (errors forbid their rows), and the digest of the register around them.

    Raises Unusable, and what `step` raises.
    """
    step("checking", 0, 0)
    shapes = shapes_of(reading.rows)
    ground = outline_of(unit)
    register = around(shapes)
    problems = [*reading.problems, *_attributes(reading, shapes, unit, on)]
    misplaced = list(_place(shapes, reading, unit, ground))
    problems += misplaced
    if not any(found.code in ("wrong-zone", "nowhere-near") for found in misplaced):
        problems += _outside(shapes, reading.rows, unit, ground)
    return problems + _ground(shapes, reading.rows, register, step), register.digest


def outline_of(unit: AdminUnit) -> shapely.Geometry:
    """A unit's ground in EPSG:5899."""
    moved = unit.geom.clone()
    moved.transform(5899)
    found = shapely.from_wkb(bytes(moved.wkb))
    return found if shapely.is_valid(found) else shapely.buffer(found, 0)


def around(shapes: Any, margin: float = NEAR_M) -> Register:
    """The living parcels of the register where a file's parcels lie, and so many metres around."""
    if not len(shapes):
        return Register(np.array([], object), [], "")
    west, south, east, north = shapely.total_bounds(shapes)
    box = shapely.box(west - margin, south - margin, east + margin, north + margin)
    # First: what changes between the two queries has another digest afterwards.
    digest = _digest(box)
    found = list(_living(box).order_by("pk").values_list("sheet_no", "parcel_no", "geom"))
    outlines = shapely.from_wkb(np.array([bytes(geom.wkb) for *_rest, geom in found], dtype=object))
    return Register(outlines, [f"{sheet}/{number}" for sheet, number, _geom in found], digest)


def digest_around(shapes: Any) -> str:
    """The digest of `around` alone: another one means that parcels came, went or changed."""
    if not len(shapes):
        return ""
    west, south, east, north = shapely.total_bounds(shapes)
    return _digest(shapely.box(west - NEAR_M, south - NEAR_M, east + NEAR_M, north + NEAR_M))


def _living(box: shapely.Polygon) -> Any:
    return heads(EVERYBODY).filter(valid_to__isnull=True, geom__bboverlaps=_geos(box))


def _digest(box: shapely.Polygon) -> str:
    version = Concat(Cast("pk", TextField()), Value(":", TextField()), Cast("version", TextField()), output_field=TextField())
    versions = _living(box).aggregate(all=StringAgg(version, ",", order_by="pk", output_field=TextField(), default=Value("", TextField())))
    return hashlib.sha256(versions["all"].encode()).hexdigest()


def _geos(box: shapely.Polygon) -> GEOSGeometry:
    return GEOSGeometry(memoryview(shapely.to_wkb(box)), srid=5899)


def _attributes(reading: Reading, shapes: Any, unit: AdminUnit, on: date) -> Iterator[Problem]:
    rows = reading.rows.to_pylist()
    measured = shapely.area(shapes)
    codes = {code.code: code for code in LandUseCode.objects.all()}
    yield from _keys(rows, unit)
    for row, size, shape in zip(rows, measured, shapes, strict=True):
        for code, params in _of_row(row, float(size), codes, unit, on):
            point = shapely.point_on_surface(shape)
            yield Problem(code, params, (row["row"],), (round(point.x, 3), round(point.y, 3)))


def _of_row(row: dict[str, Any], size: float, codes: dict[str, LandUseCode], unit: AdminUnit, on: date) -> Iterator[tuple[str, Any]]:
    if row["parcel_no"] is None:
        yield "no-number", {}
    if row["sheet_no"] is None:
        yield "no-sheet", {}
    if row["unit"] and row["unit"] != unit.code:
        yield "other-unit", {"found": row["unit"][:10], "unit": unit.code}
    if len(row["address"]) > 200:
        yield "broken-text", {"field": "address", "limit": 200}
    if row["area"] is not None and abs(row["area"] - size) > AREA_M2:
        yield "area-differs", {"register": f"{row['area']:.1f}", "measured": f"{size:.1f}"}
    if row["legal_area"] not in (None, row["area"]) and abs(row["legal_area"] - size) > max(1.0, PAPER_SHARE * size):
        yield "paper-area-differs", {"register": f"{row['legal_area']:.1f}", "measured": f"{size:.1f}"}
    yield from _of_uses(row, size, codes, on)


def _of_uses(row: dict[str, Any], size: float, codes: dict[str, LandUseCode], on: date) -> Iterator[tuple[str, Any]]:
    if not row["uses"]:
        yield "no-use", {}
        return
    parts = names.uses_of(row["uses"])
    if parts is None:
        yield "bad-uses", {"uses": row["uses"][:60]}
        return
    for part in parts:
        code = codes.get(part.code)
        if code is None:
            yield "unknown-use", {"use": part.code}
        elif code.valid_to is not None and code.valid_to <= on:
            yield "old-use", {"use": part.code}
    told = [part.area for part in parts if part.area is not None]
    whole = row["area"] if row["area"] is not None else size
    if len(parts) > 1 and len(told) < len(parts):
        yield "areas-of-uses-missing", {"uses": "+".join(part.code for part in parts)}
    elif len(told) == len(parts) and abs(sum(told) - whole) > AREA_M2:
        yield "uses-do-not-add-up", {"sum": f"{sum(told):.2f}", "size": f"{whole:.2f}"}


def _keys(rows: list[dict[str, Any]], unit: AdminUnit) -> Iterator[Problem]:
    """Numbers that stand twice in the file, in the register, or that were given once and are not given again."""
    taken = set(heads_of(unit))
    given = [row["uid"] for row in rows if row["uid"]]
    uids = {str(uid) for uid in heads(EVERYBODY).filter(uid__in=given).values_list("uid", flat=True)}
    first: dict[tuple[int, int], int] = {}
    for row in rows:
        if row["uid"] in uids:
            yield Problem("uid-taken", {"uid": row["uid"]}, (row["row"],))
        key = (row["sheet_no"], row["parcel_no"])
        if None in key:
            continue
        told = {"sheet": key[0], "number": key[1]}
        other = first.setdefault(key, row["row"])
        if other != row["row"]:
            yield Problem("duplicate-key", {**told, "other": other}, (row["row"], other), _middle(row))
        elif key in taken:
            yield Problem("key-taken", told, (row["row"],), _middle(row))


def heads_of(unit: AdminUnit) -> Iterator[tuple[int, int]]:
    """Keys of a unit's parcels, living and retired."""
    yield from heads(EVERYBODY).filter(admin_unit=unit).values_list("sheet_no", "parcel_no")


def _middle(row: dict[str, Any]) -> tuple[float, float]:
    point = shapely.point_on_surface(shapely.from_wkb(row["geom"]))
    return round(float(point.x), 3), round(float(point.y), 3)


def _place(shapes: Any, reading: Reading, unit: AdminUnit, ground: shapely.Geometry) -> Iterator[Problem]:
    """Whether the whole file lies where it should."""
    if not len(shapes):
        return
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    if not shapely.contains_xy(shapely.buffer(ground, BORDER_M), points).any():
        zone = zone_of(points, reading.about.srid, ground)
        if zone is not None:
            srid, meridian = zone
            yield Problem("wrong-zone", {"unit": unit.name, "srid": srid, "meridian": f"{meridian:g}"}, (), _first(points))
        else:
            yield Problem("nowhere-near", {"unit": unit.name}, (), _first(points))
    elif (shift := datum_of(shapes, around(shapes, DATUM_M).shapes)) is not None:
        east, north = shift
        distance = float(np.hypot(east, north))
        values = {"distance": f"{distance:.1f}", "east": f"{east:+.2f}", "north": f"{north:+.2f}"}
        yield Problem("datum-ignored" if distance > 10 else "rotations-turned", values, (), _first(points))


def _first(points: Any) -> tuple[float, float]:
    east, north = np.median(points, axis=0)
    return round(float(east), 3), round(float(north), 3)


def _outside(shapes: Any, rows: Any, unit: AdminUnit, ground: shapely.Geometry) -> Iterator[Problem]:
    shapely.prepare(ground)
    points = shapely.point_on_surface(shapes)
    numbers = rows.column("row").to_pylist()
    for at in np.flatnonzero(~shapely.intersects(ground, points)):
        distance = float(shapely.distance(ground, points[at]))
        code = "outside-unit" if distance > BORDER_M else "over-the-border"
        place = (round(points[at].x, 3), round(points[at].y, 3))
        yield Problem(code, {"unit": unit.name, "distance": f"{distance:.0f}"}, (numbers[at],), place)


def _ground(shapes: Any, rows: Any, register: Register, step: Step) -> list[Problem]:
    """The outlines against each other and against the register, examined in a process of its own."""
    if not len(shapes) or stray(shapely.get_coordinates(shapes), 5899).any():
        return []
    numbers = [int(row) for row in rows.column("row").to_pylist()]
    keys = zip(rows.column("sheet_no").to_pylist(), rows.column("parcel_no").to_pylist(), strict=True)
    labels = [f"{sheet or '?'}/{number or '?'}" for sheet, number in keys]
    both = np.concatenate([shapes, register.shapes])
    sent = {
        "geom": pa.array(shapely.to_wkb(both), pa.binary()),
        "row": pa.array([*numbers, *(-1 - index for index in range(len(register.shapes)))], pa.int64()),
        "label": pa.array([*labels, *register.labels], pa.string()),
        "is_new": pa.array([True] * len(shapes) + [False] * len(register.shapes), pa.bool_()),
    }
    _none, problems = ask("examine", pa.table(sent), lambda: step("checking", 0, 0))
    return problems
