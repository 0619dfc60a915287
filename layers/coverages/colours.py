"""Colour maps by name: those of rio-tiler that people know from GIS, and one for heights."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rio_tiler.colormap import cmap

Table = npt.NDArray[np.uint8]

# Heights from the shore to the tops, in the colours of a physical map.
_ELEVATION = ("#7fb69b", "#a8cf9a", "#d5e2a4", "#f1e5a5", "#e6c17d", "#cf9a63", "#b07a55", "#a58f84", "#f7f5f2")
# Name here -> name in rio-tiler.
_KNOWN = {
    "viridis": "viridis", "magma": "magma", "cividis": "cividis", "terrain": "terrain", "greys": "greys", "blues": "blues",
    "greens": "greens", "oranges": "oranges", "reds": "reds", "ylorrd": "ylorrd", "rdylgn": "rdylgn", "rdylbu": "rdylbu",
    "spectral": "spectral", "turbo": "turbo",
}  # fmt: skip
NAMES = ("elevation", *_KNOWN)


@lru_cache(maxsize=64)
def table(name: str, *, reverse: bool = False) -> Table:
    """256 colours (RGB) of a colour map."""
    if name == "elevation":
        stops = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in _ELEVATION], float)
        places = np.linspace(0, 1, len(stops))
        found = np.stack([np.interp(np.linspace(0, 1, 256), places, stops[:, band]) for band in range(3)], axis=1)
    else:
        known = cmap.get(_KNOWN[name])
        found = np.array([known[number][:3] for number in range(256)], float)
    return np.round(found[::-1] if reverse else found).astype(np.uint8)


def stops(name: str, count: int, *, reverse: bool = False) -> list[str]:
    """`count` colours from the low end to the high one, as #rrggbb."""
    found = table(name, reverse=reverse)
    return ["#{:02x}{:02x}{:02x}".format(*found[round(place * 255 / max(1, count - 1))]) for place in range(count)]
