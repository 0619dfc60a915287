"""Features of every class of a layer, and pictures of them compared: who draws whom alike."""

import io
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from layers.layer import FeatureLayer
from layers.portrayal import legend_classes
from tests import factories
from tests.cast import Person
from tests.world import World, ordinary_layers

Pixels = npt.NDArray[np.int_]
# A part of the sea where the world has nothing; classes stand there in rows of four.
WEST, SOUTH, STEP, ZOOM = 108.61, 15.61, 0.0007, 17
_CLASSES = 12
# Of 255, between one engine's colour and another's.
TOLERANCE = 26
# Units lie over everything.
LAYERS = [layer for layer in ordinary_layers() if layer.name != "admin_units"]
# Pixels from a feature's place to where its class's colour stands: pins have white glyphs in their middle.
BESIDE = {"facilities": (-8, 0), "tourism_places": (-8, 0)}
# Degrees from a feature's corner to where its class's colour stands: a parcel's middle has its number.
_INSIDE = {"polygon": (0.0001, 0.0001), "line": (0.0002, 0.0), "point": (0.0, 0.0)}
_NEAR_THE_CORNER = {"parcels": (0.00004, 0.00004)}
# Half the width and height of what is compared around a place: the feature without its name, which engines place each their way.
NAMELESS = {"polygon": (60, 60), "line": (30, 5), "point": (10, 10)}


@dataclass(frozen=True)
class Sample:
    """A feature of a class: where its colour stands, and the row of the legend that tells of it."""

    at: tuple[float, float]
    row: int


def committed(layer: FeatureLayer, world: World) -> list[Sample]:
    """A feature of each class that the legend tells of, committed."""
    samples = []
    for number, entry in enumerate(legend_classes(layer)[:_CLASSES]):
        if entry.color.lower() >= "#fffff0":
            continue  # the official colour of some land uses is white: on white it says nothing
        x, y = WEST + number % 4 * STEP, SOUTH + number // 4 * STEP
        values = {entry.field: entry.values[0]} if entry.field else {}
        factories.feature(layer.model, world.units["A"], (x, y), f"alike{number}", **values)
        middle = _NEAR_THE_CORNER.get(layer.name, _INSIDE[layer.geometry_kind])
        samples.append(Sample((x + middle[0], y + middle[1]), number))
    return samples


def array_of(content: bytes) -> Pixels:
    """A picture's red, green and blue by row and column, on white."""
    image = Image.open(io.BytesIO(content)).convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB"), dtype=int)


def picture(server: str, person: Person, **parameters: Any) -> Pixels:
    """What WMS draws for a person."""
    asked = {"SERVICE": "WMS", "VERSION": "1.3.0", **parameters}
    answer = httpx.get(f"{server}/wms", params=asked, headers=person.headers("basic"), timeout=60)
    assert answer.headers["content-type"].startswith("image/"), answer.text
    return array_of(answer.content)


def colour_at(picture: Pixels, x: float, y: float) -> Pixels:
    """The middle of the colours around a pixel: an edge's smoothing does not count."""
    column, row = round(x), round(y)
    part = picture[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].reshape(-1, 3)
    middle: Pixels = np.median(part, axis=0).astype(int)
    return middle


def windows(shape: tuple[int, ...], places: list[tuple[float, float]], across: int, down: int) -> npt.NDArray[np.bool_]:
    """Around each place, as far as the feature itself reaches."""
    windows = np.zeros(shape[:2], dtype=bool)
    for x, y in places:
        column, row = round(x), round(y)
        windows[max(0, row - down) : row + down + 1, max(0, column - across) : column + across + 1] = True
    return windows


def silhouettes(picture: Pixels) -> Pixels:
    """Pins without the white strokes inside of them, which each engine smooths its own way: black on white."""
    drawn = Image.fromarray(np.asarray((picture < 243).any(axis=2), dtype=np.uint8) * np.uint8(255)).copy()
    ImageDraw.floodfill(drawn, (0, 0), 128)
    return np.where(np.asarray(drawn)[..., None] == 128, 255, 0) + np.zeros(3, dtype=int)


def overlap(one: Pixels, other: Pixels, windows: npt.NDArray[np.bool_]) -> float:
    """Pixels in the windows that both draw on, of those that either does."""
    first, second = ((picture < 243).any(axis=2) & windows for picture in (one, other))
    return float((first & second).sum() / max(1, (first | second).sum()))
