"""Tile addresses: which square of the plane each means, and which are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gis_core.errors import BadParameter
from tests.contract.services import tile_of
from tiles.matrix import EDGE, MAX_ZOOM, Tile


def test_zoom_0_is_the_world() -> None:
    """WebMercatorQuad (OGC 17-083r4, Annex D.1)."""
    assert Tile(0, 0, 0).bounds() == (-EDGE, -EDGE, EDGE, EDGE)
    assert pytest.approx(20037508.3427892) == EDGE


def test_rows_count_from_the_north() -> None:
    """XYZ, not TMS."""
    assert Tile(1, 0, 0).bounds() == (-EDGE, 0, 0, EDGE)
    assert Tile(1, 1, 1).bounds() == (0, -EDGE, EDGE, 0)


@given(z=some.integers(0, MAX_ZOOM), data=some.data())
def test_a_tile_is_made_of_its_children(z: int, data: some.DataObject) -> None:
    """Four of the next zoom cover it exactly."""
    x, y = (data.draw(some.integers(0, 2**z - 1)) for _ in range(2))
    west, south, east, north = Tile(z, x, y).bounds()
    children = [Tile(z + 1, 2 * x + across, 2 * y + down).bounds() for across in (0, 1) for down in (0, 1)]
    assert min(box[0] for box in children) == pytest.approx(west, abs=1e-6)
    assert min(box[1] for box in children) == pytest.approx(south, abs=1e-6)
    assert max(box[2] for box in children) == pytest.approx(east, abs=1e-6)
    assert max(box[3] for box in children) == pytest.approx(north, abs=1e-6)


@given(z=some.integers(0, MAX_ZOOM), margin=some.floats(0, 1))
def test_a_margin_widens_every_side(z: int, margin: float) -> None:
    """By that part of the tile's width."""
    _z, x, y = tile_of(108.475, 15.565, z)
    tile = Tile(z, x, y)
    inner, outer = tile.bounds(), tile.bounds(margin)
    grown = [inner[0] - outer[0], inner[1] - outer[1], outer[2] - inner[2], outer[3] - inner[3]]
    assert grown == pytest.approx([margin * tile.size] * 4, abs=1e-6)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        (("23", "0", "0"), "z"), (("-1", "0", "0"), "z"), (("a", "0", "0"), "z"), (("", "0", "0"), "z"), (("1.0", "0", "0"), "z"),
        (("1", "2", "0"), "x"), (("1", "0", "2"), "y"), (("0", "0", "1"), "y"), (("0", "9" * 40, "0"), "x"), (("٣", "0", "0"), "z"),
        (("1", "0", "0\n"), "y"), (("1", "+1", "0"), "x"),
    ],
)  # fmt: skip
def test_an_address_out_of_range_is_refused(address: tuple[str, str, str], field: str) -> None:
    """The sentence names the part."""
    with pytest.raises(BadParameter) as caught:
        Tile.parse(*address)
    assert caught.value.field == field
