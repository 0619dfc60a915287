"""Hotspots as a surface: how many points a square kilometre, smoothed (kernel density)."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.contract import Analysis, Result, analysis
from layers.analysis.kinds.points import POINTS, cells_around, hexagons, places
from layers.analysis.parameters import Number
from layers.analysis.work import Work, frame_of
from layers.queries.cells import centres

_MOST_CELLS = 50_000
_CLASSES = 6
COLOURS = ("#fff1dc", "#fdd49e", "#fdae6b", "#f4793a", "#d2391f", "#8c1d04")


@analysis
class Density(Analysis):
    """Epanechnikov's kernel in hexagons: the sum over the map is the number of points."""

    name, title = "density", gettext_lazy("Hotspots: density")
    abstract = gettext_lazy("Points a square kilometre, smoothed over a radius, in hexagons: where a heat map is red, in numbers.")
    parameters = (
        *POINTS,
        Number(name="radius", label=gettext_lazy("Radius"), low=10, high=50_000, default=500, unit="m"),
        Number(name="size", label=gettext_lazy("Side of a hexagon"), low=5, high=10_000, default=150, unit="m"),
    )

    def run(self, work: Work) -> Result:
        """Density at the middles of the hexagons that any point reaches."""
        points = places(work)
        if work["size"] * 40 < work["radius"]:
            raise BadParameter(_("The hexagons are too small for this radius: a side of at least a fortieth of it."), field="size")
        cells = cells_around(points, work["size"], work["radius"])
        if len(cells) > _MOST_CELLS:
            sentence = _("That would be %(count)d hexagons; at most %(limit)d. Take a longer side.")
            raise BadParameter(sentence % {"count": len(cells), "limit": _MOST_CELLS}, field="size")
        work.tell(_("Measuring"), 0, len(cells))
        per_km2 = densities(points, centres("hexagon", cells, work["size"]), work["radius"])
        frame = frame_of(hexagons(cells, work["size"]), per_km2=np.round(per_km2, 3))
        frame = frame[frame.per_km2 > 0].reset_index(drop=True)
        facts = [(_("Points"), len(points)), (_("Highest density (a km²)"), round(float(frame.per_km2.max()), 1))]
        return Result(frame, {"per_km2": _("points a km²")}, facts, graduated("per_km2", frame.per_km2.to_numpy()))


def densities(points: Any, at: Any, radius: float) -> Any:
    """Points a square kilometre at some positions."""
    import sklearn.neighbors

    model = sklearn.neighbors.KernelDensity(kernel="epanechnikov", bandwidth=radius).fit(points)
    with np.errstate(divide="ignore"):
        return np.exp(model.score_samples(at)) * len(points) * 1e6


def graduated(field: str, values: Any) -> dict[str, Any]:
    """A look from light to dark over equally wide classes."""
    top = float(values.max()) if len(values) else 1.0
    breaks = sorted({float(f"{top * step / _CLASSES:.3g}") for step in range(1, _CLASSES)})
    return {"kind": "graduated", "field": field, "breaks": breaks, "colours": list(COLOURS[: len(breaks) + 1]), "colour": "#b8c2c9"}
