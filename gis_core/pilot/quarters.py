"""Quarters: the land between main roads and water, across unit borders, with the direction in which its streets run."""

from dataclasses import dataclass

import numpy as np

from gis_core.pilot.dice import dice
from gis_core.pilot.faces import Faces, Kind
from gis_core.pilot.ragged import Floats, Ints


@dataclass(frozen=True)
class Quarters:
    """For each quarter the two unit vectors (n, 2, 2) along and across its blocks, and a point (n, 2) on its street lattice."""

    axes: Floats
    origin: Floats


def find_quarters(faces: Faces, seed: int) -> tuple[Quarters, Ints]:
    """Quarters, and the quarter of each face (-1 for roads and water)."""
    mesh = faces.mesh
    keys, owner = mesh.keys(), mesh.owner()
    order = np.argsort(keys, kind="stable")
    twin = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    one, other = owner[order[twin]], owner[order[twin + 1]]
    land = faces.kind == Kind.LAND
    label = _components(len(mesh), one[land[one] & land[other]], other[land[one] & land[other]])
    found, quarter = np.unique(label[land], return_inverse=True)
    of_face = np.full(len(mesh), -1, np.int64)
    of_face[land] = quarter
    area, centre = mesh.measures()
    weight = np.bincount(quarter, area[land], len(found))
    origin = np.stack([np.bincount(quarter, (area * centre[:, k])[land], len(found)) / weight for k in (0, 1)], axis=1)
    angle = _directions(faces, of_face, len(found), order, twin)
    angle += np.where(dice(seed, "quarters").random(len(found)) < 0.5, 0.0, np.pi / 2)
    along = np.c_[np.cos(angle), np.sin(angle)]
    across = np.c_[-along[:, 1], along[:, 0]]
    return Quarters(np.stack([along, across], axis=1), origin), of_face


def _components(count: int, one: Ints, other: Ints) -> Ints:
    """Label connected nodes with the smallest number among them."""
    label = np.arange(count)
    while True:
        least = np.minimum(label[one], label[other])
        before = label.copy()
        np.minimum.at(label, one, least)
        np.minimum.at(label, other, least)
        label = label[label]
        if (label == before).all():
            return label


def _directions(faces: Faces, of_face: Ints, count: int, order: Ints, twin: Ints) -> Floats:
    """The direction (modulo a right angle) most of a quarter's road frontage has; of all its edges where no road touches it."""
    mesh, owner = faces.mesh, faces.mesh.owner()
    run = mesh.xy[mesh.next_vertex()] - mesh.xy[mesh.ring]
    spin = np.hypot(*run.T) * np.exp(4j * np.arctan2(run[:, 1], run[:, 0]))
    facing_road = np.zeros(len(mesh.ring), bool)
    a, b = order[twin], order[twin + 1]
    facing_road[a] = faces.kind[owner[b]] == Kind.ROAD
    facing_road[b] = faces.kind[owner[a]] == Kind.ROAD
    spin = spin * np.where(facing_road, 1.0, 0.02)
    inside = of_face[owner] >= 0
    total = np.zeros(count, np.complex128)
    np.add.at(total, of_face[owner[inside]], spin[inside])
    result: Floats = np.angle(total) / 4
    return result
