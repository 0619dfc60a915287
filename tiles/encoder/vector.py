"""The same encoder in numpy, for machines without numba: every step over all features at once, bytes equal to the loops'."""

import numpy as np
import numpy.typing as npt

from layers.store.grid import Frame
from layers.store.packed import Packed
from layers.store.ragged import EXTERIOR, HOLE, LINE, POINTS, Ints, Ragged, Rows, offsets
from tiles.encoder import shape
from tiles.encoder.attributes import Matrix

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


def shaped(geometry: Packed, boxes: Ints, rows: Rows, frame: Frame) -> tuple[Ragged, Rows]:
    """See shape.by_loop, which does the features that need cutting here too."""
    whole = shape.inside(boxes, rows, frame)
    near, far = np.flatnonzero(whole), np.flatnonzero(~whole)
    pieces, drawn = [_placed(geometry.take(rows[near]).plain(boxes[rows[near]]), frame)], [near]
    if len(far):
        cut, kept = shape.by_loop(geometry, boxes, rows[far], frame)
        pieces.append(cut)
        drawn.append(far[kept])
    numbers = np.concatenate(drawn)
    joined = Ragged.concat(pieces)
    order = np.argsort(numbers)
    order = order[np.diff(joined.features)[order] > 0]
    return joined.take(order), numbers[order]


def _placed(source: Ragged, frame: Frame) -> Ragged:
    """Whole features: rounded, tidied, wound."""
    xs, ys = frame.units(source.xs, frame.x), frame.units(source.ys, frame.y)
    part = np.repeat(np.arange(len(source.roles)), np.diff(source.parts))
    keep = _differs(xs, ys, part)
    xs, ys, part = xs[keep], ys[keep], part[keep]
    rings = source.roles >= EXTERIOR
    keep = ~_closes(xs, ys, part, rings)
    xs, ys, part = xs[keep], ys[keep], part[keep]
    keep = ~_straight(xs, ys, part, source.roles)
    xs, ys, part = xs[keep], ys[keep], part[keep]
    counts = np.bincount(part, minlength=len(source.roles))
    area = _areas(xs, ys, part, counts)
    stays = _stays(source.roles, counts, area)
    keep = stays[part]
    turned = (area > 0) != (source.roles == EXTERIOR)
    xs, ys = _turned(xs, ys, part, counts, turned & rings)
    owner = np.repeat(np.arange(len(source)), np.diff(source.features))
    features = offsets(np.bincount(owner[stays], minlength=len(source)))
    return Ragged(xs[keep].astype(np.int32), ys[keep].astype(np.int32), offsets(counts[stays]), source.roles[stays], features)


def _differs(xs: Counts, ys: Counts, part: Counts) -> Flags:
    """Which vertices are not the same as the one before in their part."""
    differs = np.ones(len(xs), np.bool_)
    differs[1:] = (xs[1:] != xs[:-1]) | (ys[1:] != ys[:-1]) | (part[1:] != part[:-1])
    return differs


def _edges_of_parts(part: Counts) -> tuple[Counts, Counts]:
    """(first, last) vertex of each part that has any."""
    changes = np.flatnonzero(np.diff(part))
    return np.concatenate([[0], changes + 1]).astype(np.int64), np.concatenate([changes, [len(part) - 1]]).astype(np.int64)


def _closes(xs: Counts, ys: Counts, part: Counts, rings: Flags) -> Flags:
    """Which vertices end their ring where it began."""
    closes = np.zeros(len(xs), np.bool_)
    if len(xs):
        first, last = _edges_of_parts(part)
        closes[last] = (xs[first] == xs[last]) & (ys[first] == ys[last]) & (first < last) & rings[part[first]]
    return closes


def _straight(xs: Counts, ys: Counts, part: Counts, roles: npt.NDArray[np.uint8]) -> Flags:
    """Which vertices lie straight between their neighbours (in parts of three or more)."""
    if not len(xs):
        return np.zeros(0, np.bool_)
    first, last = _edges_of_parts(part)
    before, after = np.arange(len(xs)) - 1, np.arange(len(xs)) + 1
    before[first], after[last] = last, first
    ux, uy, vx, vy = xs - xs[before], ys - ys[before], xs[after] - xs, ys[after] - ys
    straight: Flags = (ux * vy == uy * vx) & (ux * vx + uy * vy > 0)
    role = roles[part]
    straight &= role != POINTS
    ends = np.zeros(len(xs), np.bool_)
    ends[first] = ends[last] = True
    straight &= ~(ends & (role == LINE))
    counts = np.bincount(part, minlength=len(roles))
    return straight & (counts[part] >= 3)


def _areas(xs: Counts, ys: Counts, part: Counts, counts: Counts) -> Counts:
    """Twice the area of each part by the surveyor's formula."""
    if not len(xs):
        return np.zeros(len(counts), np.int64)
    first, last = _edges_of_parts(part)
    after = np.arange(len(xs)) + 1
    after[last] = first
    area = np.zeros(len(counts), np.int64)
    area[part[first]] = np.add.reduceat(xs * ys[after] - xs[after] * ys, first)
    return area


