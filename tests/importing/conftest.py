"""Files for the tests of imports: real ones beside the checkout, and dirty ones made here."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from gis_core.importing.faults import RowFault
from gis_core.importing.messages import Description, Options, Remarks
from gis_core.importing.source import LIMITS, opened
from gis_core.models import AdminUnit

_SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
UNITS = _SHARED / "real" / "da_nang_units_2025.geojson"
PARCELS = _SHARED / "real" / "parcels_bondy_2022.geojson"
CROSSWALK = _SHARED / "admin_crosswalk_quangnam_danang_2025-07-01.csv"
needs_real_files = pytest.mark.skipif(
    not (UNITS.exists() and PARCELS.exists()),
    reason=f"The real files are not part of the project; put them into {_SHARED / 'real'} or name their parent folder in SHARED_DATA.",
)

Geometry = Mapping[str, Any] | None


def point(x: float, y: float) -> dict[str, Any]:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": [x, y]}


def square(x: float, y: float, size: float = 0.001) -> dict[str, Any]:
    """A GeoJSON square with its lower left corner at a position."""
    return {"type": "Polygon", "coordinates": [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]}


def bow_tie(x: float, y: float, size: float = 0.001) -> dict[str, Any]:
    """A polygon that crosses itself in its middle."""
    return {"type": "Polygon", "coordinates": [[[x, y], [x + size, y + size], [x + size, y], [x, y + size], [x, y]]]}


def collection(features: Sequence[tuple[Geometry, Mapping[str, Any]]], **members: Any) -> str:
    """GeoJSON text of a FeatureCollection."""
    rows = [{"type": "Feature", "properties": dict(values), "geometry": geometry} for geometry, values in features]
    return json.dumps({"type": "FeatureCollection", **members, "features": rows}, ensure_ascii=False)


@dataclass
class Read:
    """Everything that reading a file gave."""

    about: Description
    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    remarks: Remarks = field(default_factory=Remarks)

    def column(self, name: str) -> list[Any]:
        """The values of an attribute by its original name."""
        index = [found.name for found in self.about.fields].index(name)
        return [row[f"c{index}"] for row in self.rows]

    @property
    def types(self) -> dict[str, str]:
        """Types by original name."""
        return {found.name: found.type for found in self.about.fields}

    @property
    def codes(self) -> dict[int, str]:
        """Codes of faults by row."""
        return {found.row: found.fault.code for found in self.faults}


def read(path: Path, limits: Any = LIMITS, **options: Any) -> Read:
    """Read a whole file through the child process."""
    with opened(path, Options(**options), limits) as source:
        result = Read(source.description)
        for batch in source.batches:
            result.rows += batch.table.to_pylist()
            result.faults += batch.faults
        result.remarks = source.remarks
    return result


Writer = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Writer]:
    """Writes a file of that name and gives its path."""

    def writing(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    yield writing


def lists(coordinates: Any) -> Any:
    """Coordinates as JSON has them: lists instead of tuples."""
    return [lists(part) for part in coordinates] if isinstance(coordinates, list | tuple) else coordinates


@pytest.fixture
def past(db: None) -> None:
    """The units of the tests' world out of the way, long ago, for the length of a test."""
    put_into_the_past()


def put_into_the_past() -> None:
    """Each unit that there is in force for one day long ago, no two with the same code on the same day."""
    for number, unit in enumerate(AdminUnit.objects.only("pk")):
        day = date(1900, 1, 1) + timedelta(days=number)
        AdminUnit.objects.filter(pk=unit.pk).update(valid_from=day, valid_to=day + timedelta(days=1))


def command(name: str, *arguments: object) -> str:
    """What a command writes to its standard output, in English."""
    out = StringIO()
    with override("en"):
        call_command(name, *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def refusal(name: str, *arguments: object) -> str:
    """What a command says when it refuses: its report and its last sentence."""
    out = StringIO()
    with override("en"), pytest.raises(CommandError) as caught:
        call_command(name, *map(str, arguments), stdout=out, stderr=out)
    return f"{out.getvalue()}{caught.value}"
