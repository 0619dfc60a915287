"""Pictures of few colours as files: read back by Pillow, they are what was given."""

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tiles.drawing.palette_png import palette_png


def _picture(width: int, height: int, colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return colours[np.random.default_rng(7).integers(0, len(colours), (height, width))]


def _read(content: bytes) -> tuple[Image.Image, npt.NDArray[np.uint8]]:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture, np.asarray(picture.convert("RGBA"))


_COLOURS = np.array([[200, 40, 40, 255], [40, 200, 40, 255], [40, 40, 200, 255], [0, 0, 0, 0], [250, 250, 250, 255]], np.uint8)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (7, 3), (256, 256), (1023, 5)])
def test_few_colours_come_back_as_they_were(width: int, height: int, count: int) -> None:
    """Of any width, also one that does not fill its last byte."""
    pixels = _picture(width, height, _COLOURS[:count])
    picture, found = _read(palette_png(pixels.tobytes(), width, height))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "P", (width, height))
    assert np.abs(found.astype(int) - pixels)[pixels[..., 3] > 0].max(initial=0) <= 8
    assert (found[..., 3] == pixels[..., 3]).all()


def test_many_colours_become_near_ones() -> None:
    """Half transparent ones included."""
    y, x = np.mgrid[0:256, 0:256].astype(np.uint8)
    pixels = np.ascontiguousarray(np.stack([x, y, x ^ y, 255 - (y >> 1)], axis=2))
    content = palette_png(pixels.tobytes(), 256, 256)
    picture, found = _read(content)
    assert picture.mode == "P"
    assert np.abs(found.astype(int) - pixels).mean() < 24


def test_an_empty_tile_is_small() -> None:
    """Most tiles of a wide map are empty."""
    assert len(palette_png(bytes(256 * 256 * 4), 256, 256)) < 250
