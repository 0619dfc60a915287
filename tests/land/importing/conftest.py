"""An import in one call: read, examine, perhaps bring in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection
from django.utils import timezone

from land.importing import confined
from land.importing.pipeline import Examined, examine, read_file, write
from land.importing.problems import Problem
from land.importing.request import Asked
from land.models import LandUseCode, Parcel, ParcelChange
from land.mutations.bulk import Hands
from land.rows import EVERYBODY, heads
from tests.land.desk import Desk


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass
class Counter:
    """The desk's import counter."""

    desk: Desk

    def examine(self, path: Path, **asked: Any) -> Examined:
        """Everything about a file."""
        reading = read_file(path, Asked(**asked), self.desk.unit, quiet)
        return examine(reading, self.desk.unit, timezone.localdate(), quiet)

    def codes(self, path: Path, **asked: Any) -> dict[str, int]:
        """Problems by code."""
        return self.examine(path, **asked).counts

    def bring_in(self, path: Path, **asked: Any) -> ParcelChange:
        """Into the register; the file must be sound."""
        found = self.examine(path, **asked)
        assert not found.bad_rows, found.problems
        return self.write(found)

    def write(self, found: Examined) -> ParcelChange:
        """The usable rows."""
        today = timezone.localdate()
        return write(found.usable(), found.register, self.desk.unit, Hands(self.desk.officer), today, "tờ 77", quiet)

    def parcels(self) -> list[Parcel]:
        """What sheet 77 has now."""
        return list(heads(EVERYBODY).filter(sheet_no=77, valid_to__isnull=True).order_by("parcel_no"))


def at_home(task: str, rows: Any, tick: Callable[[], None], seconds: float = 0) -> tuple[Any, list[Problem]]:
    """What the examining child does, without the child: its start takes longer than its work (test_confined.py takes the real one)."""
    try:
        columns, answer = {"examine": confined._examine, "draw": confined._draw}[task](rows)
    finally:
        tick()
    return pa.table(columns) if columns else None, [Problem.from_dict(found) for found in json.loads(json.dumps(answer))["problems"]]


@pytest.fixture
def counter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """In unit A. Children read while the test's transaction waits, on a busy machine for longer than sessions may."""
    monkeypatch.setattr("land.importing.checking.ask", at_home)
    monkeypatch.setattr("land.importing.reading.ask", at_home)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    LandUseCode.objects.get_or_create(code="BHK", defaults={"name": "Đất bằng", "fill": "#fff0b4", "valid_to": "2024-08-01"})
    return Counter(desk)
