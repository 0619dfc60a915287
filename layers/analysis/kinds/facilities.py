"""The nearest facility of each place by road: school, clinic, one-stop office; how far, and which."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.contract import Analysis, Result, analysis
from layers.analysis.kinds.density import graduated
from layers.analysis.kinds.roads import ROADS, around, on_roads
from layers.analysis.parameters import FilterText, LayerChoice, UnitChoice
from layers.analysis.work import Work, frame_of
from layers.attributes import attributes
from layers.queries.network import FARTHEST_M


@analysis
class NearestFacility(Analysis):
    """Along the roads, from each row of one layer to the nearest of another."""

    name, title = "nearest_facility", gettext_lazy("Nearest facility by road")
    abstract = gettext_lazy("How far each place is from the nearest facility along the roads, and which one that is.")
    layers = ("layer", "facilities", "roads")
    parameters = (
        LayerChoice(name="layer", label=gettext_lazy("From each of")),
        FilterText(name="filter", label=gettext_lazy("Only features with")),
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
        LayerChoice(name="facilities", label=gettext_lazy("To the nearest of"), default="facilities"),
        FilterText(name="facilities_filter", label=gettext_lazy("Only facilities with"), of="facilities"),
        *ROADS,
    )

    def run(self, work: Work) -> Result:
        """Points at the places, with the facility and the way."""
        rows = work.read(work.asked())
        named = [one for one in attributes(work["facilities"]) if one.name == work["facilities"].label_field]
        targets = work.read(work.asked("facilities", "facilities_filter"), *named, within=around(work))
        if not len(rows) or not len(targets):
            field = "facilities" if len(rows) else "layer"
            raise BadParameter(_("The layer has no rows there that are open to you."), field=field)
        places, there = shapely.centroid(rows.shapes), shapely.centroid(targets.shapes)
        net = on_roads(work, np.concatenate([places, there]))
        work.tell(_("Finding ways"), 0, 0)
        near = net.apart <= FARTHEST_M
        nodes = net.places[len(places) :][near[len(places) :]]
        if not len(nodes):
            raise BadParameter(_("No facility stands within 2 km of a road."), field="facilities")
        costs, source = net.ways(nodes)
        number = {int(node): index for index, node in enumerate(net.places[len(places) :])}
        here = net.places[: len(places)]
        reachable = np.isfinite(costs[here]) & near[: len(places)]
        which = [number.get(int(node)) if ok else None for node, ok in zip(source[here], reachable, strict=True)]
        frame = self._frame(rows, places, targets, which, np.where(reachable, costs[here], np.nan), named)
        return self._result(frame, work)

    def _frame(self, rows: Any, places: Any, targets: Any, which: list[int | None], costs: Any, named: Any) -> Any:
        keys = [None if number is None else str(targets.keys[number]) for number in which]
        frame = frame_of(places, feature=[str(key) for key in rows.keys], facility=keys, way=np.round(costs, 1))
        for attribute in named:
            values = targets.values[attribute.name]
            frame["facility_name"] = [None if number is None else str(values[number] or "") for number in which]
        return frame.astype({"way": float})

    def _result(self, frame: Any, work: Work) -> Result:
        unit = _("min") if work["by"] == "minutes" else "m"
        labels = {
            "feature": work["layer"].title,
            "facility": work["facilities"].title,
            "facility_name": _("facility"),
            "way": _("way (%(unit)s)") % {"unit": unit},
        }
        ways = frame.way.dropna()
        facts: list[tuple[Any, float | int | str]] = [(_("Places"), len(frame)), (_("Without a way"), int(frame.way.isna().sum()))]
        if len(ways):
            facts += [(_("Half are nearer than (%(unit)s)") % {"unit": unit}, round(float(ways.median()), 1))]
            facts += [(_("Farthest (%(unit)s)") % {"unit": unit}, round(float(ways.max()), 1))]
        return Result(frame, labels, facts, graduated("way", ways.to_numpy()) if len(ways) else None)
