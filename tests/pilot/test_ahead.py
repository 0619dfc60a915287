"""Drawing one commune ahead gives the same parcels, and gives up what nobody asks for."""

import pytest

from land.pilot.ahead import Ahead
from land.pilot.parcels import Generator, ParcelBatch


def test_it_hands_out_what_was_asked_for(generator: Generator, batches: list[ParcelBatch]) -> None:
    ahead = Ahead(generator)
    for unit in (0, 1, 5, 4):
        assert ahead.batch(unit).uid == batches[unit].uid


def test_the_last_unit_has_none_after_it(generator: Generator, batches: list[ParcelBatch]) -> None:
    assert Ahead(generator).batch(12).uid == batches[12].uid


def test_a_fault_in_the_drawing_is_told(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(self: Generator, unit: int) -> ParcelBatch:
        raise RuntimeError(f"unit {unit}")

    monkeypatch.setattr(Generator, "batch", fault)
    with pytest.raises(RuntimeError, match="unit 3"):
        Ahead(generator).batch(3)
