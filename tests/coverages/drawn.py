"""Pictures of the tests' rasters, as arrays."""

import io
from typing import Any

import httpx
import numpy as np
from PIL import Image

from gis_core import crs
from tests.contract.services import tile_of
from tests.coverages.conftest import PLACE

_Z = 15


def pixels(answer: httpx.Response) -> Any:
    """RGBA of a picture."""
    assert answer.status_code == 200, answer.text[:300]
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def tile(name: str, ending: str = "png", query: str = "", z: int = _Z) -> str:
    """The address of the tile over the middle of both rasters."""
    z, x, y = tile_of(*PLACE, z)
    return f"/tiles/{name}/{z}/{x}/{y}.{ending}{query}"


def at_place(answer: httpx.Response, z: int = _Z) -> tuple[int, ...]:
    """The colour at PLACE in the tile over it."""
    across, up = crs.transform(crs.WGS84, crs.WEB_MERCATOR, *PLACE)
    size = 2 * 20037508.342789244 / 2**z
    column = int((across + 20037508.342789244) % size / size * 256)
    row = int((20037508.342789244 - up) % size / size * 256)
    return tuple(int(value) for value in pixels(answer)[row, column])
