"""What a filter may not say: 400 with the name, and never a hint of what is not published."""

import pytest

from gis_core.errors import BadParameter
from layers.filters.selecting import Filter, read_filter
from layers.layer import FeatureLayer
from tests.world import declared_layers

LAYERS: dict[str, FeatureLayer] = {layer.name: layer for layer in declared_layers()}


def understood(layer: str, text: str, **more: str) -> Filter:
    found = read_filter({"filter": text, **more}, LAYERS[layer])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("layer", "text", "named"),
    [
        ("roads", "id = 1", "id"),
        ("roads", "geom_3857 IS NULL", "geom_3857"),
        ("parcels", "admin_unit__path = 'x'", "admin_unit__path"),
        ("incidents", "reporter = 'x'", "reporter"),
        ("incidents", "phone LIKE '09%'", "phone"),
        ("roads", "lanes = 'two'", "lanes"),
        ("roads", "lanes = 1.5", "lanes"),
        ("roads", "lanes = 9007199254740993", "lanes"),
        ("roads", "lanes = true", "lanes"),
        ("roads", "lanes LIKE '2%'", "lanes"),
        ("roads", "casei(lanes) = 'x'", "lanes"),
        ("roads", "name = 3", "name"),
        ("roads", "is_demo = 'true'", "is_demo"),
        ("roads", "name", "name"),
        ("roads", "name = lanes", "lanes"),
        ("roads", "name LIKE 'x\\'", "LIKE"),
        ("roads", "observed_at > '2025-07-01'", "observed_at"),
        ("roads", "observed_at > DATE('yesterday')", "yesterday"),
        ("roads", "T_AFTER(name, DATE('2025-07-01'))", "name"),
        ("roads", "T_AFTER(observed_at, 'x')", "x"),
        ("admin_units", "valid_from = TIMESTAMP('2025-07-01T00:00:00Z')", "valid_from"),
        ("roads", "name + 1 = 2", "+"),
        ("roads", "lanes + 'x' = 2", "+"),
        ("roads", "length(lanes) = 2", "length"),
        ("roads", "length(name, name) = 2", "length"),
        ("roads", "length(name)", "length"),
        ("roads", "area(name) > 2", "area"),
        ("roads", "distance(geom, geom) > 2", "distance"),
        ("roads", "lower(admin_unit__path) = 'x'", "admin_unit__path"),
        ("roads", "lanes * secret > 2", "secret"),
        ("roads", "pg_sleep(10) = 1", "pg_sleep"),
        ("roads", "A_CONTAINS(name, ('x', 'y'))", "a_contains"),
        ("roads", "split(name, ' ') < split(name, 'x')", "filter"),
        ("roads", "lanes LIKE name", "lanes"),
        ("roads", "name LIKE name", "LIKE"),
        ("roads", "S_INTERSECTS(name, POINT(108 15))", "geom"),
        ("roads", "S_INTERSECTS(geom_3857, POINT(108 15))", "geom"),
        ("roads", "S_INTERSECTS(geom, POINT(15 108))", "15"),
        ("roads", "S_INTERSECTS(geom, POINT(500 15))", "500"),
        ("roads", "S_INTERSECTS(geom, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))", "0.5"),
        ("roads", "S_INTERSECTS(geom, POLYGON((0 0, 1 1, 0 1)))", "filter"),
        ("roads", "S_INTERSECTS(geom, BBOX(109, 15, 108, 16))", "BBOX"),
        ("roads", "S_INTERSECTS(geom, BBOX(108, 15, 109))", "filter"),
        ("roads", "S_TOUCHES(geom, GEOMETRYCOLLECTION(POINT(108 15), POINT(108 16)))", "GEOMETRYCOLLECTION"),
        ("roads", "1", "filter"),
        ("roads", "1 = 'x'", "1"),
    ],
)
def test_refused_with_the_name(layer: str, text: str, named: str) -> None:
    with pytest.raises(BadParameter) as caught:
        understood(layer, text)
    assert named in caught.value.detail
    assert caught.value.field == "filter"


@pytest.mark.parametrize(("name", "value"), [("filter-lang", "sql"), ("filter-crs", "EPSG:32648"), ("filter-crs", "file:///etc/passwd")])
def test_other_languages_and_systems_are_refused(name: str, value: str) -> None:
    with pytest.raises(BadParameter) as caught:
        understood("roads", "lanes = 2", **{name: value})
    assert caught.value.field == name


def test_every_name_that_is_not_published_is_unknown() -> None:
    """Whatever columns the model has."""
    for layer in LAYERS.values():
        for field in layer.model._meta.get_fields():
            if field.name not in layer.fields and field.name != layer.geometry:
                with pytest.raises(BadParameter, match="filter"):
                    understood(layer.name, f'"{field.name}" IS NULL')


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lanes = 2 AND name = 'x'", "name = 'x' AND lanes = 2"),
        ("lanes IN (3, 2, 3)", "lanes IN (2, 3)"),
        ("2 < lanes", "lanes > 2"),
        ("lanes BETWEEN 1 AND 3", "lanes <= 3 AND lanes >= 1"),
        ("(lanes = 2 OR lanes = 3) OR name = 'x'", "name = 'x' OR (lanes = 3 OR lanes = 2)"),
    ],
)
def test_equal_filters_have_one_key(one: str, other: str) -> None:
    assert understood("roads", one).key == understood("roads", other).key
    assert understood("roads", one).key != understood("roads", f"NOT ({one})").key
