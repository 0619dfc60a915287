"""Hotspots by density: groups of points that stand close together (DBSCAN)."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.analysis.contract import Analysis, Result, analysis
from layers.analysis.kinds.points import POINTS, places
from layers.analysis.parameters import Number
from layers.analysis.work import Work, frame_of

_QUARTER = 8


@analysis
class Clusters(Analysis):
    """Every group with its extent, its number of points, and how dense it is."""

    name, title = "clusters", gettext_lazy("Hotspots: groups (DBSCAN)")
    abstract = gettext_lazy("Where points stand close together: at least so many within a distance. What stands alone is left out.")
    parameters = (
        *POINTS,
        Number(name="metres", label=gettext_lazy("Neighbours within"), low=1, high=20_000, default=250, unit="m"),
        Number(name="least", label=gettext_lazy("At least points"), low=2, high=10_000, default=5, whole=True),
    )

    def run(self, work: Work) -> Result:
        """One area a group: the hull of its points, widened so that it shows at every scale."""
        points = places(work)
        work.tell(_("Grouping"), 0, len(points))
        groups = grouped(points, work["metres"], work["least"])
        frame = described(points, groups, work["metres"])
        frame = frame.sort_values(["points", "group"], ascending=[False, True]).reset_index(drop=True)
        frame["group"] = np.arange(1, len(frame) + 1)
        labels = {"group": _("group"), "points": _("points"), "area_ha": _("area (ha)"), "per_ha": _("points a hectare")}
        facts = [
            (_("Groups"), len(frame)),
            (_("Points in groups"), int((groups >= 0).sum())),
            (_("Points that stand alone"), int((groups < 0).sum())),
        ]
        look = {"kind": "single", "colour": "#d2391f"}
        return Result(frame, labels, facts, look, label="points")


def grouped(points: Any, metres: float, least: int) -> Any:
    """The group of each position (n, 2), -1 for what stands alone."""
    import sklearn.cluster

    return sklearn.cluster.DBSCAN(eps=metres, min_samples=least).fit_predict(points) if len(points) else np.zeros(0, int)


def described(points: Any, groups: Any, metres: float) -> Any:
    """One row a group."""
    found = []
    for group in range(int(groups.max(initial=-1)) + 1):
        mine = points[groups == group]
        area = shapely.convex_hull(shapely.multipoints(mine)).buffer(metres / 4, quad_segs=_QUARTER)
        found.append((area, group, len(mine), area.area / 10_000))
    shapes, numbers, counts, hectares = zip(*found, strict=True) if found else ((), (), (), ())
    per = [round(count / size, 3) for count, size in zip(counts, hectares, strict=True)]
    return frame_of(shapes, group=list(numbers), points=list(counts), area_ha=[round(size, 2) for size in hectares], per_ha=per)
