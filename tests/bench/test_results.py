"""The harness itself: what a ratio means, how the plot and the comparison of tiles read."""

import xml.etree.ElementTree as ET

import mapbox_vector_tile
import pytest

from bench.harness import Ratio, alternate
from bench.plot import plot
from bench.processes import Server
from bench.same import rows_of
from bench.wrk import Unfit, rate


@pytest.mark.parametrize(
    ("ratio", "target", "met"), [(0.4, ">= 0.35", True), (0.3, ">= 0.35", False), (49.0, "<= 50", True), (float("inf"), "<= 50", False)]
)
def test_a_target_is_kept_from_its_own_side(ratio: float, target: str, met: bool) -> None:
    """Some are at least, some at most."""
    result = Ratio("name", ratio, target, "")
    assert result.met is met
    assert set(result.as_dict()) == {"name", "ratio", "target", "met", "detail"}


def test_rounds_alternate() -> None:
    """Both sides are disturbed alike."""
    order: list[str] = []
    alternate(lambda: order.append("a"), lambda: order.append("b"), rounds=3, warm_up=1)
    assert order == ["a", "b"] * 4


def test_the_plot_is_a_picture_of_every_ratio_that_is_one() -> None:
    """Well-formed; green where a target is met; a result without a ratio has no bar."""
    results = [Ratio("cold <z14>", 20, ">= 15", ""), Ratio("lag", 80, "<= 50", ""), Ratio("failed", float("inf"), "<= 0", "")]
    picture = ET.fromstring(plot(results))  # noqa: S314  our own text
    bars = [found.get("fill") for found in picture.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert bars == ["#2f855a", "#c2410c"]
    assert "cold <z14>" in "".join(picture.itertext())


def _tile(*features: tuple[int, list[list[int]]]) -> bytes:
    drawn = [
        {"geometry": f"POLYGON(({', '.join(f'{x} {y}' for x, y in ring)}))", "properties": {"land_use": "ODT", "id": key}}
        for key, ring in features
    ]
    return bytes(mapbox_vector_tile.encode({"name": "parcels", "features": drawn}, default_options={"y_coord_down": True}))


def test_tiles_are_compared_by_what_reaches_into_them() -> None:
    """A feature in the margin alone is each server's own affair."""
    inside, margin = [[9, 9], [99, 9], [99, 99], [9, 9]], [[-60, 9], [-9, 9], [-9, 99], [-60, 9]]
    assert rows_of(_tile((1, inside), (2, margin))) == {1: ("ODT", "", "")}
    assert rows_of(b"") == {}


def test_a_server_that_does_not_answer_is_no_ratio() -> None:
    """It is said, not measured."""
    with pytest.raises(Unfit):
        rate(Server("nobody", "http://127.0.0.1:9"), "/", seconds=0.1, connections=1)
