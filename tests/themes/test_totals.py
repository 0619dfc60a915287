"""For every number of every layer a province is the sum of its districts and of its communes, before the reform and after it.

Rows are random: anywhere, of any unit of any generation or of none, with any values, in any year. Numbers are whole, so that sums do
not depend on their order.
"""

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import MultiPolygon, Point
from django.db import models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_core.access import Reach
from gis_core.models import AdminUnit
from layers.layer import FeatureLayer
from layers.metric import metrics_of
from layers.queries.asking import Asked
from layers.queries.sums import Asking, sums
from tests import factories
from tests.world import CELL, SOUTH, WEST, World, declared_layers

DAYS = (date(2024, 6, 1), date(2025, 4, 1), date(2026, 1, 1))
LEVELS = ("province", "district", "commune")
THEMES = [layer for layer in declared_layers() if layer.model.__module__.startswith("layers.themes.") and layer.metrics]
_numbers = itertools.count()


def _row(layer: FeatureLayer, units: list[AdminUnit], dice: random.Random) -> Any:
    at = (WEST + dice.random() * 5 * CELL, SOUTH + dice.random() * 3 * CELL)
    own = [column for column in layer.model._meta.concrete_fields if not (column.generated or column.primary_key)]
    values = {column.name: _value(column, at, dice) for column in own if column.name != "admin_unit"}
    _in_order(values)
    return layer.model(admin_unit=dice.choice([None, *units]), **values)


def _value(column: Any, at: tuple[float, float], dice: random.Random) -> Any:
    if column.null and dice.random() < 0.3 and column.name != "code":
        return None
    if column.choices:
        return dice.choice([code for code, _words in column.flatchoices])
    return next(make(column, at, dice) for kinds, make in _MAKERS if isinstance(column, kinds))


def _moment(dice: random.Random) -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=dice.randint(0, 1_000))


def _shape(column: Any, at: tuple[float, float], _dice: random.Random) -> Any:
    return (
        MultiPolygon(Point(*at).buffer(0.001, 2), srid=4326)
        if column.geom_type == "MULTIPOLYGON"
        else factories.place(at, column.geom_type)
    )


_MAKERS: tuple[tuple[Any, Any], ...] = (
    (models.ForeignKey, lambda column, _at, _dice: factories._related(column.related_model, "", fresh=True)),
    (models.BooleanField, lambda _column, _at, dice: dice.random() < 0.5),
    (models.IntegerField, lambda _column, _at, dice: dice.randint(0, 100)),
    (models.FloatField, lambda column, _at, dice: float(dice.randint(-1, 1) if column.name == "sentiment" else dice.randint(0, 1_000))),
    (models.DateTimeField, lambda _column, _at, dice: _moment(dice)),
    (models.DateField, lambda _column, _at, dice: _moment(dice).date()),
    (models.CharField, lambda _column, _at, _dice: f"n{next(_numbers)}"),
    (GeometryField, _shape),
)


def _in_order(values: dict[str, Any]) -> None:
    for first, last in (("period_from", "period_to"), ("starts_at", "ends_at")):
        if values.get(first) is not None and values.get(last) is not None:
            values[last] = max(values[last], values[first] + timedelta(days=1))


@pytest.mark.django_db
@pytest.mark.parametrize("layer", THEMES, ids=lambda layer: layer.name)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_totals_add_up_at_three_levels(world: World, layer: FeatureLayer, seed: int) -> None:
    dice, units = random.Random(seed), list(world.units.values())
    declared = list(metrics_of(layer.metrics).values())
    asked = Asked(layer, Reach(everything=True))
    with transaction.atomic():
        layer.model._default_manager.bulk_create(_row(layer, units, dice) for _number in range(12))
        for day in DAYS:
            whole = {name: part.whole for name, part in sums(asked, declared, Asking("", "commune", None, None, day, None)).items()}
            for level in LEVELS:
                found = sums(asked, declared, Asking("unit", level, None, None, day, None))
                assert {name: part.whole for name, part in found.items()} == whole, (day, level)
            _provinces_are_sums(asked, declared, day)
        transaction.set_rollback(True)


def _provinces_are_sums(asked: Asked, declared: list[Any], day: date) -> None:
    """A province by itself says what it says among the others, and what its communes say together."""
    groups = sums(asked, declared, Asking("unit", "province", None, None, day, None))
    for name, found in groups.items():
        for key, _label, parts in found.groups or []:
            if key is not None:
                inside = sums(asked, declared, Asking("unit", "commune", key["id"], None, day, None))[name].whole
                assert inside == parts, (name, day)


def test_every_theme_of_the_centre_counts_something() -> None:
    assert len(THEMES) >= 16
