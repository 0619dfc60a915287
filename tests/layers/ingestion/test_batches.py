"""Batches: every fault with its row, nothing half done, files as offices keep them."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from layers.ingestion.batch import MAX_FAULTS, MAX_ROWS, BatchRefused, RowFault, every, table
from layers.models import Observation, Station
from tests.sql import execute
from tests.world import World


def _even(number: int) -> int:
    if number % 2:
        raise RowFault("number", f"{number} is odd")
    return number


def test_good_rows_come_through_in_order() -> None:
    assert every([2, 4, 2], _even) == [2, 4, 2]
    assert every([], _even) == []


def test_all_faults_are_told_with_their_rows() -> None:
    """Rows count from 1; the sentence names the first and how many there are."""
    with pytest.raises(BatchRefused) as caught:
        every([2, 3, 4, 5], _even)
    refused = caught.value
    assert [(fault.row, fault.field, fault.detail) for fault in refused.faults] == [(2, "number", "3 is odd"), (4, "number", "5 is odd")]
    assert refused.status == 422
    assert refused.field == "number"
    assert "2" in refused.detail


def test_an_answer_does_not_grow_with_the_faults() -> None:
    with pytest.raises(BatchRefused) as caught:
        every(range(1, 4 * MAX_FAULTS, 2), _even)
    faults = caught.value.members["faults"]
    assert isinstance(faults, list)
    assert len(faults) == MAX_FAULTS


def test_a_batch_has_an_end() -> None:
    """A sender without one is stopped at the limit, not at the end of memory."""

    def endless() -> Iterator[int]:
        while True:
            yield 2

    with pytest.raises(BatchRefused) as caught:
        every(endless(), _even)
    assert caught.value.faults[0].row == MAX_ROWS + 1


def test_tables_are_read_as_texts_by_column(tmp_path: Path) -> None:
    """With a byte order mark, blanks around cells, quoted commas, short and empty lines."""
    path = tmp_path / "a.csv"
    path.write_text('\ufeffstation , time,result\n A1 ,"1,5",2\n\n,,\nB2\n', encoding="utf-8")
    assert list(table(path)) == [{"station": "A1", "time": "1,5", "result": "2"}, {"station": "B2"}]
    path.write_text("", encoding="utf-8")
    assert list(table(path)) == []


@pytest.fixture
def station(scratch: World) -> Station:
    """A station that is known to the files below as F1."""
    pk = scratch.row("stations", "A").pk
    execute("UPDATE layers_station SET code = 'F1', watch_at = 10, alarm_at = 20, latest_result = NULL WHERE id = %s", pk)
    return Station(pk=pk)


def test_measurements_of_a_file_are_taken_in_once(station: Station, tmp_path: Path) -> None:
    """Vietnamese time where the file says no offset, decimal commas; the same file again changes nothing."""
    path = tmp_path / "m.csv"
    lines = ("station,time,result", 'F1,2026-01-15T08:00:00,"12,5"', "F1,2026-01-15T02:00:00+00:00,21")
    path.write_text("\n".join(lines), encoding="utf-8")
    for said in ("2 ", "0 "):
        out = StringIO()
        call_command("ingest", "observations", path, stdout=out)
        assert out.getvalue().startswith(said)
    stored = Observation.objects.filter(station_id=station.pk).order_by("phenomenon_time")
    assert [(row.phenomenon_time.strftime("%H:%M"), row.result) for row in stored] == [("01:00", 12.5), ("02:00", 21.0)]
    now = Station.objects.get(pk=station.pk)
    assert (now.latest_result, now.state) == (21.0, "alarm")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("F1,gestern,1", "time"),
        ("F1,2026-01-15T08:00:00,viel", "result"),
        ("nobody,2026-01-15T08:00:00,1", "Datastream"),
        ("F1,,1", "time"),
    ],
)
def test_a_wrong_line_keeps_the_whole_file_out(station: Station, tmp_path: Path, line: str, field: str) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"station,time,result\nF1,2026-01-15T07:00:00,1\n{line}\n", encoding="utf-8")
    with pytest.raises(CommandError, match=f"3: {field}"):
        call_command("ingest", "observations", path)
    assert not Observation.objects.filter(station_id=station.pk).exists()


@pytest.mark.parametrize("name", ["missing.csv", "file.txt"])
def test_other_files_are_refused(tmp_path: Path, name: str) -> None:
    if name.endswith("txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(CommandError, match=name):
        call_command("ingest", "indicators", tmp_path / name)


@pytest.mark.parametrize(
    ("result", "state"), [(None, "normal"), (0, "normal"), (9.99, "normal"), (10, "watch"), (19.99, "watch"), (20, "alarm"), (1e6, "alarm")]
)
def test_a_state_follows_from_the_thresholds(result: float | None, state: str) -> None:
    assert Station(watch_at=10, alarm_at=20).state_of(result) == state
    assert Station().state_of(result) == "normal"
    assert Station(alarm_at=20).state_of(result) == ("alarm" if state == "alarm" else "normal")
