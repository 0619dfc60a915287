"""What happened to parcels: their keys through the reforms, their versions, changes and descent."""

from datetime import date
from typing import Any

from django.db.models import Q

from gis_core.access import Reach
from gis_core.models import AdminUnit
from land.models import Parcel, ParcelChange, ParcelLineage
from land.rows import parcels

REFORM = date(2025, 7, 1)
"""From this day the keys of Tam Kỳ's parcels are those of the merged units (Resolution 1659/NQ-UBTVQH15)."""


def key_on(day: date, unit: str | None, sheet: int, number: int | None) -> Q:
    """Parcels by (unit, sheet, number) as these were written on a day.

    A unit's code is looked up on that day: 20341 is An Mỹ before the reform, Tam Kỳ since. Without a unit all are meant.
    """
    units = AdminUnit.objects.as_of(day).filter(code=unit) if unit else None
    before = day < REFORM
    wanted: dict[str, Any] = {"old_sheet_no" if before else "sheet_no": sheet}
    if number is not None:
        wanted["old_parcel_no" if before else "parcel_no"] = number
    if units is not None:
        wanted["old_unit__in" if before else "admin_unit__in"] = units
    condition = Q(**wanted)
    if before:
        # Units that the reform left alone kept their keys.
        same: dict[str, Any] = {"old_unit__isnull": True, "sheet_no": sheet}
        same |= {"parcel_no": number} if number is not None else {}
        same |= {"admin_unit__in": units} if units is not None else {}
        condition |= Q(**same)
    return condition


def of(head: Parcel, reach: Reach, files: Reach) -> dict[str, Any]:
    """Versions (newest first), published changes, and the parents and children inside `reach`.

    Why a change was made is told inside `files` alone: officers write names there.
    """
    versions = parcels(reach).filter(uid=head.uid).order_by("-version").defer("geom", "geom_3857")
    changes = ParcelChange.objects.filter(after__contains=[[str(head.uid)]]).order_by("-published_at", "-pk")
    return {
        "versions": [_version(row) for row in versions],
        "changes": [_change(change, files.everything or change.unit_id in files.units) for change in changes],
        "parents": _kin(ParcelLineage.objects.filter(child=head), "parent", reach),
        "children": _kin(ParcelLineage.objects.filter(parent=head), "child", reach),
    }


def _version(row: Parcel) -> dict[str, Any]:
    names = ("version", "valid_from", "valid_to", "area_m2", "land_use_label", "status", "address")
    return {**{name: getattr(row, name) for name in names}, "recorded_at": row.updated_at, "superseded_at": row.superseded_at}


def _change(change: ParcelChange, has_file: bool) -> dict[str, Any]:
    reason = change.reason if has_file else ""
    return {"uid": change.uid, "kind": change.kind, "reason": reason, "published_at": change.published_at}


def _kin(edges: Any, side: str, reach: Reach) -> list[dict[str, Any]]:
    areas = {getattr(edge, f"{side}_id"): edge.area_m2 for edge in edges}
    rows = parcels(reach).filter(pk__in=list(areas)).order_by("pk").defer("geom", "geom_3857")
    return [{"uid": row.uid, "label": str(row), "status": row.status, "area_m2": areas[row.pk]} for row in rows]
