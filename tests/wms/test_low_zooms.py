"""Pictures of low zooms: generalised layers are drawn by the blocks and counters that map tiles show there, of the caller's own rows."""

import numpy as np
import pytest
from PIL import ImageColor

from gis_core import crs
from land.groups import LAND_USE_GROUPS
from tests.cast import Cast, Person
from tests.service import Service
from tests.store.test_against_sql import layer_of
from tests.wms.asking import get_map, image_of, is_drawn
from tests.world import World
from tiles.pyramid.build import build

_METRES = 2 * 20037508.342789244 / 512  # a pixel at zoom 0


def _box(at: tuple[float, float], zoom: float, srid: int, side: int) -> str:
    x, y = crs.transform(4326, srid, *at)
    # A metre of Web Mercator is a little less on the ground of VN-2000.
    half = _METRES / 2**zoom * side / 2 * (1 if srid == 3857 else np.cos(np.radians(at[1])))
    return f"{x - half},{y - half},{x + half},{y + half}"


def _asked(world: World, zoom: float, srid: int = 3857, side: int = 256) -> dict[str, object]:
    box = _box(world.row("parcels", "A").at, zoom, srid, side)
    return {"CRS": f"EPSG:{srid}", "BBOX": box, "WIDTH": side, "HEIGHT": side, "TRANSPARENT": "TRUE", "FORMAT": "image/png; mode=32bit"}


@pytest.mark.parametrize("srid", [3857, 5899])
@pytest.mark.parametrize("zoom", [6.5, 9.6, 11.5, 13.4])
def test_each_officer_sees_the_own_rows(asgi: Service, world: World, cast: Cast, zoom: float, srid: int) -> None:
    pictures = [image_of(get_map(asgi, "parcels", cast[name], **_asked(world, zoom, srid))) for name in ("officer", "sibling", "leader")]
    assert all(is_drawn(picture) for picture in (pictures[0], pictures[2]))
    if zoom > 9:  # further out a square of many units is as strong without the others'
        assert len({picture.tobytes() for picture in pictures}) == 3


def test_colours_are_those_of_the_groups(asgi: Service, world: World, leader: Person) -> None:
    """Over white, a group's colour at some strength: hue tells which."""
    image = image_of(get_map(asgi, "parcels", leader, **_asked(world, 12.0)))
    pixels = np.asarray(image)
    # Squares under white lines.
    drawn = {tuple(map(int, colour)) for colour in pixels[pixels[..., 3] > 40][:, :3]}
    known = [ImageColor.getrgb(str(group.colour)) for group in LAND_USE_GROUPS]
    near = [colour for colour in drawn if any(max(abs(a - b) for a, b in zip(colour, other, strict=False)) <= 12 for other in known)]
    assert near, drawn


@pytest.mark.parametrize(("zoom", "drawn"), [(3.5, False), (5.2, True)])
def test_below_the_first_zoom_nothing_is_drawn(asgi: Service, world: World, leader: Person, zoom: float, drawn: bool) -> None:
    assert is_drawn(image_of(get_map(asgi, "parcels", leader, **_asked(world, zoom)))) is drawn


def test_a_filter_and_an_interval_are_counted(asgi: Service, world: World, leader: Person) -> None:
    asked = _asked(world, 12.0)
    everything = image_of(get_map(asgi, "parcels", leader, **asked))
    assert not is_drawn(image_of(get_map(asgi, "parcels", leader, CQL_FILTER="land_use='none'", **asked)))
    assert is_drawn(image_of(get_map(asgi, "parcels", leader, CQL_FILTER="area_m2 > 0", **asked)))
    assert is_drawn(image_of(get_map(asgi, "parcels", leader, TIME="2000-01-01/2099-01-01", **asked)))
    assert is_drawn(everything)


def test_validators_hold_and_tell_people_apart(asgi: Service, world: World, cast: Cast) -> None:
    for zoom in (9.6, 12.0):
        first = get_map(asgi, "parcels", cast["officer"], **_asked(world, zoom))
        assert first.headers["ETag"] != get_map(asgi, "parcels", cast["sibling"], **_asked(world, zoom)).headers["ETag"]
        assert first.headers["ETag"] == get_map(asgi, "parcels", cast["officer"], **_asked(world, zoom)).headers["ETag"]


@pytest.mark.parametrize("srid", [3857, 5899])
@pytest.mark.parametrize("zoom", [12.0, 13.4])
def test_blocks_take_the_place_of_squares_once_they_are_made(asgi: Service, scratch: World, cast: Cast, zoom: float, srid: int) -> None:
    asked = _asked(scratch, zoom, srid)
    squares = image_of(get_map(asgi, "parcels", cast["officer"], **asked))
    build(layer_of("parcels"))
    asgi.settle()
    blocks = image_of(get_map(asgi, "parcels", cast["officer"], **asked))
    assert is_drawn(blocks)
    assert blocks.tobytes() != squares.tobytes()
    assert blocks.tobytes() != image_of(get_map(asgi, "parcels", cast["sibling"], **asked)).tobytes()
    # A filter cannot be asked of blocks: squares again.
    assert image_of(get_map(asgi, "parcels", cast["officer"], CQL_FILTER="area_m2 > 0", **asked)).tobytes() == squares.tobytes()
