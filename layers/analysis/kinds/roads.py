"""What the analyses along roads ask alike: the roads, how distance is counted, and which roads are closed."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.parameters import Choice, FieldChoice, FilterText, LayerChoice
from layers.analysis.work import Work
from layers.queries.network import Network, network

ROADS = (
    LayerChoice(name="roads", label=gettext_lazy("Along the roads of"), geometries=("line",), default="roads"),
    FilterText(name="roads_filter", label=gettext_lazy("Only roads with"), of="roads", hint=gettext_lazy("traffic_state <> 'closed'")),
    Choice(name="by", label=gettext_lazy("Measured in"), default="metres",
           options={"metres": gettext_lazy("metres"), "minutes": gettext_lazy("minutes by car")}),
    FieldChoice(name="speed", label=gettext_lazy("Attribute with the speed (km/h)"), of="roads", numeric=True, required=False),
)  # fmt: skip
_USUAL_KMH = 30.0


def on_roads(work: Work, places: Any) -> Network:
    """The asked roads as a network with some places on it. Raises BadParameter without roads."""
    speed = work["speed"]
    rows = work.read(work.asked("roads", "roads_filter"), *([speed] if speed else []), within=around(work))
    lines, owner = shapely.get_parts(rows.shapes, return_index=True)
    if not len(lines):
        raise BadParameter(_("There are no roads there that are open to you."), field="roads")
    per_metre = np.ones(len(lines))
    if work["by"] == "minutes":
        kmh = np.array([float(value) if value else _USUAL_KMH for value in rows.values[speed.name]])[owner] if speed else _USUAL_KMH
        per_metre = 60 / (1_000 * np.maximum(kmh, 1.0)) * np.ones(len(lines))
    return network(lines, per_metre, places)


def around(work: Work) -> Any:
    """The unit's surroundings: a way may lead outside of it."""
    return None if work.area is None else work.area.envelope.buffer(5_000)
