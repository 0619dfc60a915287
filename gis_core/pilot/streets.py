"""Names of streets: the longest streets of the town get the names, the others numbers; field paths have none."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString

from gis_core.pilot import plan
from gis_core.pilot.blocks import Street
from gis_core.pilot.zones import Zone

NAMED_ZONES = frozenset({Zone.TOWN, Zone.SUBURB})
SHORTEST_M = 60.0


@dataclass(frozen=True)
class StreetNames:
    """Names by street number (index into Blocks.streets, "" = none), and lines to number houses along."""

    of_street: list[str]
    lines: list[LineString]

    def of_place(self, index: int) -> str:
        """Name of a main road (index into plan.roads()) or, from their count on, of a street."""
        roads = plan.roads()
        if index < len(roads):
            return "" if roads[index].road_class == "railway" else roads[index].name
        return self.of_street[index - len(roads)]

    def line_of_place(self, index: int) -> LineString:
        """Centre line of a main road or street, numbered as in `of_place`."""
        roads = plan.roads()
        return roads[index].line if index < len(roads) else self.lines[index - len(roads)]


def name_streets(streets: list[Street]) -> StreetNames:
    """Give names to the streets of the town."""
    lines = [axis_of(street) for street in streets]
    names = [""] * len(streets)
    town = [index for index, street in enumerate(streets) if street.zone in NAMED_ZONES and lines[index].length > SHORTEST_M]
    town.sort(key=lambda index: (-round(lines[index].length, 2), index))
    given = [row["name"] for row in plan.read_rows("street_names.csv")]
    for rank, index in enumerate(town):
        names[index] = given[rank] if rank < len(given) else f"Đường số {rank - len(given) + 1}"
    return StreetNames(names, lines)


def axis_of(street: Street) -> LineString:
    """The straight line from one end of a street's segments to the other."""
    points = street.segments.reshape(-1, 2)
    run = street.segments[0, 1] - street.segments[0, 0]
    along = points @ (run / max(float(np.hypot(*run)), 1e-9))
    return shapely.LineString(points[[int(along.argmin()), int(along.argmax())]])
