"""Every text in a query is understood or refused with a sentence; nothing else ever happens."""

import math
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from gis_core.errors import BadParameter, UnknownParameter
from layers.parameters import Box, Parameters, parse_bbox, parse_instant, parse_number, parse_when

VIETNAM = timezone(timedelta(hours=7))


def read(query: str, *accepted: str) -> Parameters:
    return Parameters(QueryDict(query), accepted)


def test_an_unknown_name_is_refused_and_the_known_ones_are_told() -> None:
    with pytest.raises(UnknownParameter, match="limit, bbox") as refused:
        read("limits=1", "limit", "bbox")
    assert refused.value.field == "limits"


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(BadParameter, match="limit"):
        read("limit=1&limit=2", "limit")


def test_text_is_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "Tam Kỳ")
    query = QueryDict(mutable=True)
    query["name"] = decomposed
    assert Parameters(query, ["name"]).text("name") == "Tam Kỳ" != decomposed


@pytest.mark.parametrize("query", ["name=%00", "name=%ff", "name=" + "a" * 1001])
def test_text_that_no_column_holds_is_refused(query: str) -> None:
    with pytest.raises(BadParameter, match="name"):
        read(query, "name")


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("10", 10), ("+7", 7), ("0007", 7)])
def test_whole_numbers(text: str, number: int) -> None:
    query = QueryDict(mutable=True)
    query["limit"] = text
    assert Parameters(query, ["limit"]).integer("limit", low=1, high=10) == number


@pytest.mark.parametrize("text", ["0", "11", "-1", "1.0", "1e1", "", " ", "x", "\uff19", "1" * 5000, "0x1", "1_0"])
def test_whole_numbers_outside_are_refused(text: str) -> None:
    query = QueryDict(mutable=True)
    query["limit"] = text
    with pytest.raises(BadParameter) as refused:
        Parameters(query, ["limit"]).integer("limit", low=1, high=10)
    assert refused.value.field == "limit"


@pytest.mark.parametrize("text", ["11", "99999999999999999999999"])
def test_a_clamped_number_comes_down_to_the_maximum(text: str) -> None:
    assert read(f"limit={text}", "limit").integer("limit", low=1, high=10, clamp=True) == 10


def test_absent_values_are_none() -> None:
    nothing = read("", "a")
    assert nothing.integer("a", low=0, high=1) is None
    assert nothing.number("a", low=0, high=1) is None
    assert nothing.bbox("a") is None
    assert nothing.when("a") is None
    assert nothing.instant("a") is None
    assert nothing.names("a") is None
    assert nothing.flag("a") is False


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-Infinity", "1e999", "", ".", "1,2", "0x10", "\uff11", "1" * 100])
def test_numbers_that_are_none(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_number(text, "lon")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_read_as_written(number: float) -> None:
    assert parse_number(repr(number), "lon") == number


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        assert math.isfinite(parse_number(text, "lon"))
    except BadParameter as refused:
        assert refused.field == "lon"


@pytest.mark.parametrize("value", ["1", "0", "TRUE", "yes", ""])
def test_flags_are_true_or_false(value: str) -> None:
    with pytest.raises(BadParameter, match="count"):
        read(f"count={value}", "count").flag("count")
    assert read("count=true", "count").flag("count") is True


def test_names_are_told_apart_by_commas() -> None:
    assert read("layers=roads, water,,roads", "layers").names("layers") == ["roads", "water"]
    assert read("layers=", "layers").names("layers") == []


def test_a_bbox_has_four_numbers_or_six() -> None:
    assert parse_bbox("1,2,3,4", "bbox") == Box(1, 2, 3, 4)
    assert parse_bbox("1,2,-5,3,4,5", "bbox") == Box(1, 2, 3, 4)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "1,2,3,x", "1,2,nan,4", "1,2,9,3,4,5", "1;2;3;4"])
def test_any_other_bbox_is_refused(text: str) -> None:
    with pytest.raises(BadParameter) as refused:
        parse_bbox(text, "bbox")
    assert refused.value.field == "bbox"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-07-01", date(2025, 7, 1)),
        ("2025-07-01T08:00:00+07:00", datetime(2025, 7, 1, 8, tzinfo=VIETNAM)),
        ("2025-07-01T08:00:00 07:00", datetime(2025, 7, 1, 8, tzinfo=VIETNAM)),
        ("2025-07-01t01:00:00z", datetime(2025, 7, 1, 1, tzinfo=UTC)),
        ("2025-07-01T01:00:00.5Z", datetime(2025, 7, 1, 1, 0, 0, 500_000, tzinfo=UTC)),
        ("2025-07-01T08:00:00", datetime(2025, 7, 1, 8, tzinfo=VIETNAM)),
    ],
)
def test_instants(text: str, moment: date | datetime) -> None:
    found = parse_instant(text, "datetime")
    assert found == moment
    assert type(found) is type(moment)


_NO_INSTANTS = ("2025-7-1", "20250701", "2025-W27", "2025-02-30", "now", "2025-07-01T08:00", "2025-07-01T24:61:00Z")
_OVERFLOWING = ("0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")


@pytest.mark.parametrize("text", _NO_INSTANTS + _OVERFLOWING)
def test_instants_that_are_none(text: str) -> None:
    with pytest.raises(BadParameter) as refused:
        parse_instant(text, "datetime")
    assert "2025-07-01" in refused.value.detail


DAY, NEXT = date(2025, 7, 1), date(2025, 7, 2)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("2025-07-01/2025-07-02", (DAY, NEXT)),
        ("2025-07-01/2025-07-01", (DAY, DAY)),
        ("../2025-07-02", (None, NEXT)),
        ("/2025-07-02", (None, NEXT)),
        ("2025-07-01/..", (DAY, None)),
        ("2025-07-01/", (DAY, None)),
        ("../..", (None, None)),
    ],
)
def test_intervals(text: str, interval: tuple[date | None, date | None]) -> None:
    assert parse_when(text, "datetime") == interval


@pytest.mark.parametrize("text", ["2025-07-02/2025-07-01", "2025-07-01/2025-07-02/2025-07-03", "a/b", "2025-07-02/2025-07-01T16:59:59Z"])
def test_intervals_that_are_none(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_when(text, "datetime")


@given(st.text(alphabet="0123456789-:TZz+ ./", max_size=60))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        parse_when(text, "datetime")
    except BadParameter as refused:
        assert refused.field == "datetime"
