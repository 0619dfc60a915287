"""A cell means one value or none: as offices write numbers, days, moments and yes and no; everything else is said in a sentence."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import models

from layers.ingestion.batch import RowFault
from layers.ingestion.cells import ends_later, moment, number, value_of
from layers.models import Camera, CropArea, Mention, Milestone, RoadEvent, TradePlace


def _column(model: Any, name: str) -> "models.Field[Any, Any]":
    column: models.Field[Any, Any] = model._meta.get_field(name)
    return column


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("1 234,5", 1234.5),
        ("1\u00a0234", 1234),
        ("-3", -3),
        ("1e3", 1000),
        ("0", 0),
    ],
)
def test_numbers_as_offices_write_them(text: str, value: float) -> None:
    assert number("n", text) == value


@pytest.mark.parametrize("text", ["", "viel", "1.234,5", "nan", "inf", "1e16", "12 %", "0x10", "--1"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(RowFault) as caught:
        number("n", text)
    assert caught.value.field == "n"
    assert caught.value.detail


@pytest.mark.parametrize(("text", "whole"), [("3", 3), ("3.0", 3), ("3,0", 3)])
def test_whole_numbers(text: str, whole: int) -> None:
    found = number("n", text, whole=True)
    assert found == whole
    assert isinstance(found, int)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-28T08:00:00+07:00", datetime(2026, 11, 28, 1, tzinfo=UTC)),
        ("2026-11-28T01:00:00Z", datetime(2026, 11, 28, 1, tzinfo=UTC)),
        ("2026-11-28 08:00", datetime(2026, 11, 28, 1, tzinfo=UTC)),  # Vietnamese time where nothing is said
    ],
)
def test_moments(text: str, value: datetime) -> None:
    assert moment("at", text) == value


@pytest.mark.parametrize(
    "text", ["", "today", "2026-13-01T08:00", "2026-11-28T25:00", "28/11/2026", "1812-01-01T00:00Z", "9999-01-01T00:00Z"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(RowFault):
        moment("at", text)


@pytest.mark.parametrize(
    ("model", "name", "given", "value"),
    [
        (Milestone, "due_on", "2026-01-31", date(2026, 1, 31)),
        (Milestone, "due_on", "2026-01-31 00:00:00", date(2026, 1, 31)),  # as workbooks keep days
        (Milestone, "due_on", date(2026, 1, 31), date(2026, 1, 31)),
        (Milestone, "done_on", "", None),
        (Milestone, "done_on", None, None),
        (Milestone, "progress", "", 0),
        (Milestone, "title", "  Mốc  ", "Mốc"),
        (Milestone, "title", "Mo\u0302\u0301c", "Mốc"),  # letters in one spelling
        (Camera, "works", "có", True),
        (Camera, "works", "Không", False),
        (Camera, "works", False, False),
        (Camera, "works", "", True),
        (Camera, "picture_url", "rtsp://camera.local/1", "rtsp://camera.local/1"),
        (CropArea, "crop", "rice", "rice"),
        (CropArea, "area_ha", 3, 3.0),
        (TradePlace, "stars", "5", 5),
        (Mention, "sentiment", "-0,5", -0.5),
    ],
)
def test_cells_become_values(db: None, model: Any, name: str, given: object, value: object) -> None:
    found = value_of(_column(model, name), given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("model", "name", "given", "said"),
    [
        (Milestone, "due_on", "", "due_on"),
        (Milestone, "due_on", "31.1.2026", "due_on"),
        (Milestone, "progress", "120", "100"),
        (Milestone, "progress", "half", "half"),
        (Milestone, "title", "", "title"),
        (Milestone, "title", {"vi": "Mốc"}, "title"),
        (Camera, "works", "maybe", "maybe"),
        (Camera, "picture_url", "file:///etc/passwd", "picture_url"),
        (Camera, "picture_url", "no address", "picture_url"),
        (CropArea, "crop", "opium", "rice"),
        (TradePlace, "stalls", "-1", "stalls"),
        (TradePlace, "products", "1.5", "1.5"),
        (Mention, "sentiment", "1.01", "1"),
        (RoadEvent, "starts_at", "soon", "starts_at"),
    ],
)
def test_wrong_cells_are_named(db: None, model: Any, name: str, given: object, said: str) -> None:
    """With the field, and what was wrong with it or what is accepted."""
    with pytest.raises(RowFault) as caught:
        value_of(_column(model, name), given)
    assert caught.value.field == name
    assert said in f"{caught.value.field}: {caught.value.detail}"


@pytest.mark.parametrize(("hours", "right"), [(None, True), (1, True), (0, False), (-1, False)])
def test_what_begins_ends_afterwards(hours: int | None, right: bool) -> None:
    begins = datetime(2026, 1, 15, 12, tzinfo=UTC)
    row = SimpleNamespace(starts_at=begins, ends_at=None if hours is None else begins.replace(hour=12 + hours))
    if right:
        ends_later(row)
        return
    with pytest.raises(RowFault) as caught:
        ends_later(row)
    assert caught.value.field == "ends_at"
