"""What happened to parcels: their keys through the reforms, their versions, changes and descent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from gis_core.access import Reach
from gis_core.models import AdminUnit
from land.models import Parcel, ParcelChange, ParcelKey, ParcelLineage
from land.rows import parcels


@dataclass(frozen=True)
class Key:
    """How a parcel is called on a day."""

    unit: int | None
    sheet: int
    number: int


def key_on(day: date, unit: str | None, sheet: int, number: int | None) -> Q:
    """Parcels by (unit, sheet, number) as these were written on a day.

    A unit's code is looked up on that day: 20341 is An Mỹ before the reform, Tam Kỳ since. Without a unit all are meant.
    """
    units = AdminUnit.objects.as_of(day).filter(code=unit) if unit else None

    def key(unit: str, sheet_column: str, number_column: str) -> Q:
        wanted: dict[str, Any] = {sheet_column: sheet}
        wanted |= {number_column: number} if number is not None else {}
        return Q(**wanted, **({f"{unit}__in": units} if units is not None else {}))

    last = key("old_unit", "old_sheet_no", "old_parcel_no") & Q(old_until__gt=day)
    # Units that the reforms left alone kept their keys.
    today = key("admin_unit", "sheet_no", "parcel_no") & (Q(old_unit__isnull=True) | Q(old_until__lte=day))
    earlier = ParcelKey.objects.filter(until__gt=day)
    held = earlier.filter(Q(since__isnull=True) | Q(since__lte=day)).filter(key("unit", "sheet_no", "parcel_no"))
    # A list, for a subquery between two ORs would have every parcel of the cadastre looked at.
    return today | (last & ~Exists(earlier.filter(uid=OuterRef("uid")))) | Q(uid__in=list(held.values_list("uid", flat=True)))


def keys_on(day: date, rows: Sequence[Parcel]) -> dict[int, Key]:
    """The keys of parcels on a day, by the primary keys of their rows."""
    old = [row for row in rows if row.old_unit_id is not None and day < row.old_until]
    earlier = ParcelKey.objects.filter(uid__in=[row.uid for row in old], until__gt=day).order_by("-until") if old else ()
    # Of several the one that ended first comes last.
    before = {key.uid: Key(key.unit_id, key.sheet_no, key.parcel_no) for key in earlier}
    found = {row.pk: before.get(row.uid) or Key(row.old_unit_id, row.old_sheet_no or 0, row.old_parcel_no or 0) for row in old}
    return {row.pk: found.get(row.pk) or Key(row.admin_unit_id, row.sheet_no, row.parcel_no) for row in rows}


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
