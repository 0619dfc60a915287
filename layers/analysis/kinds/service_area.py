"""Service areas: what is reached from facilities along the roads within some metres or minutes."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.contract import Analysis, Result, analysis
from layers.analysis.kinds.roads import ROADS, on_roads
from layers.analysis.parameters import FilterText, LayerChoice, Number, UnitChoice
from layers.analysis.work import Work, frame_of
from layers.imports.looks import shades
from layers.queries.network import FARTHEST_M, reached


@analysis
class ServiceArea(Analysis):
    """Belts along the reached roads, nearer ones cut out of farther ones."""

    name, title = "service_area", gettext_lazy("Service areas by road")
    abstract = gettext_lazy("The ground along the roads that is reached from facilities within a limit, in up to six steps.")
    layers = ("layer", "roads")
    parameters = (
        LayerChoice(name="layer", label=gettext_lazy("Reached from"), default="facilities"),
        FilterText(name="filter", label=gettext_lazy("Only facilities with")),
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
        *ROADS,
        Number(name="limit", label=gettext_lazy("Limit (metres or minutes)"), low=0.1, high=200_000, default=1_500),
        Number(name="steps", label=gettext_lazy("Steps"), low=1, high=6, default=3, whole=True),
        Number(name="width", label=gettext_lazy("To both sides of the roads"), low=5, high=1_000, default=100, unit="m"),
    )

    def run(self, work: Work) -> Result:
        """One area a step."""
        rows = work.read(work.asked(), within=work.area)
        if not len(rows):
            raise BadParameter(_("The layer has no rows there that are open to you."), field="layer")
        net = on_roads(work, shapely.centroid(rows.shapes))
        nodes = net.places[net.apart <= FARTHEST_M]
        if not len(nodes):
            raise BadParameter(_("No facility stands within 2 km of a road."), field="layer")
        costs, _source = net.ways(nodes)
        areas: list[Any] = []
        limits = [work["limit"] * step / work["steps"] for step in range(1, work["steps"] + 1)]
        for step, limit in enumerate(limits, 1):
            work.tell(_("Steps"), step, len(limits))
            belts = shapely.buffer(np.array(reached(net, costs, limit), object), work["width"], quad_segs=4)
            areas.append(shapely.union_all(belts))
        rings = [areas[0], *(shapely.difference(outer, inner) for outer, inner in zip(areas[1:], areas, strict=False))]
        kept = [(limit, ring) for limit, ring in zip(limits, rings, strict=True) if not ring.is_empty]
        frame = frame_of([ring for _limit, ring in kept], upto=[round(float(limit), 2) for limit, _ring in kept])
        frame["area_m2"] = frame.geometry.area.round(1)
        unit = _("min") if work["by"] == "minutes" else "m"
        labels = {"upto": _("up to (%(unit)s)") % {"unit": unit}, "area_m2": _("area (m²)")}
        facts = [(_("Facilities"), len(nodes)), (_("Reached ground (ha)"), round(float(frame.area_m2.sum()) / 10_000, 1))]
        classes = [[limit, colour] for limit, colour in zip(frame.upto, reversed(shades("green", len(frame))), strict=True)]
        breaks = [round(float(value) + 1e-6, 6) for value, _colour in classes[:-1]]
        look = {
            "kind": "graduated",
            "field": "upto",
            "breaks": breaks,
            "colours": [shade for _value, shade in classes],
            "colour": "#b8c2c9",
        }
        return Result(frame, labels, facts, look)
