"""Roads with traffic, sights and facilities."""

import numpy as np
import pytest
import shapely

from gis_core.pilot import plan
from gis_core.pilot.town import Town
from layers.models import Facility, RoadSegment
from layers.pilot import places, traffic


@pytest.fixture(scope="module")
def roads(small_town: Town) -> list[traffic.Segment]:
    return traffic.segments(small_town, 1)


def test_same_seed_same_traffic(small_town: Town, roads: list[traffic.Segment]) -> None:
    assert [road.speed_kmh for road in traffic.segments(small_town, 1)] == [road.speed_kmh for road in roads]


def test_classes_and_states_are_those_of_the_model(roads: list[traffic.Segment]) -> None:
    assert {road.road_class for road in roads} == set(RoadSegment.RoadClass.values)
    assert {road.state for road in roads} <= set(RoadSegment.State.values)
    assert len({road.state for road in roads}) >= 3


def test_speed_and_state_fit(roads: list[traffic.Segment]) -> None:
    for road in roads:
        assert 0 <= road.speed_kmh <= road.speed_limit_kmh
        assert (road.speed_kmh == 0) == (road.state == "closed")
        if road.state == "jammed":
            assert road.speed_kmh < 0.4 * road.speed_limit_kmh


def test_every_main_road_is_there(roads: list[traffic.Segment]) -> None:
    wanted = {road.name for road in plan.roads() if road.road_class != "railway"}
    assert wanted <= {road.name for road in roads}
    assert "Đường sắt Bắc – Nam" not in {road.name for road in roads}


def test_roads_stay_in_the_town(roads: list[traffic.Segment]) -> None:
    town = shapely.union_all([unit.geom for unit in plan.units()]).buffer(20.0)
    assert shapely.covered_by(np.array([road.geom for road in roads]), town).mean() > 0.99


def test_main_roads_end_at_junctions(roads: list[traffic.Segment]) -> None:
    main = [road.geom for road in roads if road.road_class in ("national", "urban", "provincial", "expressway")]
    crossing = [(a, b) for a in range(len(main)) for b in range(a) if main[a].crosses(main[b])]
    assert not crossing


def test_streets_on_both_sides_of_a_crossing_are_one_line(roads: list[traffic.Segment]) -> None:
    named = [road for road in roads if road.road_class == "street" and road.name == "Trần Phú"]
    assert len(named) == 1
    assert named[0].geom.length > 300


@pytest.mark.parametrize(("hour", "least", "most"), [(3, 0, 0.05), (7.2, 0.9, 1), (14, 0, 0.5), (17.2, 0.95, 1)])
def test_rush_hours(hour: float, least: float, most: float) -> None:
    assert least <= traffic.rush(hour) <= most


def test_every_ward_has_its_office_and_every_commune_its_school(small_town: Town) -> None:
    found = places.facilities(small_town, 1)
    assert sum(place.theme == "one_stop" and place.kind == "one_stop" for place in found) >= 4
    assert sum(place.kind == "primary_school" for place in found) == 13
    assert {place.theme for place in found} == set(Facility.Theme.values)
    assert len({place.name for place in found}) == len(found)


def test_what_is_made_up_says_so(small_town: Town) -> None:
    known = {row["name"] for row in plan.read_rows("places.csv")}
    assert all(place.name in known or place.name.endswith("(minh họa)") for place in places.facilities(small_town, 1))
    assert {place.name for place in places.sights()} <= known