def _stays(roles: npt.NDArray[np.uint8], counts: Counts, area: Counts) -> Flags:
    """Which parts are still something to draw; a hole goes with its exterior."""
    least = np.choose(np.minimum(roles, EXTERIOR), (1, 2, 3))
    stays: Flags = counts >= least
    stays &= (roles < EXTERIOR) | (area != 0)
    exterior = np.maximum.accumulate(np.where(roles != HOLE, np.arange(len(roles)), 0)) if len(roles) else roles
    return stays & stays[exterior]


def _turned(xs: Counts, ys: Counts, part: Counts, counts: Counts, turned: Flags) -> tuple[Counts, Counts]:
    """Reverse the vertices of some parts."""
    begins = np.cumsum(counts) - counts
    order = np.arange(len(xs))
    mirrored = 2 * begins[part] + counts[part] - 1 - order
    order = np.where(turned[part], mirrored, order)
    return xs[order], ys[order]


def written(shapes: Ragged, ids: npt.NDArray[np.int64], tags: Matrix | Counts) -> bytes:
    """See write.by_loop. Every number of a feature is a varint: all of them in one array, then as bytes."""
    geometry, owner = _commands(shapes)
    tags = tags.astype(np.int64)
    sizes = np.bincount(owner, weights=_lengths(geometry), minlength=len(ids)).astype(np.int64)
    numbered, named = ids >= 0, tags >= 0
    pairs = np.stack([np.broadcast_to(np.arange(tags.shape[1]), tags.shape), tags], axis=2)
    tag_sizes = np.where(named, _lengths(pairs).sum(axis=2), 0).sum(axis=1)
    tagged = tag_sizes > 0
    whole = 3 + _lengths(sizes) + sizes
    whole += np.where(numbered, 1 + _lengths(np.maximum(ids, 0)), 0) + np.where(tagged, 1 + _lengths(tag_sizes) + tag_sizes, 0)
    kinds = np.minimum(shapes.roles[shapes.features[:-1]], EXTERIOR).astype(np.int64) + 1
    always = np.ones(len(ids), np.bool_)
    head: list[tuple[Counts | int, Flags]] = [
        (0x12, always),
        (whole, always),
        (0x08, numbered),
        (ids, numbered),
        (0x12, tagged),
        (tag_sizes, tagged),
    ]
    for field in range(tags.shape[1]):
        head += [(field, named[:, field]), (tags[:, field], named[:, field])]
    head += [(0x18, always), (kinds, always), (0x22, always), (sizes, always)]
    values = np.stack([np.broadcast_to(np.asarray(value, np.int64), len(ids)) for value, _there in head], axis=1)
    there = np.stack([flags for _value, flags in head], axis=1)
    before = there.sum(axis=1)
    numbers = np.empty(int(before.sum()) + len(geometry), np.int64)
    commands = np.bincount(owner, minlength=len(ids))
    begins = np.cumsum(before + commands) - before - commands
    slots = begins[:, None] + np.cumsum(there, axis=1) - 1
    numbers[slots[there]] = values[there]
    numbers[np.repeat(begins + before - (np.cumsum(commands) - commands), commands) + np.arange(len(geometry))] = geometry
    return _varints(numbers)


def _commands(shapes: Ragged) -> tuple[Counts, Counts]:
    """(numbers, feature of each): commands and zigzag deltas of all features."""
    counts = np.diff(shapes.parts).astype(np.int64)
    owner = np.repeat(np.arange(len(shapes)), np.diff(shapes.features))
    moves = np.where(shapes.roles == POINTS, counts, 1)
    lines, rings = shapes.roles != POINTS, shapes.roles >= EXTERIOR
    size = 1 + 2 * counts + lines + rings
    begins = np.cumsum(size) - size
    numbers = np.empty(int(size.sum()), np.int64)
    numbers[begins] = moves << 3 | 1
    numbers[begins[lines] + 3] = (counts[lines] - 1) << 3 | 2
    numbers[begins[rings] + size[rings] - 1] = 15
    part = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(shapes.xs)) - shapes.parts[:-1][part]
    at = begins[part] + 1 + 2 * within + ((within > 0) & lines[part])
    starts = shapes.parts[shapes.features[:-1]]
    numbers[at], numbers[at + 1] = _deltas(shapes.xs, starts), _deltas(shapes.ys, starts)
    return numbers, np.repeat(owner, size)


def _deltas(values: Ints, starts: Ints) -> Counts:
    """Zigzag differences to the vertex before, from zero at the start of each feature."""
    delta: Counts = np.diff(values.astype(np.int64), prepend=0).astype(np.int64)
    delta[starts] = values[starts]
    zigzag: Counts = (delta << 1) ^ (delta >> 63)
    return zigzag


def _lengths(values: Counts) -> Counts:
    """Bytes of each number as a varint."""
    lengths = np.ones(values.shape, np.int64)
    for bits in range(7, 63, 7):
        lengths += values >= 1 << bits
    return lengths


def _varints(numbers: Counts) -> bytes:
    lengths = _lengths(numbers)
    ends = np.cumsum(lengths)
    out = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    begins = ends - lengths
    for byte in range(int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > byte)
        rest = numbers[longer] >> (7 * byte)
        out[begins[longer] + byte] = rest & 127 | (lengths[longer] > byte + 1) << 7
    return out.tobytes()
