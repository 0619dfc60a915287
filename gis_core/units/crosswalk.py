"""What became of which unit, from a table: old_code, new_code, merge_type (full or partial), and a clause of the act."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.importing.faults import Fault, RowFault
from gis_core.importing.report import Report
from gis_core.models import AdminUnit, AdminUnitSuccession
from gis_core.units.importer import UnitsRefused

_REQUIRED = ("old_code", "new_code", "merge_type")
_MAX_BYTES = 20 << 20


@dataclass
class Linked:
    """Successions written, found as they were, and rows that name units which are not there."""

    created: int = 0
    unchanged: int = 0
    missing: int = 0


def import_crosswalk(path: Path, day: date, legal_basis: str, report: Report) -> Linked:
    """Link units that end on `day` with those that begin. Rows about other units go into `report`. Raises UnitsRefused."""
    linked = Linked()
    level = AdminUnit.Level.COMMUNE
    # A unit that a reform leaves alone is one row across it, so it may well have begun earlier.
    before = {unit.code: unit for unit in AdminUnit.objects.as_of(day - timedelta(days=1)).filter(level=level).only("code")}
    after = {unit.code: unit for unit in AdminUnit.objects.as_of(day).filter(level=level).only("code")}
    with transaction.atomic():
        for row, values in _rows(path):
            found = _link(row, values, before, after, day)
            if isinstance(found, RowFault):
                report.add(found)
                linked.missing += 1
                continue
            found.legal_basis = _basis(legal_basis, values)
            _succession, created = AdminUnitSuccession.objects.get_or_create(
                old=found.old, new=found.new, defaults={"extent": found.extent, "legal_basis": found.legal_basis}
            )
            linked.created += created
            linked.unchanged += not created
    return linked


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UnitsRefused(_("%(path)s is too large for a crosswalk.") % {"path": path.name})
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _REQUIRED if name not in (reader.fieldnames or ())]
            if missing:
                raise UnitsRefused(_("%(path)s lacks the columns %(names)s.") % {"path": path.name, "names": ", ".join(missing)})
            yield from enumerate(reader, start=1)
    except OSError:
        raise UnitsRefused(_("%(path)s: there is no such file, or it cannot be read.") % {"path": path.name}) from None
    except (UnicodeDecodeError, csv.Error):
        raise UnitsRefused(_("%(path)s is no table in UTF-8.") % {"path": path.name}) from None


def _link(
    row: int, values: dict[str, str], before: dict[str, AdminUnit], after: dict[str, AdminUnit], day: date
) -> AdminUnitSuccession | RowFault:
    old, new = before.get(values["old_code"]), after.get(values["new_code"])
    if values["merge_type"] not in AdminUnitSuccession.Extent.values:
        return RowFault(row, Fault("bad-extent", {"value": str(values["merge_type"])[:20]}))
    if old is None:
        return RowFault(row, Fault("no-old-unit", {"code": values["old_code"][:10], "day": (day - timedelta(days=1)).isoformat()}))
    if new is None:
        return RowFault(row, Fault("no-new-unit", {"code": values["new_code"][:10], "day": day.isoformat()}))
    return AdminUnitSuccession(old=old, new=new, extent=values["merge_type"])


def _basis(legal_basis: str, values: dict[str, str]) -> str:
    clause = next((text for name, text in values.items() if name and name.endswith("clause") and text), "")
    return ", ".join(part for part in (legal_basis, _("clause %(number)s") % {"number": clause} if clause else "") if part)[:200]
