"""Units of a file into `AdminUnit`: one generation, one level, below one parent, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import shapely
from django.contrib.gis import geos
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from shapely import MultiPolygon

from gis_core.importing.faults import Fault, RowFault
from gis_core.importing.report import Report
from gis_core.models import AdminGeneration, AdminUnit
from gis_core.units.overlaps import Neighbour, Slivers, overlaps
from gis_core.units.provinces import NAMES_2025
from gis_core.units.rows import DIGITS, UnitRow, full_name

_REFORM_2025 = date(2025, 7, 1)


class UnitsRefused(Exception):
    """The units cannot be imported as asked; the sentence says what to do."""


class RowsWrong(UnitsRefused):
    """Rows contradict each other or what is there; nothing was written."""


@dataclass(frozen=True)
class UnitsRequest:
    """What is imported: dates, level, parent and where it is from. `source` and `legal_basis` are for people."""

    level: str
    valid_from: date
    valid_to: date | None = None
    parent: str | None = None
    parent_name: str | None = None
    generation: str = ""
    legal_basis: str = ""
    source: str = ""
    replace: bool = False
    end_previous: bool = False


@dataclass
class Outcome:
    """What happened to the units, by code."""

    created: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    without_kind: list[str] = field(default_factory=list)
    parent: AdminUnit | None = None
    slivers: Slivers = field(default_factory=Slivers)


def import_units(request: UnitsRequest, units: Sequence[UnitRow], report: Report) -> Outcome:
    """Write the units. Raises UnitsRefused, and RowsWrong with the faults in `report`."""
    outcome = Outcome()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import of administrative units'))")
        AdminGeneration.objects.get_or_create(valid_from=request.valid_from, defaults=_generation(request))
        parent = _parent(request, units)
        contemporaries = _contemporaries(request)
        report.extend(_conflicts(request, units, contemporaries, parent))
        report.extend(overlaps(units, _neighbours(units, contemporaries), outcome.slivers))
        if report.count:
            raise RowsWrong
        _end_previous(request, units, contemporaries, outcome)
        for unit in units:
            _write(request, unit, parent, contemporaries, outcome)
        outcome.parent = _outline(request, parent)
        outcome.without_kind = [unit.code for unit in units if not unit.kind]
    return outcome


def _generation(request: UnitsRequest) -> dict[str, str]:
    title = request.generation or _("Units in force from %(day)s") % {"day": request.valid_from.isoformat()}
    return {"title": title, "legal_basis": request.legal_basis}


def _contemporaries(request: UnitsRequest) -> QuerySet[AdminUnit]:
    """Units of the level that are in force at some time of the imported ones."""
    begins_before_end = Q() if request.valid_to is None else Q(valid_from__lt=request.valid_to)
    return AdminUnit.objects.filter(begins_before_end, Q(valid_to__isnull=True) | Q(valid_to__gt=request.valid_from), level=request.level)


def _parent(request: UnitsRequest, units: Sequence[UnitRow]) -> AdminUnit | None:
    """The unit above, made when it has no row yet. Raises UnitsRefused when nobody says which it is."""
    if request.level == AdminUnit.Level.PROVINCE:
        return None
    above = AdminUnit.objects.as_of(request.valid_from).exclude(level__in=_at_or_below(request.level))
    if request.parent is None:
        codes = [unit.code for unit in units]
        found = above.filter(children__level=request.level, children__valid_from=request.valid_from, children__code__in=codes)
        known = list(found.distinct())
        if len(known) == 1:
            return known[0]
        raise UnitsRefused(_("Say which unit these belong to, for example --parent 48."))
    return above.filter(code=request.parent).first() or _new_parent(request, units)


def _at_or_below(level: str) -> list[str]:
    levels = list(DIGITS)  # from the top
    return levels[levels.index(level) :]


def _new_parent(request: UnitsRequest, units: Sequence[UnitRow]) -> AdminUnit:
    code = request.parent or ""
    name = request.parent_name or (NAMES_2025.get(code) if request.valid_from >= _REFORM_2025 else None)
    if len(code) != DIGITS["province"] or not code.isdecimal() or name is None:
        sentence = _("No unit with code %(code)s is in force on %(day)s. Import it first, or name a province with --parent-name.")
        raise UnitsRefused(sentence % {"code": code, "day": request.valid_from.isoformat()})
    return AdminUnit.objects.create(
        code=code,
        name=name,
        kind=full_name(name)[0],
        level=AdminUnit.Level.PROVINCE,
        path=f"{code}/",
        valid_from=request.valid_from,
        valid_to=request.valid_to,
        is_demo=True,  # until the outline is drawn from the units, at the end
        geom=_to_geos(units[0].shape),
    )


def _conflicts(request: UnitsRequest, units: Sequence[UnitRow], there: QuerySet[AdminUnit], parent: AdminUnit | None) -> Iterable[RowFault]:
    """Codes that another unit has at the same time."""
    by_code: dict[str, list[AdminUnit]] = {}
    for known in there.filter(code__in=[unit.code for unit in units]).order_by("valid_from"):
        by_code.setdefault(known.code, []).append(known)
    for unit in units:
        for known in by_code.get(unit.code, []):
            code = _conflict(request, unit, known, parent)
            if code:
                params = {"unit": unit.code, "name": known.name, "since": known.valid_from.isoformat()}
                yield RowFault(unit.row, Fault(code, params))


def _conflict(request: UnitsRequest, unit: UnitRow, known: AdminUnit, parent: AdminUnit | None) -> str | None:
    if known.valid_from > request.valid_from:
        return "later"
    if known.valid_from < request.valid_from:
        return None if request.end_previous else "still-in-force"
    if known.is_demo or request.replace or _is_same(request, unit, known, parent):
        return None
    return "differs"


def _is_same(request: UnitsRequest, unit: UnitRow, known: AdminUnit, parent: AdminUnit | None) -> bool:
    there = (known.name, known.parent_id, known.valid_to, known.area_km2, bytes(known.geom.wkb))
    return there == (unit.name, parent.pk if parent else None, request.valid_to, unit.area_km2, bytes(_to_geos(unit.shape).wkb))


def _neighbours(units: Sequence[UnitRow], there: QuerySet[AdminUnit]) -> list[Neighbour]:
    """Contemporaries that the file does not replace and that lie near its units."""
    west, south, east, north = shapely.total_bounds([unit.shape for unit in units])
    near = there.exclude(code__in=[unit.code for unit in units]).filter(geom__bboverlaps=geos.Polygon.from_bbox((west, south, east, north)))
    return [Neighbour(f"{known.name} ({known.code})", shapely.from_wkb(bytes(known.geom.wkb))) for known in near]


def _end_previous(request: UnitsRequest, units: Sequence[UnitRow], there: QuerySet[AdminUnit], outcome: Outcome) -> None:
    for known in there.filter(code__in=[unit.code for unit in units], valid_from__lt=request.valid_from):
        known.valid_to = request.valid_from
        known.save(update_fields=["valid_to", "updated_at"])
        outcome.ended.append(known.code)


def _write(request: UnitsRequest, unit: UnitRow, parent: AdminUnit | None, there: QuerySet[AdminUnit], outcome: Outcome) -> None:
    """One unit, on the row that has its key: foreign keys and jurisdictions stay."""
    known = there.filter(code=unit.code, valid_from=request.valid_from).first()
    if known is not None and not known.is_demo and _is_same(request, unit, known, parent):
        outcome.unchanged.append(unit.code)
        return
    row = known or AdminUnit(level=request.level, code=unit.code, valid_from=request.valid_from)
    row.name, row.kind, row.area_km2, row.is_demo = unit.name, unit.kind, unit.area_km2, False
    row.parent, row.path = parent, f"{parent.path if parent else ''}{unit.code}/"
    row.valid_to, row.geom = request.valid_to, _to_geos(unit.shape)
    row.legal_basis = _basis(request) or row.legal_basis
    row.save()
    (outcome.renewed if known else outcome.created).append(unit.code)


def _basis(request: UnitsRequest, *remarks: str) -> str:
    """Legal basis and source in one text: the model has one column for both."""
    return " · ".join(part for part in (request.legal_basis, request.source, *remarks) if part)[:200]


def _outline(request: UnitsRequest, parent: AdminUnit | None) -> AdminUnit | None:
    """A parent without an outline of its own (new, or demo) gets that of its units, and says so."""
    if parent is None or not (parent.is_demo or request.replace):
        return None
    shapes = [shapely.from_wkb(bytes(child.geom.wkb)) for child in parent.children.as_of(request.valid_from)]
    merged = shapely.union_all(shapes)
    parent.geom = _to_geos(merged if isinstance(merged, MultiPolygon) else MultiPolygon([merged]))
    parent.legal_basis = _basis(request, _("outline: union of its %(count)d units") % {"count": len(shapes)})
    parent.is_demo = False
    parent.save()
    return parent


def _to_geos(shape: MultiPolygon) -> geos.MultiPolygon:
    """The same coordinates, bit for bit, for the ORM."""
    result = geos.GEOSGeometry(memoryview(shapely.to_wkb(shape, byte_order=1)), srid=4326)
    assert isinstance(result, geos.MultiPolygon)
    return result
