"""Hotspots that are more than chance: Getis and Ord's G* over hexagons or over the surfaces of a layer."""

import warnings
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.contract import Analysis, Result, analysis
from layers.analysis.kinds.points import POINTS, cells_around, hexagons
from layers.analysis.parameters import FieldChoice, Number
from layers.analysis.work import Work, frame_of
from layers.queries.cells import cells_of, centres

_FEWEST, _MOST = 12, 20_000
# Of a normal distribution: how far from chance 90, 95 and 99 % are.
_LEVELS = ((2.576, "99"), (1.960, "95"), (1.645, "90"))
_COLOURS = {
    "hot 99": "#b2182b",
    "hot 95": "#ef8a62",
    "hot 90": "#fddbc7",
    "–": "#e6e9eb",
    "cold 90": "#d1e5f0",
    "cold 95": "#67a9cf",
    "cold 99": "#2166ac",
}


@analysis
class GetisOrd(Analysis):
    """G* by esda, with its z-score for each cell."""

    name, title = "getis_ord", gettext_lazy("Hotspots: significant (Getis-Ord G*)")
    abstract = gettext_lazy(
        "Cells whose neighbourhood has significantly more (hot) or fewer (cold) points than the whole, by 90, 95, 99 %."
    )
    parameters = (
        *POINTS,
        FieldChoice(name="field", label=gettext_lazy("Sum of an attribute instead of the number"), numeric=True, required=False),
        Number(name="size", label=gettext_lazy("Side of a hexagon"), low=10, high=20_000, default=250, unit="m"),
        Number(name="metres", label=gettext_lazy("Neighbours within"), low=20, high=100_000, default=900, unit="m"),
    )

    def run(self, work: Work) -> Result:
        """Counts by hexagon, empty ones near points among them, then G*."""
        if work["metres"] < work["size"] * 1.7321:
            sentence = _("metres must be at least 1.74 times the side of a hexagon, so that neighbours are seen.")
            raise BadParameter(sentence, field="metres")
        field = work["field"]
        rows = work.read(work.asked(), *([field] if field else []))
        if not len(rows):
            raise BadParameter(_("The layer has no rows there that are open to you."), field="layer")
        points = shapely.get_coordinates(shapely.centroid(rows.shapes))
        weights = np.array([float(value or 0) for value in rows.values[field.name]]) if field else np.ones(len(points))
        cells, sums = counted(points, weights, work["size"], work["metres"])
        if not _FEWEST <= len(cells) <= _MOST:
            sentence = _("There are %(count)d hexagons; %(low)d to %(high)d are needed. Take another side.")
            raise BadParameter(sentence % {"count": len(cells), "low": _FEWEST, "high": _MOST}, field="size")
        work.tell(_("Comparing neighbourhoods"), 0, len(cells))
        scores = g_star(centres("hexagon", cells, work["size"]), sums, work["metres"])
        frame = frame_of(hexagons(cells, work["size"]), count=sums, z=np.round(scores, 3), hotspot=[level(z) for z in scores])
        labels = {"count": str(field.label) if field else _("number"), "z": _("z-score"), "hotspot": _("hotspot")}
        facts = [
            (_("Points"), len(points)),
            (_("Cells"), len(cells)),
            (_("Hot cells (95 %)"), int((scores >= 1.960).sum())),
            (_("Cold cells (95 %)"), int((scores <= -1.960).sum())),
        ]
        look = {"kind": "categorised", "field": "hotspot", "classes": [list(pair) for pair in _COLOURS.items()], "colour": "#e6e9eb"}
        return Result(frame, labels, facts, look)


def counted(points: Any, weights: Any, size: float, reach: float) -> tuple[Any, Any]:
    """The hexagons around some positions and the sum of their weights in each."""
    cells = cells_around(points, size, reach)
    own, where = np.unique(cells_of("hexagon", points[:, 0], points[:, 1], size), axis=0, return_inverse=True)
    totals = np.bincount(where.ravel(), weights=weights, minlength=len(own))
    number = {(column, row): total for (column, row), total in zip(own.tolist(), totals.tolist(), strict=True)}
    # A point's own hexagon is among them: its middle is nearer than its side.
    return cells, np.array([number.get((column, row), 0.0) for column, row in cells.tolist()])


def g_star(middles: Any, values: Any, metres: float) -> Any:
    """The z-scores of G* (each place its own neighbour) with neighbours within `metres`, all alike."""
    if float(np.ptp(values)) == 0.0:
        return np.zeros(len(values))
    with warnings.catch_warnings():
        # Islands have no neighbour but themselves, which is true of them and no mistake.
        warnings.simplefilter("ignore")
        import esda.getisord
        import libpysal.weights

        near = libpysal.weights.DistanceBand(middles, threshold=metres, binary=True, silence_warnings=True)
        found = esda.getisord.G_Local(values, near, star=True, transform="B", permutations=0)
    return np.nan_to_num(np.asarray(found.Zs, float))


def level(score: float) -> str:
    """How sure a cell is hot or cold."""
    for limit, name in _LEVELS:
        if abs(score) >= limit:
            return f"{'hot' if score > 0 else 'cold'} {name}"
    return "–"
