"""`/query/aggregate`: count, sum, mean, least and greatest of a layer by unit, cell, time or attribute."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from gis_core.models import AdminUnit
from layers.attributes import Attribute, attributes
from layers.layer import FeatureLayer
from layers.ogc.media import GEOJSON, JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.parameters import Parameters
from layers.queries import asking, zone
from layers.queries.asking import Asked, read_asked
from layers.queries.groups import MEASURES, TIMES, Group, Measured, by_cell, by_expression, by_time, by_unit, total
from layers.queries.within import inside
from layers.queries.zone import Zone, read_zone

NAMES = (*asking.NAMES, *zone.NAMES, "by", "measure", "field", "level", "size")
LEVELS = tuple(AdminUnit.Level.values)
CELLS = ("grid", "hexagon")
MIN_SIZE, MAX_SIZE, DEFAULT_SIZE = 10.0, 100_000.0, 500.0
_GROUPABLE = ("string", "integer", "boolean", "date")


@dataclass(frozen=True)
class Question:
    """What is computed, by what, of which rows."""

    asked: Asked
    area: Zone | None
    by: str
    measured: Measured
    level: str
    size: float

    def groups(self) -> list[Group]:
        """Run it."""
        layer = self.asked.layer
        rows = self.asked.rows() if self.area is None else inside(self.asked, self.area)
        if self.by == "unit":
            return by_unit(rows, self.level, self.measured)
        if self.by in TIMES:
            return by_time(rows, layer, self.by, self.measured)
        if self.by == "grid":
            return by_cell(rows, layer, "grid", self.size, self.measured)
        if self.by == "hexagon":
            return by_cell(rows, layer, "hexagon", self.size, self.measured)
        attribute = _attributes(layer)[self.by]
        return by_expression(rows, F(attribute.lookup), self.measured, attribute.choices)


@resource(JSON, GEOJSON)
def aggregate(call: Call) -> Document:
    """{layer, by, measure, groups: [{key, label, count, value}], count}; cells come as GeoJSON with `f=geojson`.

    Every row that the caller reaches and the question selects counts in exactly one group, so groups add up to `count`.
    """
    question = read_question(call, call.parameters(*NAMES))
    if call.media is GEOJSON and question.by not in CELLS:
        raise BadParameter(_("f=geojson is for cells: by=grid or by=hexagon; other groups have no outline here."), field="f")

    def build() -> Content:
        groups = question.groups()
        described: Content = {
            "layer": question.asked.layer.name,
            "by": question.by,
            "measure": question.measured.measure,
            "count": total(groups),
        }
        if call.media is GEOJSON:
            return {"type": "FeatureCollection", **described, "features": [_feature(group) for group in groups]}
        return {**described, "groups": [_plain(group) for group in groups]}

    boxes = [None if question.area is None else question.area.box]
    states = () if question.area is None else question.area.states
    return Document(build, "", [question.asked.state(boxes), *states])


def read_question(call: Call, parameters: Parameters) -> Question:
    """From the query. Raises BadParameter, NotFound."""
    asked = read_asked(call, parameters)
    drawn = "geometry" in parameters or "of" in parameters
    level = parameters.text("level") or AdminUnit.Level.COMMUNE.value
    _one_of("level", level, LEVELS)
    return Question(
        asked,
        read_zone(call, parameters) if drawn else None,
        _by(parameters, asked.layer),
        _measured(parameters, asked.layer),
        level,
        parameters.number("size", low=MIN_SIZE, high=MAX_SIZE) or DEFAULT_SIZE,
    )


def _by(parameters: Parameters, layer: FeatureLayer) -> str:
    by = parameters.text("by") or ""
    named = [name for name, attribute in _attributes(layer).items() if attribute.kind in _GROUPABLE]
    units = ["unit"] if hasattr(layer.model, "admin_unit") else []
    times = TIMES if layer.time_fields else ()
    return _one_of("by", by, (*units, *CELLS, *times, *named))


def _measured(parameters: Parameters, layer: FeatureLayer) -> Measured:
    measure = _one_of("measure", parameters.text("measure") or "count", tuple(MEASURES))
    name = parameters.text("field")
    if measure == "count":
        if name is not None:
            raise BadParameter(_("measure=count counts rows: leave field away."), field="field")
        return Measured(measure)
    numbers = {key: attribute for key, attribute in _attributes(layer).items() if attribute.kind in ("integer", "number")}
    return Measured(measure, numbers[_one_of("field", name or "", tuple(numbers))])


def _attributes(layer: FeatureLayer) -> dict[str, Attribute]:
    return {attribute.name: attribute for attribute in attributes(layer)}


def _one_of(field: str, value: str, accepted: tuple[str, ...]) -> str:
    if value not in accepted:
        sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"field": field, "value": value[:40], "accepted": ", ".join(accepted) or "–"}, field=field)
    return value


def _plain(group: Group) -> dict[str, Any]:
    return {"key": group.key, "label": group.label, "count": group.count, "value": group.value}


def _feature(group: Group) -> dict[str, Any]:
    return {"type": "Feature", "id": group.key, "geometry": group.geometry, "properties": {"count": group.count, "value": group.value}}
