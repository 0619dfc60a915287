"""Where something could stand: "state land of more than 500 m², within 200 m of a road, outside of the flood zone"."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.contract import Analysis, Result, analysis
from layers.analysis.parameters import FilterText, LayerChoice, Number, UnitChoice
from layers.analysis.work import Work, frame_of
from layers.attributes import attributes


@analysis
class SiteSearch(Analysis):
    """Surfaces of one layer by their own attributes and size, near some features and away from others."""

    name, title = "site", gettext_lazy("Site search")
    abstract = gettext_lazy("Land that meets all conditions at once: attributes, least area, near to something, outside of something else.")
    layers = ("layer", "near", "outside")
    parameters = (
        LayerChoice(name="layer", label=gettext_lazy("Search among"), geometries=("polygon",), default="parcels"),
        FilterText(name="filter", label=gettext_lazy("Only features with"), hint=gettext_lazy("CQL2, for instance land_use = 'TSC'")),
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
        Number(name="area", label=gettext_lazy("Larger than"), low=0, high=100_000_000, default=500, unit="m²"),
        LayerChoice(name="near", label=gettext_lazy("Near to"), required=False),
        FilterText(name="near_filter", label=gettext_lazy("Only those with"), of="near"),
        Number(name="metres", label=gettext_lazy("Nearer than"), low=0, high=50_000, default=200, unit="m"),
        LayerChoice(name="outside", label=gettext_lazy("Outside of"), geometries=("polygon",), required=False),
        FilterText(name="outside_filter", label=gettext_lazy("Only those with"), of="outside"),
        Number(name="share", label=gettext_lazy("Of which may lie inside at most"), low=0, high=100, default=0, unit="%"),
    )  # fmt: skip

    def run(self, work: Work) -> Result:
        """Candidates, then one condition after the other; how many each leaves is told."""
        named = [one for one in attributes(work["layer"]) if one.name == work["layer"].label_field]
        rows = work.read(work.asked(), *named)
        if not len(rows):
            raise BadParameter(_("The layer has no rows there that are open to you."), field="layer")
        areas = shapely.area(rows.shapes)
        facts: list[tuple[Any, float | int | str]] = [(_("With these attributes"), len(rows))]
        kept = areas > work["area"]
        facts.append((_("Large enough"), int(kept.sum())))
        distances = np.full(len(rows), np.nan)
        if work["near"] is not None:
            around = _around(rows.shapes[kept], work["metres"])
            near = work.read(work.asked("near", "near_filter"), within=around).shapes
            distances[kept] = nearest(rows.shapes[kept], near, work["metres"])
            kept &= np.isfinite(distances)
            facts.append((_("Near enough"), int(kept.sum())))
        if work["outside"] is not None:
            zones = work.read(work.asked("outside", "outside_filter"), within=_around(rows.shapes[kept], 0)).shapes
            kept[np.flatnonzero(kept)] = shares(rows.shapes[kept], zones) <= work["share"] / 100 + 1e-9
            facts.append((_("Outside of what is to be avoided"), int(kept.sum())))
        chosen = rows.taken(kept)
        frame = frame_of(chosen.shapes, feature=[str(key) for key in chosen.keys], area_m2=np.round(areas[kept], 1))
        for attribute in named:
            frame[attribute.name] = [None if value is None else str(value) for value in chosen.values[attribute.name]]
        if work["near"] is not None:
            frame["distance_m"] = np.round(distances[kept], 1)
        frame = frame.sort_values(["area_m2", "feature"], ascending=[False, True]).reset_index(drop=True)
        labels = {"feature": work["layer"].title, "area_m2": _("area (m²)"), "distance_m": _("distance (m)")}
        labels |= {one.name: one.label for one in named}
        return Result(frame, labels, facts, {"kind": "single", "colour": "#009e73"}, label=named[0].name if named else "")


def _around(shapes: Any, metres: float) -> Any:
    box = shapely.box(*shapely.total_bounds(shapes)) if len(shapes) else shapely.box(0, 0, 1, 1)
    return box.buffer(metres + 1.0)


def nearest(shapes: Any, near: Any, metres: float) -> Any:
    """The distance of each shape to the nearest of `near`; nan beyond `metres`."""
    found = np.full(len(shapes), np.nan)
    if len(shapes) and len(near):
        (mine, _theirs), distances = shapely.STRtree(near).query_nearest(
            shapes, max_distance=max(metres, 1e-9), return_distance=True, all_matches=False
        )
        found[mine] = distances
    return found


def shares(shapes: Any, zones: Any) -> Any:
    """The part (0..1) of each shape that lies in any of some zones."""
    found = np.zeros(len(shapes))
    if not len(shapes) or not len(zones):
        return found
    one, other = shapely.STRtree(zones).query(shapes, predicate="intersects")
    for number in np.unique(one):
        inside = shapely.intersection(shapes[number], shapely.union_all(zones[other[one == number]]))
        found[number] = shapely.area(inside) / max(shapely.area(shapes[number]), 1e-9)
    return found
