"""Ways along roads, against ways that can be added up by hand."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.queries.network import network, reached


def _lines(*rings: list[tuple[float, float]]) -> np.ndarray:
    return np.array([shapely.LineString(ring) for ring in rings], object)


CROSS = _lines([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 80)])


def test_the_nearest_facility_by_road_is_not_the_nearest_as_the_crow_flies() -> None:
    """From (0, 0): one stands 90 m away across a field and 170 m by road, the other 150 m straight on."""
    places = np.array([shapely.Point(0, 0), shapely.Point(100, 70), shapely.Point(150, 0)], object)
    net = network(CROSS, np.ones(3), places)
    costs, source = net.ways(net.places[1:])
    assert np.isclose(costs[net.places[0]], 150.0)
    assert source[net.places[0]] == net.places[2]


def test_a_way_between_two_places_on_one_line_does_not_lead_over_its_ends() -> None:
    """10 m, not 190."""
    net = network(CROSS, np.ones(3), np.array([shapely.Point(40, 3), shapely.Point(50, -2)], object))
    costs, _source = net.ways(net.places[1:])
    assert np.isclose(costs[net.places[0]], 10.0)
    assert np.allclose(net.apart, [3, 2])


def test_what_no_road_reaches_has_no_way() -> None:
    """A second network that does not touch the first."""
    lines = np.append(CROSS, _lines([(1000, 1000), (1100, 1000)]))
    net = network(lines, np.ones(4), np.array([shapely.Point(1050, 1000), shapely.Point(0, 0)], object))
    costs, source = net.ways(net.places[1:])
    assert (costs[net.places[0]], source[net.places[0]] < 0) == (np.inf, True)


def test_slower_roads_cost_more() -> None:
    """A detour on a fast road beats the straight slow one."""
    lines = _lines([(0, 0), (100, 0)], [(0, 0), (0, 60), (100, 60), (100, 0)])
    net = network(lines, np.array([3.0, 1.0]), np.array([shapely.Point(0, 0), shapely.Point(100, 0)], object))
    costs, _source = net.ways(net.places[:1])
    assert np.isclose(costs[net.places[1]], 220.0)


@given(
    st.sets(st.integers(0, 11), min_size=1),
    st.lists(st.tuples(st.floats(-50, 250), st.floats(-50, 250)), min_size=1, max_size=9),
)
@settings(max_examples=60, deadline=None)
def test_places_looked_up_cost_what_places_cut_in_cost(streets: set[int], spots: list[tuple[float, float]]) -> None:
    """Also on the line of the beginning, at corners, and where nothing leads; some streets are slower than others."""
    corners = range(0, 201, 100)
    town: list[list[tuple[float, float]]] = [[(x, y), (x + 100, y)] for x in (0, 100) for y in corners]
    town += [[(x, y), (x, y + 100)] for x in corners for y in (0, 100)]
    lines = _lines(*(town[number] for number in sorted(streets)))
    slow = np.array([1.0 + number % 3 for number in sorted(streets)])
    here, places = shapely.Point(13, 48), np.array([shapely.Point(spot) for spot in spots], object)
    cut = network(lines, slow, np.concatenate([[here], places]))
    expected = cut.ways(cut.places[:1])[0][cut.places[1:]]
    net = network(lines, slow, np.array([here], object))
    found, apart = net.costs_of(places, net.ways(net.places)[0])
    assert np.allclose(found, expected)
    assert np.allclose(apart, cut.apart[1:])


@given(st.floats(1, 400))
@settings(max_examples=30, deadline=None)
def test_the_reached_length_is_what_the_limit_allows(limit: float) -> None:
    """Both ways along a straight road from its middle."""
    lines = _lines([(0, 0), (300, 0)], [(300, 0), (500, 0)])
    net = network(lines, np.ones(2), np.array([shapely.Point(250, 0)], object))
    costs, _source = net.ways(net.places)
    total = sum(stretch.length for stretch in reached(net, costs, limit))
    assert np.isclose(total, 2 * limit if limit <= 250 else min(limit, 250) * 2, atol=1e-6)
