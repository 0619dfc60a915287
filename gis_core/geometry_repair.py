"""Mends invalid shapes in a process of its own, which dies when a shape takes too long.

`make_valid(method="structure")` keeps rings as rings, so a bow-tie becomes its two wings and an overlap is not turned inside
out. It runs inside GEOS, where neither a signal handler nor a database timeout can stop it: only the death of a process does.
"""

import signal
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from gis_core.importing import sandbox

_LENGTH = struct.Struct(">I")
_MEMORY = 2 << 30


def repair(shapes: Sequence[bytes], *, seconds: float = 5.0) -> list[bytes | None]:
    """WKB of the mended shapes in the same order; None for one that took longer than `seconds` or left no surface or line.

    The shapes must have passed `gis_core.geometry.measure_wkb`.
    """
    mended: list[bytes | None] = []
    while len(mended) < len(shapes):
        mended += _run(shapes[len(mended) :], seconds)
        if len(mended) < len(shapes):
            mended.append(None)  # this one killed the process
    return mended


def _run(shapes: Sequence[bytes], seconds: float) -> list[bytes | None]:
    """The answers of one process, up to its end or its death."""
    with sandbox.start("gis_core.geometry_repair", str(seconds)) as process:
        # communicate() and not a loop of write and read: two full pipes would wait for each other.
        answer, _nothing = process.communicate(b"".join(_LENGTH.pack(len(data)) + data for data in shapes))
    return list(_frames(answer))


def _frames(answer: bytes) -> Iterator[bytes | None]:
    at = 0
    while at + _LENGTH.size <= len(answer):
        (length,) = _LENGTH.unpack_from(answer, at)
        at += _LENGTH.size
        if at + length > len(answer):
            return
        yield answer[at : at + length] or None
        at += length


def main(seconds: float, source: IO[bytes], target: IO[bytes]) -> None:
    """The child: one length-prefixed shape in, one out; an empty answer means that nothing was left."""
    sandbox.confine(sandbox.Limits(memory=_MEMORY, cpu_seconds=86_400, seconds=86_400))
    import shapely

    for data in _requests(source):
        signal.setitimer(signal.ITIMER_REAL, seconds)  # the default action of SIGALRM kills, also inside GEOS
        result = shapely.make_valid(shapely.from_wkb(data), method="structure", keep_collapsed=False)
        kept = _of_dimension(result, shapely.get_dimensions(shapely.from_wkb(data)))
        signal.setitimer(signal.ITIMER_REAL, 0)
        answer = b"" if kept is None else shapely.to_wkb(kept, output_dimension=2, byte_order=1)
        target.write(_LENGTH.pack(len(answer)) + answer)
        target.flush()


def _requests(source: IO[bytes]) -> Iterator[bytes]:
    while head := source.read(_LENGTH.size):
        yield source.read(_LENGTH.unpack(head)[0])


def _of_dimension(geometry: object, dimension: int) -> object | None:
    """Without the points and lines that mending leaves beside surfaces."""
    import shapely

    parts: Iterable[object] = [part for part in shapely.get_parts(geometry) if shapely.get_dimensions(part) == dimension]
    singles = [single for part in parts for single in shapely.get_parts(part) if not shapely.is_empty(single)]
    if not singles:
        return None
    makers = {0: shapely.multipoints, 1: shapely.multilinestrings, 2: shapely.multipolygons}
    result: object = singles[0] if len(singles) == 1 else makers[dimension](singles)
    return result


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
