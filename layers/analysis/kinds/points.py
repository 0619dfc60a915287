"""What the analyses of points ask alike, and where the points stand."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.parameters import FilterText, LayerChoice, UnitChoice
from layers.analysis.work import Work
from layers.queries.cells import cells_of, centres, outline

POINTS = (
    LayerChoice(name="layer", label=gettext_lazy("Layer"), default="incidents"),
    FilterText(name="filter", label=gettext_lazy("Only features with"), hint=gettext_lazy("CQL2, for instance severity = 'critical'")),
    UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
)


def places(work: Work) -> Any:
    """(n, 2) east and north of the rows; lines and surfaces stand at their middle. Raises BadParameter without rows."""
    rows = work.read(work.asked())
    if not len(rows):
        raise BadParameter(_("The layer has no rows there that are open to you."), field="layer")
    points = shapely.get_coordinates(shapely.centroid(rows.shapes))
    return np.asarray(points, float)


def cells_around(points: Any, size: float, reach: float) -> Any:
    """(n, 2) columns and rows of the hexagons whose centres lie within `reach` metres of any of some positions."""
    import scipy.spatial

    steps = int(np.ceil(reach / size)) + 1
    own = np.unique(cells_of("hexagon", points[:, 0], points[:, 1], size), axis=0)
    around = np.stack(np.meshgrid(np.arange(-steps, steps + 1), np.arange(-steps, steps + 1)), -1).reshape(-1, 2)
    found = np.unique((own[:, None, :] + around[None, :, :]).reshape(-1, 2), axis=0)
    near, _which = scipy.spatial.KDTree(points).query(centres("hexagon", found, size), distance_upper_bound=reach)
    return found[np.isfinite(near)]


def hexagons(cells: Any, size: float) -> list[Any]:
    """Their outlines."""
    return [shapely.polygons(outline("hexagon", int(column), int(row), size)) for column, row in cells]
