"""Figures of indicators: the one verb behind `POST /api/indicators` and `manage.py import_indicators`."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.models import AdminUnit
from layers.ingestion.batch import Outcome, RowFault, every
from layers.models import Indicator, IndicatorValue

_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})|-Q([1-4]))?")
_VALUES = ("plan", "actual", "base")


@dataclass(frozen=True)
class Figure:
    """A figure as it arrives: codes of indicator and unit, a period (2026, 2026-Q3, 2026-10), texts or numbers."""

    indicator: str
    unit: str
    period: str
    plan: float | str | None = None
    actual: float | str | None = None
    base: float | str | None = None

    @classmethod
    def of(cls, row: Mapping[str, str]) -> "Figure":
        """From a line of a file."""
        return cls(*(row.get(name, "") for name in ("indicator", "unit", "period", *_VALUES)))


Key = tuple[str, int, date, date]
Numbers = tuple[float | None, float | None, float | None]


def take_in(reach: Reach, rows: Iterable[Figure], *, is_demo: bool = False) -> Outcome:
    """Write figures of the units inside `reach`. Raises BatchRefused. The same figure counts once; another is a correction."""
    given = list(rows)
    known = set(Indicator.objects.filter(code__in={row.indicator for row in given}).values_list("code", flat=True))
    units = list(AdminUnit.objects.filter(code__in={row.unit for row in given}))
    read = every(given, lambda row: _read(row, known, units, reach))
    wanted: dict[Key, Numbers] = dict(read)
    by_pk = {unit.pk: unit for unit in units}
    with transaction.atomic():
        there = _there(wanted)
        changed = {key: numbers for key, numbers in wanted.items() if there.get(key) != numbers}
        IndicatorValue.objects.bulk_create(
            [_row(key, numbers, by_pk[key[1]], is_demo=is_demo) for key, numbers in changed.items()],
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=["indicator", "admin_unit", "period_from", "period_to"],
            update_fields=[*_VALUES, "is_demo", "updated_at"],
        )
    corrected = sum(key in there for key in changed)
    return Outcome(len(given), len(changed) - corrected, corrected, len(given) - len(changed))


def period_of(text: str) -> tuple[date, date]:
    """First day, and the first day after, of 2026, 2026-Q3 or 2026-10. Raises RowFault."""
    found = _PERIOD.fullmatch(text.strip())
    if not found or not 1900 <= int(found[1]) <= 2200 or not 1 <= int(found[2] or 1) <= 12:
        raise RowFault("period", _("a period is a year (2026), a quarter (2026-Q3) or a month (2026-10)"))
    year = int(found[1])
    first = int(found[2] or (int(found[3]) * 3 - 2 if found[3] else 1))
    months = 1 if found[2] else 3 if found[3] else 12
    last = first + months - 1
    return date(year, first, 1), date(year + last // 12, last % 12 + 1, 1)


def _read(row: Figure, known: set[str], units: list[AdminUnit], reach: Reach) -> tuple[Key, Numbers]:
    if row.indicator not in known:
        raise RowFault("indicator", _("there is no indicator “%(code)s”") % {"code": row.indicator[:40]})
    begins, ends = period_of(row.period)
    unit = _unit(row.unit, ends - timedelta(days=1), units, reach)
    numbers = (_number(row, "plan"), _number(row, "actual"), _number(row, "base"))
    if numbers == (None, None, None):
        raise RowFault("actual", _("a row needs plan, actual or both"))
    return (row.indicator, unit.pk, begins, ends), numbers


def _unit(code: str, day: date, units: list[AdminUnit], reach: Reach) -> AdminUnit:
    """The lowest unit of this code at the period's end: codes are reused, so the day tells which is meant."""
    in_force = [u for u in units if u.code == code and u.valid_from <= day and (u.valid_to is None or u.valid_to > day)]
    own = [unit for unit in in_force if reach.everything or unit.pk in reach.units]
    if not own:
        raise RowFault("unit", _("no unit “%(code)s” of yours is in force on %(day)s") % {"code": code[:20], "day": day})
    return max(own, key=lambda unit: len(unit.path))


def _number(row: Figure, name: str) -> float | None:
    value = getattr(row, name)
    if value is None or value == "":
        return None
    try:
        number = float(str(value).replace(" ", "").replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 1e15:
        raise RowFault(name, _("“%(value)s” is no number; write for instance 1234.5") % {"value": str(value)[:40]})
    return number


def _there(wanted: Mapping[Key, Numbers]) -> dict[Key, Numbers]:
    # Behind a check of units: these are the caller's own rows.
    rows: Any = IndicatorValue.objects.within(Reach(units=frozenset(key[1] for key in wanted)))
    found = rows.select_for_update(of=("self",)).filter(indicator__in={key[0] for key in wanted}).order_by("pk")
    return {(r.indicator_id, r.admin_unit_id, r.period_from, r.period_to): (r.plan, r.actual, r.base) for r in found}


def _row(key: Key, numbers: Numbers, unit: AdminUnit, *, is_demo: bool) -> IndicatorValue:
    indicator, pk, begins, ends = key
    plan, actual, base = numbers
    return IndicatorValue(
        indicator_id=indicator, admin_unit_id=pk, period_from=begins, period_to=ends, plan=plan, actual=actual, base=base,
        geom=unit.geom.point_on_surface, is_demo=is_demo, updated_at=timezone.now(),
    )  # fmt: skip
