"""Loads the administrative units of the pilot, in all three generations."""

from collections.abc import Callable
from datetime import date

import shapely
from django.contrib.gis import geos
from django.db import connection
from shapely import MultiPolygon, Polygon

from gis_core.changes.tracking import quote
from gis_core.models import AdminGeneration, AdminUnit, AdminUnitSuccession
from gis_core.pilot import plan
from gis_core.pilot.steps import Run, pilot_step

Key = tuple[str, str]
"""Code and first day: what names a unit."""


def clear_demo_rows(*tables: str) -> Callable[[], None]:
    """A function that deletes the demo rows of tables (with a column is_demo), in this order."""

    def clear() -> None:
        with connection.cursor() as cursor:
            for table in tables:
                # By SQL: the ORM would read a million rows to find what hangs on them.
                cursor.execute(f"DELETE FROM {quote(table)} WHERE is_demo")  # noqa: S608

    return clear


def _clear_units() -> None:
    """Delete the demo units, their successions and generations left without a unit."""
    AdminUnitSuccession.objects.filter(old__is_demo=True).delete()
    for level in (AdminUnit.Level.COMMUNE, AdminUnit.Level.DISTRICT, AdminUnit.Level.PROVINCE):
        AdminUnit.objects.filter(is_demo=True, level=level).delete()
    used = AdminUnit.objects.values("valid_from")
    AdminGeneration.objects.exclude(valid_from__in=used).delete()


@pilot_step("admin_units", clear=_clear_units)
def load_admin_units(run: Run, _part: str) -> int:
    """Generations, units and what became of them."""
    for row in plan.read_rows("admin_generations.csv"):
        AdminGeneration.objects.get_or_create(
            valid_from=date.fromisoformat(row["valid_from"]), defaults={"title": row["title"], "legal_basis": row["legal_basis"]}
        )
    outlines = unit_outlines()
    loaded: dict[Key, AdminUnit] = {}
    for row in plan.read_rows("admin_units.csv"):
        key = (row["code"], row["valid_from"])
        loaded[key] = _unit(row, outlines[key], _parent(row, loaded))
        run.progress.advance(1)
    for row in plan.read_rows("admin_unit_successions.csv"):
        AdminUnitSuccession.objects.get_or_create(
            old=loaded[row["old_code"], row["old_from"]],
            new=loaded[row["new_code"], row["new_from"]],
            defaults={"extent": row["extent"], "legal_basis": row["legal_basis"]},
        )
    return len(loaded)


def _parent(row: dict[str, str], loaded: dict[Key, AdminUnit]) -> AdminUnit | None:
    """The parent in force on the unit's first day."""
    if not row["parent"]:
        return None
    day = date.fromisoformat(row["valid_from"])
    known = (unit for (code, _), unit in loaded.items() if code == row["parent"])
    return next(unit for unit in known if unit.valid_from <= day and (unit.valid_to is None or day < unit.valid_to))


def _unit(row: dict[str, str], outline: MultiPolygon, parent: AdminUnit | None) -> AdminUnit:
    """The unit of a row. One that is there already at that time, from real data, is left as it is and taken instead."""
    begins = date.fromisoformat(row["valid_from"])
    there = AdminUnit.objects.as_of(begins).filter(level=row["level"], code=row["code"]).first()
    return there or AdminUnit.objects.create(
        code=row["code"],
        level=row["level"],
        name=row["name"],
        kind=row["kind"],
        parent=parent,
        path=f"{parent.path if parent else ''}{row['code']}/",
        valid_from=begins,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        legal_basis=row["legal_basis"],
        geom=_outline(outline),
        is_demo=True,
    )


def _outline(outline: MultiPolygon) -> geos.MultiPolygon:
    """A shapely geometry for the ORM."""
    parts = [geos.Polygon(*(list(ring.coords) for ring in (part.exterior, *part.interiors))) for part in outline.geoms]
    return geos.MultiPolygon(parts, srid=4326)


def unit_outlines() -> dict[Key, MultiPolygon]:
    """The outline (WGS 84) of each unit of admin_units.csv: drawn for 2006, dissolved by the crosswalk afterwards.

    Districts and provinces get the extent of the pilot: no outline of theirs may be copied, and none is invented.
    """
    drawn = plan.unit_outlines()
    parts: dict[Key, list[Polygon]] = {(code, plan.FIRST_GENERATION): [outline] for code, outline in drawn.items()}
    successions = sorted(plan.read_rows("admin_unit_successions.csv"), key=lambda row: row["new_from"])
    for row in successions:
        old = parts.get((row["old_code"], row["old_from"]), [])
        parts.setdefault((row["new_code"], row["new_from"]), []).extend(old)
    everything = list(drawn.values())
    result = {}
    for row in plan.read_rows("admin_units.csv"):
        key = (row["code"], row["valid_from"])
        pieces = parts[key] if row["level"] == "commune" else everything
        merged = shapely.coverage_union_all(pieces)
        result[key] = merged if isinstance(merged, MultiPolygon) else MultiPolygon([merged])
    return result
