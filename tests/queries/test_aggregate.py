"""`/query/aggregate`: groups add up, at every level, whatever they are made by."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.queries.cells import cells_of, outline
from tests.cast import Person
from tests.service import Service
from tests.world import World


def _ask(asgi: Service, person: Person | None = None, **query: Any) -> dict[str, Any]:
    answer = asgi.request("GET", "/query/aggregate", person, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_units_add_up_at_every_level(asgi: Service, world: World, leader: Person) -> None:
    """A province is the sum of its communes, for counts and for sums; nothing is lost."""
    by_level = {
        level: _ask(asgi, leader, layer="parcels", by="unit", level=level, measure="sum", field="area_m2")["groups"]
        for level in ("commune", "province")
    }
    total = len(world.rows["parcels"])
    assert {level: sum(group["count"] for group in groups) for level, groups in by_level.items()} == {"commune": total, "province": total}
    sums = {level: sum(group["value"] or 0 for group in groups) for level, groups in by_level.items()}
    assert sums["commune"] == pytest.approx(sums["province"])
    da_nang = next(group for group in by_level["province"] if group["key"] and group["key"]["code"] == "48")
    wards = {world.units[home].pk for home in ("A", "B", "C")}
    assert da_nang["count"] == sum(group["count"] for group in by_level["commune"] if group["key"] and group["key"]["id"] in wards)


def test_the_mean_of_a_province_weighs_its_rows(asgi: Service, leader: Person) -> None:
    """Not the mean of its communes' means."""
    asked = {"layer": "parcels", "by": "unit", "level": "province", "field": "area_m2"}
    mean, total = (_ask(asgi, leader, **asked, measure=measure) for measure in ("mean", "sum"))
    for one, all_of_it in zip(mean["groups"], total["groups"], strict=True):
        assert one["value"] == pytest.approx(all_of_it["value"] / all_of_it["count"])


def test_attributes_and_filters(asgi: Service, world: World) -> None:
    found = _ask(asgi, layer="facilities", by="theme")
    assert found["count"] == len(world.rows["facilities"])
    (theme,) = {group["key"] for group in found["groups"]}
    assert _ask(asgi, layer="facilities", by="theme", filter=f"theme <> '{theme}'") == {**found, "count": 0, "groups": []}


def test_cells_hold_every_row_once_and_have_outlines(asgi: Service, world: World) -> None:
    for by in ("grid", "hexagon"):
        answer = asgi.request("GET", "/query/aggregate", params={"layer": "facilities", "by": by, "size": 400, "f": "geojson"})
        document = answer.json()
        assert sum(feature["properties"]["count"] for feature in document["features"]) == len(world.rows["facilities"])
        rings = [feature["geometry"]["coordinates"][0] for feature in document["features"]]
        assert {len(ring) for ring in rings} == {5 if by == "grid" else 7}


def test_an_area_narrows_it(asgi: Service, world: World) -> None:
    row = world.row("facilities", "A")
    found = _ask(asgi, layer="facilities", by="unit", geometry=f"POINT({row.at[0]} {row.at[1]})", buffer=5)
    assert found["count"] == 1


@given(x=st.floats(-3e6, 3e6), y=st.floats(-3e6, 3e6), size=st.floats(10, 1e5))
def test_a_position_lies_in_its_cell(x: float, y: float, size: float) -> None:
    """Within rounding."""
    import shapely

    for shape in ("grid", "hexagon"):
        ((column, row),) = cells_of(shape, np.array([x]), np.array([y]), size)
        cell = shapely.Polygon(outline(shape, int(column), int(row), size))
        assert cell.distance(shapely.Point(x, y)) < 1e-6 * size


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "by"),
        ({"by": "geom"}, "by"),
        ({"by": "month"}, "by"),
        ({"by": "unit", "level": "village"}, "level"),
        ({"by": "grid", "size": "1"}, "size"),
        ({"by": "theme", "measure": "median"}, "measure"),
        ({"by": "theme", "measure": "sum"}, "field"),
        ({"by": "theme", "measure": "sum", "field": "name"}, "field"),
        ({"by": "theme", "field": "capacity"}, "field"),
        ({"by": "theme", "f": "geojson"}, "f"),
    ],
)
def test_questions_that_are_none(asgi: Service, query: dict[str, str], field: str) -> None:
    answer = asgi.request("GET", "/query/aggregate", params={"layer": "facilities", **query})
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text
