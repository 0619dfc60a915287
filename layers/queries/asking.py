"""What the queries over one layer read alike: the layer, the moment, the filter, and the rows that they select."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.changes.clock import Box
from gis_core.errors import BadParameter
from layers.catalogue import catalogue
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.filters.selecting import Filter, read_filter
from layers.freshness import layer_state
from layers.layer import FeatureLayer, Interval
from layers.ogc.resource import Call
from layers.parameters import AS_OF, Moment, Parameters

NAMES = ("layer", "datetime", AS_OF, *FILTER_PARAMETERS)


@dataclass(frozen=True)
class Asked:
    """One layer as one caller sees it, at a moment, behind a filter (CQL2)."""

    layer: FeatureLayer
    reach: Reach
    when: Moment | Interval | None = None
    filter: Filter | None = None

    def rows(self) -> QuerySet[Any]:
        """The rows that are asked about; permission is part of the query."""
        rows = self.layer.rows(self.reach, self.when)
        return rows if self.filter is None else self.filter.of(rows)

    def state(self, boxes: Iterable[Box | None] = (None,)) -> str:
        """What an answer made of these rows inside `boxes` (EPSG:3857) depends on."""
        return layer_state(self.layer, self.reach, boxes, dated=self.when is not None)


def read_asked(call: Call, parameters: Parameters) -> Asked:
    """From `layer`, `datetime`, `filter`. Raises BadParameter, and NotFound alike for unknown and forbidden layers."""
    name = parameters.text("layer")
    if not name:
        raise BadParameter(_("%(field)s is missing: the name of a layer, see /ogc/collections.") % {"field": "layer"}, field="layer")
    return of_layer(call, parameters, catalogue.features(name, call.scope, "query"))


def of_layer(call: Call, parameters: Parameters, layer: FeatureLayer) -> Asked:
    """The same for a layer that is known already."""
    found = read_filter({name: parameters.text(name) for name in FILTER_PARAMETERS}, layer)
    return Asked(layer, layer.reach(call.scope), moment_of(parameters, layer), found)


def moment_of(parameters: Parameters, layer: FeatureLayer) -> Moment | Interval | None:
    """When: `datetime`, or the state of the layer at `as-of`. Raises BadParameter."""
    past = parameters.as_of()
    return parameters.when() if past is None else state_of(layer, past)


def state_of(layer: FeatureLayer, past: Moment) -> Moment | Interval:
    """What a layer knew at a moment: the rows that were valid then; of events those that had happened."""
    is_event = layer.time_fields is not None and layer.time_fields[1] is None
    return (None, past) if is_event else past


def of_feature_layer(call: Call, layer: FeatureLayer) -> Asked:
    """A layer as the caller sees it now, without a filter."""
    return Asked(layer, layer.reach(call.scope))
