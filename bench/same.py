"""Do two servers say the same? Features by id and their attributes in tiles of both, decoded; else a ratio compares nothing."""

import gzip
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mapbox_vector_tile

from bench.data import PEER_FIELDS
from bench.processes import Server
from bench.wrk import Unfit

Rows = dict[int, tuple[str, ...]]
# Features that one server draws and the other leaves out, at most: slivers that vanish on the tile's grid.
_SLIVERS = 0.005


@dataclass(frozen=True)
class Likeness:
    """Of two servers' tiles: features in both, in one of them only, and with other attributes."""

    both: int
    only_ours: int
    only_theirs: int
    different: int

    def __str__(self) -> str:
        return f"{self.both} features alike, {self.only_ours} only ours, {self.only_theirs} only theirs, {self.different} different"


def compare(mine: Server, my_paths: Sequence[str], other: Server, other_paths: Sequence[str]) -> Likeness:
    """Compare tile by tile. Raises Unfit where the servers do not serve the same."""
    found = [0, 0, 0, 0]
    for my_path, other_path in zip(my_paths, other_paths, strict=True):
        a, b = rows_of(fetch(mine, my_path)), rows_of(fetch(other, other_path))
        shared = a.keys() & b.keys()
        for index, value in enumerate(
            (len(shared), len(a.keys() - shared), len(b.keys() - shared), sum(a[key] != b[key] for key in shared))
        ):
            found[index] += value
    likeness = Likeness(*found)
    if likeness.different or likeness.only_ours + likeness.only_theirs > _SLIVERS * max(1, likeness.both):
        raise Unfit(f"{other.name} does not serve the same: {likeness}.")
    return likeness


def fetch(server: Server, path: str) -> bytes:
    """A tile's bytes, unpacked."""
    request = urllib.request.Request(server.url + path, headers=dict(server.headers))  # noqa: S310  servers of ours
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        body: bytes = answer.read()
        return gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body


def rows_of(body: bytes) -> Rows:
    """Attributes by id of the features that reach into the tile itself; what lies in the margin alone is each server's own affair."""
    if not body:
        return {}
    (layer,) = mapbox_vector_tile.decode(body).values()
    extent = layer["extent"]
    return {_id(feature): _attributes(feature) for feature in layer["features"] if _reaches_in(feature["geometry"]["coordinates"], extent)}


def _id(feature: dict[str, Any]) -> int:
    """From the attributes where it stands there, else the feature's own."""
    return int(feature["properties"].get("id", feature.get("id", 0)))


def _attributes(feature: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(feature["properties"].get(name, "")) for name in PEER_FIELDS)


def _reaches_in(coordinates: Any, extent: int) -> bool:
    points = list(_points(coordinates))
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    return bool(min(xs) < extent - 1 and max(xs) > 1 and min(ys) < extent - 1 and max(ys) > 1)


def _points(coordinates: Any) -> Any:
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates
        return
    for part in coordinates:
        yield from _points(part)
