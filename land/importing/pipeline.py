"""An import from the file to the register, for the command and for the worker: examine, report, bring in."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from django.utils.translation import gettext as _

from gis_core.errors import Conflict
from gis_core.models import AdminUnit
from land.importing.checking import check, digest_around, outline_of
from land.importing.problems import Problem, Unusable
from land.importing.reading import read
from land.importing.request import Asked, Reading, Step, Understood
from land.importing.table import shapes as shapes_of
from land.models import ParcelChange
from land.models.parcel import REFORM
from land.mutations.bulk import Hands, bring_in

EXPECTED_M = 3_000.0


class RegisterMoved(Conflict):
    """Parcels came, went or changed where the file lies since it was examined: it is to be examined anew."""

    code = "register-moved"


@dataclass
class Examined:
    """A file's parcels with everything that is wrong with them; `register` is what they were compared with."""

    rows: Any
    problems: list[Problem]
    about: Understood
    register: str

    @property
    def bad_rows(self) -> set[int]:
        """Rows that cannot be brought in."""
        return {row for problem in self.problems if problem.is_error for row in problem.rows}

    @property
    def is_hopeless(self) -> bool:
        """Whether an error concerns the file as a whole: nothing of it can be brought in."""
        return any(problem.is_error and not problem.rows for problem in self.problems)

    @property
    def counts(self) -> dict[str, int]:
        """Problems by code."""
        return dict(Counter(problem.code for problem in self.problems))

    def usable(self) -> Any:
        """The rows without an error."""
        bad = self.bad_rows
        if not bad:
            return self.rows
        return self.rows.filter(pc.invert(pc.is_in(self.rows.column("row"), pa.array(sorted(bad), pa.int64()))))


def read_file(path: Path, asked: Asked, unit: AdminUnit, step: Step) -> Reading:
    """The parcels of a file. Raises FileFault, Unusable, and what `step` raises."""
    west, south, east, north = shapely.bounds(outline_of(unit))
    near = (west - EXPECTED_M, south - EXPECTED_M, east + EXPECTED_M, north + EXPECTED_M)
    reading = read(path, asked, near, step)
    if not reading.rows.num_rows and not reading.problems:
        raise Unusable("no-parcels")
    return reading


def examine(reading: Reading, unit: AdminUnit, on: date, step: Step) -> Examined:
    """Everything that is wrong. Raises Unusable, and what `step` raises."""
    problems, digest = check(reading, unit, on, step)
    problems += _old_units(reading.rows)
    return Examined(reading.rows, problems, reading.about, digest)


def write(rows: Any, register: str, unit: AdminUnit, hands: Hands, on: date, reason: str, step: Step) -> ParcelChange:
    """Bring rows in, all or nothing. Raises RegisterMoved, and what `step` raises."""
    shapes = shapes_of(rows)

    def still() -> None:
        if digest_around(shapes) != register:
            raise RegisterMoved(_("Parcels changed where the file lies since it was examined. Examine it again."))

    total, done = rows.num_rows, 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        step("writing", done, total)

    step("writing", 0, total)
    return bring_in(rows, shapes, unit, hands, on, reason, old_units=_keys_of(rows), still=still, advance=advance)


def _keys_of(rows: Any) -> dict[str, int]:
    """Units before the reform by the codes that the rows name."""
    codes = [code for code in pc.unique(rows.column("old_unit")).to_pylist() if code]
    before = AdminUnit.objects.filter(level=AdminUnit.Level.COMMUNE, code__in=codes, valid_from__lt=REFORM)
    return {unit.code: unit.pk for unit in before.order_by("valid_from").only("code")}


def _old_units(rows: Any) -> list[Problem]:
    known = _keys_of(rows)
    unknown = [code for code in pc.unique(rows.column("old_unit")).to_pylist() if code and code not in known]
    return [Problem("old-unit-unknown", {"code": code[:10]}) for code in unknown]


def bounds_of(rows: Any) -> list[float] | None:
    """West, south, east, north in EPSG:5899."""
    found = shapely.total_bounds(shapes_of(rows)) if rows.num_rows else np.array([np.nan])
    return [round(float(value), 2) for value in found] if np.isfinite(found).all() else None
