"""Addresses: house number and street where a lot fronts a named street, else the hamlet; always with the ward of today."""

from dataclasses import dataclass

import numpy as np
import shapely

from gis_core.pilot import plan
from gis_core.pilot.blocks import Blocks
from gis_core.pilot.dice import dice
from gis_core.pilot.faces import Kind
from gis_core.pilot.mesh import Mesh
from gis_core.pilot.ragged import Floats, Ints
from gis_core.pilot.streets import StreetNames
from land.pilot.lots import HOUSE_ZONES, Lots

METRES_A_NUMBER = 6.0


@dataclass(frozen=True)
class _Fronts:
    """Lots with the street piece each has its longest edge on."""

    lot: Ints
    street_lot: Ints


def addresses(lots: Lots, blocks: Blocks, names: StreetNames, points: Floats, unit: int) -> list[str]:
    """One address a lot, for the unit's lots with inner points (n, 2)."""
    ward = _today(unit)
    hamlets, of_lot = _hamlets(points, unit)
    result = [f"{hamlets[index]}, {ward}" for index in of_lot.tolist()]
    kind, source, street = (column[lots.block] for column in (blocks.kind, blocks.source, blocks.street))
    for lot in np.flatnonzero(kind == Kind.WATER).tolist():
        result[lot] = f"{plan.waters()[source[lot]].name}, {ward}"
    for lot in np.flatnonzero(kind == Kind.ROAD).tolist():
        result[lot] = f"{_as_in_address(plan.roads()[source[lot]].name)}, {ward}"
    for lot in np.flatnonzero(kind == Kind.STREET).tolist():
        if name := names.of_street[street[lot]]:
            result[lot] = f"{_as_in_address(name)}, {ward}"
    front = _fronts(lots.mesh, kind, np.isin(blocks.zone[lots.block], HOUSE_ZONES))
    on_road = kind[front.street_lot] == Kind.ROAD
    place = np.where(on_road, source[front.street_lot], len(plan.roads()) + street[front.street_lot])
    for index in np.unique(place).tolist():
        rows = np.flatnonzero(place == index)
        name = names.of_place(index)
        if name:
            numbers = _house_numbers(names.line_of_place(index), points[front.lot[rows]])
            for lot, number in zip(front.lot[rows].tolist(), numbers.tolist(), strict=True):
                result[lot] = f"{number} {name}, {ward}"
    return result


def _as_in_address(name: str) -> str:
    """A street name with its "Đường" when it has none of its own."""
    own = ("Đường", "Kênh", "Cao tốc", "Quốc lộ", "Kiệt")
    return name if name.startswith(own) else f"Đường {name}"


def _today(unit: int) -> str:
    """The name of the ward of 2025 as written in an address: "phường Tam Kỳ"."""
    code = plan.successors()[plan.units()[unit].code]
    name = next(row["name"] for row in plan.read_rows("admin_units.csv") if row["code"] == code and not row["valid_to"])
    return name[0].lower() + name[1:]


def _hamlets(points: Floats, unit: int) -> tuple[list[str], Ints]:
    """Names of the unit's hamlets, and the one each point lies in (nearest of their made-up centres)."""
    one = plan.units()[unit]
    names = next(row["names"] for row in plan.read_rows("hamlets.csv") if row["unit_code"] == one.code).split(";")
    west, south, east, north = one.geom.bounds
    trial = dice(0, "hamlets", one.code).uniform((west, south), (east, north), (400, 2))
    centres = trial[shapely.contains_xy(one.geom, trial)][: len(names)]
    _, nearest = shapely.STRtree(shapely.points(centres)).query_nearest(shapely.points(points), all_matches=False)
    return names, nearest.astype(np.int64)


def _fronts(mesh: Mesh, kind: Ints, houses: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> _Fronts:
    """For each house lot that touches a road or street, the piece of it along the lot's longest such edge."""
    keys, owner = mesh.keys(), mesh.owner()
    length = np.hypot(*(mesh.xy[mesh.next_vertex()] - mesh.xy[mesh.ring]).T)
    order = np.argsort(keys, kind="stable")
    twin = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    a, b = order[twin], order[twin + 1]
    lot, other = np.r_[owner[a], owner[b]], np.r_[owner[b], owner[a]]
    metres = np.r_[length[a], length[b]]
    good = houses[lot] & (kind[lot] == Kind.LAND) & np.isin(kind[other], (Kind.ROAD, Kind.STREET))
    lot, other, metres = lot[good], other[good], metres[good]
    rank = np.lexsort((other, -metres, lot))
    first = rank[np.r_[True, lot[rank][1:] != lot[rank][:-1]]] if len(rank) else rank
    return _Fronts(lot[first], other[first])


def _house_numbers(line: shapely.LineString, points: Floats) -> Ints:
    """Numbers that grow along the street, odd on its left, even on its right."""
    at = shapely.line_locate_point(line, shapely.points(points))
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(at + 1, line.length)))
    back = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(at - 1, 0)))
    run, off = ahead - back, points - here
    left = run[:, 0] * off[:, 1] - run[:, 1] * off[:, 0] > 0
    number: Ints = 2 * np.floor(at / METRES_A_NUMBER).astype(np.int64) + np.where(left, 1, 2)
    return number
