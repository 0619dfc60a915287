"""Putting parts together: what is missing stays missing, and the greatest is no sum."""

from datetime import date, datetime

import pytest
from django.db.models import Count, Max, Q, Sum
from hypothesis import given
from hypothesis import strategies as st

from layers.checks import check_layer
from layers.layer import FeatureLayer
from layers.metric import Metric, metrics_of, share, total
from layers.queries.sums import together
from layers.themes.facilities import Facility

_NUMBER = st.none() | st.integers(-1000, 1000)
_PARTS = st.lists(st.fixed_dictionaries({"amount": _NUMBER, "base": _NUMBER}), max_size=8)


@given(parts=_PARTS, cut=st.integers(0, 8))
def test_it_does_not_matter_in_which_steps_parts_are_put_together(parts: list[dict[str, int | None]], cut: int) -> None:
    """Communes to districts to the province, or at once."""
    for combine in ("sum", "max"):
        at_once = together(combine, parts)
        halves = [together(combine, half) for half in (parts[:cut], parts[cut:]) if half]
        assert together(combine, halves) == at_once


def test_nothing_is_not_nought() -> None:
    """A unit whose rows have no value has none; one with a nought has nought."""
    assert together("sum", [{"amount": None}, {"amount": None}]) == {"amount": None}
    assert together("sum", [{"amount": None}, {"amount": 0}]) == {"amount": 0}
    assert together("max", [{"amount": None}, {"amount": -3}]) == {"amount": -3}
    assert together("sum", []) == {}


def test_every_layer_has_its_number_of_rows() -> None:
    assert list(metrics_of(())) == ["count"]
    assert list(metrics_of((total("beds", "Beds", "capacity"),))) == ["count", "beds"]


def test_a_share_is_of_those_that_could_be_in_it() -> None:
    """The part is counted inside the whole: it never passes a hundred."""
    made = share("on_time", "On time", Q(a=1), Q(b=1), rises=True)
    assert (made.kind, made.unit, made.scale, made.combine) == ("share", "%", 100.0, "sum")
    assert set(made.parts()) == {"amount", "base"}
    assert made.parts()["amount"].filter == (Q(a=1) & Q(b=1))


def test_the_greatest_is_put_together_by_the_greatest() -> None:
    assert Metric("rain", "Rain", Max("capacity"), "max").combine == "max"


@pytest.mark.parametrize(
    ("metrics", "found"),
    [
        ((Metric("count", "Again", Count("pk")),), "layers.E018"),
        ((Metric("a", "A", Count("pk")), Metric("a", "A", Count("pk"))), "layers.E018"),
        ((Metric("Bad-Name", "B", Count("pk")),), "layers.E018"),
        ((Metric("mean", "M", Sum("capacity"), "mean"),), "layers.E019"),
    ],
)
def test_a_wrong_declaration_is_named(metrics: tuple[Metric, ...], found: str) -> None:
    """At the start of the service, not on the wall."""

    class Broken(FeatureLayer):
        model = Facility
        name, title = "broken", "Broken"
        fields = ("name",)

    Broken.metrics = metrics
    assert found in {message.id for message in check_layer(Broken())}


def test_days_and_moments_of_as_of() -> None:
    """A moment late in the evening in Greenwich is the next day here."""
    from django.http import QueryDict

    from layers.parameters import Parameters
    from layers.queries.metrics import NAMES, _day

    def read(text: str) -> date:
        return _day(Parameters(QueryDict(mutable=False, query_string=f"as_of={text}"), NAMES))

    assert read("2025-06-30") == date(2025, 6, 30)
    assert read("2025-06-30T18:00:00Z") == date(2025, 7, 1)
    assert isinstance(_day(Parameters(QueryDict(""), NAMES)), date)
    assert not isinstance(_day(Parameters(QueryDict(""), NAMES)), datetime)
