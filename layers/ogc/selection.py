"""Which features a request for items selects: area, time, equal properties, filter, page, CRS."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.changes.clock import Box
from gis_core.errors import BadParameter
from layers.attributes import Attribute, attributes
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.filters.selecting import Filter, read_filter
from layers.layer import FeatureLayer, Interval
from layers.ogc.area import Area, area_of
from layers.ogc.crs import Crs, parse
from layers.ogc.paging import NAMES, Limits, Page, read_page
from layers.ogc.skipping import key_at
from layers.parameters import Moment, Parameters

RESERVED = ("bbox", "bbox-crs", "datetime", "crs", "properties", *FILTER_PARAMETERS, *NAMES)


@dataclass(frozen=True)
class Selection:
    """A request for items, understood."""

    layer: FeatureLayer
    area: Area | None
    when: Moment | Interval | None
    equal: Sequence[tuple[Attribute, object]]
    page: Page
    crs: Crs
    shown: Sequence[Attribute]
    filter: Filter | None = None

    def rows(self, reach: Reach) -> QuerySet[Any]:
        """The rows inside `reach` that are selected, whatever the page."""
        condition = Q(**{attribute.lookup: value for attribute, value in self.equal})
        if self.area is not None:
            condition &= self.area.condition(self.layer)
        rows = self.layer.rows(reach, self.when).filter(condition)
        return rows if self.filter is None else self.filter.of(rows)

    def placed(self, reach: Reach) -> "Selection":
        """The same with the key where its page begins, if memory can tell it: of a whole layer in the order of its keys."""
        is_whole = self.area is None and self.filter is None and self.when is None and not self.equal and not self.page.order.keys
        if not is_whole:
            return self
        return replace(self, page=replace(self.page, begins=key_at(self.layer, reach, self.page.offset)))

    @property
    def boxes(self) -> Sequence[Box | None]:
        """Where a change can touch the answer (EPSG:3857); [None] for everywhere."""
        return (None,) if self.area is None else self.area.boxes


def filters(layer: FeatureLayer) -> dict[str, Attribute]:
    """The attributes that are query parameters; a reserved name keeps its own meaning."""
    return {a.name: a for a in attributes(layer) if a.is_filterable and a.name not in (*RESERVED, "f", "min_seq")}


def read_selection(parameters: Parameters, layer: FeatureLayer, limits: Limits) -> Selection:
    """What the query selects; `limits` are the format's. Raises BadParameter."""
    box_crs = parse(parameters.text("bbox-crs"), layer, "bbox-crs")
    return Selection(
        layer,
        area_of(parameters.bbox(), box_crs, layer),
        parameters.when(),
        [(attribute, attribute.parse(text)) for name, attribute in filters(layer).items() if (text := parameters.text(name)) is not None],
        read_page(parameters, layer, lambda text: layer_key(layer, text), limits),
        parse(parameters.text("crs"), layer, "crs"),
        _shown(parameters, layer),
        read_filter({name: parameters.text(name) for name in FILTER_PARAMETERS}, layer),
    )


def _shown(parameters: Parameters, layer: FeatureLayer) -> Sequence[Attribute]:
    """The attributes that `properties=a,b` names, in the layer's order. Raises BadParameter."""
    names = parameters.names("properties")
    known = attributes(layer)
    if names is None:
        return known
    if unknown := set(names) - {attribute.name for attribute in known}:
        sentence = _("properties knows no “%(name)s”; accepted are: %(accepted)s.")
        values = {"name": min(unknown)[:60], "accepted": ", ".join(attribute.name for attribute in known)}
        raise BadParameter(sentence % values, field="properties")
    return [attribute for attribute in known if attribute.name in names]


def layer_key(layer: FeatureLayer, text: str) -> object:
    """A primary key from its text. Raises ValueError or ValidationError for what cannot be one."""
    column = layer.model._meta.pk
    assert column is not None
    key = column.to_python(text)
    if str(key) != text:
        raise ValueError(text)
    if isinstance(key, int) and not 0 <= key < 2**63:
        raise ValueError(text)
    return key
