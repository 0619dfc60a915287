"""Ways along roads, against ways that can be added up by hand."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.queries.network import SNAP_M, network, reached


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


def test_a_street_that_ends_at_the_middle_of_another_leads_into_it() -> None:
    """Up to ten metres from it, which are gone too: 50 along, 80 up."""
    for gap, reached_ in ((0.0, True), (0.4, True), (0.7, True), (9.0, True), (11.0, False)):
        lines = _lines([(0, 0), (100, 0)], [(50, gap), (50, 80)])
        net = network(lines, np.ones(2), np.array([shapely.Point(0, 0), shapely.Point(50, 80)], object))
        cost = net.ways(net.places[:1])[0][net.places[1]]
        assert np.isclose(cost, 130.0, atol=0.5) if reached_ else cost == np.inf


def test_streets_that_cross_are_joined_there() -> None:
    """And those that share a stretch, at its ends."""
    lines = _lines([(0, 0), (100, 0)], [(30, -40), (30, 40)])
    net = network(lines, np.ones(2), np.array([shapely.Point(0, 0), shapely.Point(30, 40)], object))
    assert np.isclose(net.ways(net.places[:1])[0][net.places[1]], 70.0)
    lines = _lines([(0, 0), (100, 0)], [(40, 50), (40, 0), (70, 0), (70, 50)])
    net = network(lines, np.ones(2), np.array([shapely.Point(0, 0), shapely.Point(40, 50), shapely.Point(70, 50)], object))
    costs = net.ways(net.places[:1])[0]
    assert np.allclose(costs[net.places[1:]], [90.0, 120.0])


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_ways_are_those_of_the_lines_cut_everywhere_beforehand(seed: int) -> None:
    """Random strokes, against the same strokes noded by GEOS; corners half a metre apart are one, or two by a hair's breadth."""
    dice = np.random.default_rng(seed)
    strokes = [shapely.LineString(dice.uniform(0, 10_000, (2, 2))) for _ in range(8)]
    noded = np.array(shapely.get_parts(shapely.node(shapely.MultiLineString(strokes))), object)
    places = np.array(
        [stroke.interpolate(share, normalized=True) for stroke, share in zip(strokes, dice.uniform(0.1, 0.9, 8), strict=True)]
    )
    found, expected = (
        net.ways(net.places[:1])[0][net.places[1:]]
        for net in (network(np.array(strokes, object), np.ones(8), places), network(noded, np.ones(len(noded)), places))
    )
    assert np.allclose(found, expected, rtol=0, atol=2 * SNAP_M)


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
