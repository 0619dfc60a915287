"""Rasters that come and change while others look: validators, and looks of other kinds of data."""

import numpy as np
import pytest

from tests.contract.services import tile_of
from tests.coverages.conftest import PLACE, SIDE, Shelf, colour, slope
from tests.coverages.drawn import at_place, pixels, tile
from tests.service import Service


def test_validators_are_exact(asgi: Service, shelf: Shelf) -> None:
    """304 until something changes, and never after; pictures of former states keep theirs."""
    shelf.put("ground", slope(), public=True)
    first = asgi.get(tile("ground"))
    tag = first.headers["ETag"]
    again = asgi.get(tile("ground"), headers={"If-None-Match": tag})
    assert (again.status_code, again.headers["ETag"]) == (304, tag)
    shelf.put("ground", slope() + 40, mode="replace")
    after = asgi.get(tile("ground", query="?colours=magma&range=0,200"))
    changed = asgi.get(tile("ground"), headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] != tag) == (200, True)
    document = asgi.get("/tiles/ground.json")
    assert asgi.get("/tiles/ground.json", headers={"If-None-Match": document.headers["ETag"]}).status_code == 304
    assert after.status_code == 200


def test_pictures_join_without_a_seam(asgi: Service, shelf: Shelf) -> None:
    """Slopes at the edge of a tile are computed with the pixels beside it."""
    ground = np.fromfunction(lambda _b, row, column: 40 * np.sin(row / 9.0) * np.cos(column / 7.0), (1, SIDE, SIDE)).astype("float32")
    shelf.put("waves", ground, public=True)
    z, x, y = tile_of(*PLACE, 15)
    left, right = (pixels(asgi.get(f"/tiles/waves/{z}/{column}/{y}.png?style=hillshade")) for column in (x, x + 1))
    edge, beside, over = left[:, -1, 0].astype(int), left[:, -2, 0].astype(int), right[:, 0, 0].astype(int)
    both = (left[:, -1, 3] == 255) & (right[:, 0, 3] == 255)
    assert np.abs(over - edge)[both].mean() <= np.abs(edge - beside)[both].mean() * 2 + 2


def test_colours_of_a_satellite_scene(asgi: Service, shelf: Shelf) -> None:
    """Bands chosen by number, and an index of two of them."""
    shelf.put("bands", np.concatenate([colour(10, 60, 110), colour(200, 20, 30)[:1]]), public=True)
    picked = at_place(asgi.get(tile("bands", query="?bands=4,3,2&range=0,255")))
    assert picked == pytest.approx((200, 110, 60, 255), abs=2)
    index = at_place(asgi.get(tile("bands", query="?expression=(b4-b1)/(b4%2Bb1)&colours=greys&range=0,1")))
    assert index[3] == 255 and index[0] == index[1] == index[2]
