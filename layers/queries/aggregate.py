"""`/query/aggregate`: count, sum, mean, least and greatest of a layer by unit, cell, time or attribute."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from django.db.models import F
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.changes.clock import clock
from gis_core.errors import BadParameter
from gis_core.models import AdminUnit
from layers.attributes import Attribute, attributes
from layers.layer import FeatureLayer
from layers.ogc.crs import LONLAT, Crs, parse
from layers.ogc.media import CSV, GEOJSON, JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.parameters import Parameters
from layers.queries import asking, mixed, zone
from layers.queries.asking import Asked, read_asked
from layers.queries.at_point import any_layer
from layers.queries.groups import MEASURES, TIMES, Group, Measured, by_cell, by_expression, by_time, by_unit, total
from layers.queries.within import inside
from layers.queries.zone import Zone, read_zone

NAMES = (*asking.NAMES, *zone.NAMES, "by", "measure", "field", "level", "size", "crs")
LEVELS = tuple(AdminUnit.Level.values)
CELLS = ("grid", "hexagon")
OUTLINED = ("unit", *CELLS)
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


@resource(*mixed.FORMATS)
def aggregate(call: Call) -> Document:
    """{layer, by, measure, groups: [{key, label, count, value}], count}; cells and units have outlines in the other formats.

    Every row that the caller reaches and the question selects counts in exactly one group, so groups add up to `count`.
    """
    parameters = call.parameters(*NAMES)
    question = read_question(call, parameters)
    if call.media not in (JSON, CSV) and question.by not in OUTLINED:
        raise BadParameter(_("f=%(f)s is for by=unit, grid or hexagon; other groups have no outline.") % {"f": call.media.key}, field="f")
    named = parse(parameters.text("crs"), question.asked.layer, "crs")

    def build() -> Content:
        groups = question.groups()
        described: Content = {
            "layer": question.asked.layer.name,
            "by": question.by,
            "measure": question.measured.measure,
            "count": total(groups),
        }
        if call.media is GEOJSON:
            return {"type": "FeatureCollection", **described, "features": outlined(groups, question.by, named)}
        return {**described, "groups": [_plain(group) for group in groups]}

    def find(in_crs: Crs) -> list[mixed.Found]:
        layer = question.asked.layer
        return [mixed.Found(layer.name, str(layer.title), outlined(question.groups(), question.by, in_crs), "label")]

    boxes = [None if question.area is None else question.area.box]
    states = () if question.area is None else question.area.states
    units = (str(clock.stamp(AdminUnit._meta.db_table)),) if question.by == "unit" else ()
    found = [question.asked.state(boxes), *states, *units]
    if call.media is GEOJSON:
        return Document(build, "", found, headers={"Content-Crs": f"<{named.uri}>"})
    return mixed.document(call, named, find, build, found)


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


def outlined(groups: list[Group], by: str, named: Crs) -> list[dict[str, Any]]:
    """Groups as features: cells and units with their outlines, other groups with none."""
    shapes = _units(groups, named) if by == "unit" else [_in_crs(group.geometry, named) for group in groups]
    return [
        {
            "type": "Feature",
            "id": group.key["id"] if by == "unit" and group.key else group.key,
            "geometry": shape,
            "properties": {"label": group.label, "count": group.count, "value": group.value},
        }
        for group, shape in zip(groups, shapes, strict=True)
    ]


def _units(groups: list[Group], named: Crs) -> list[orjson.Fragment | None]:
    layer = any_layer()
    keys = [group.key["id"] for group in groups if group.key]
    found = dict(AdminUnit.objects.filter(pk__in=keys).values_list("pk", named.geometry(layer)))
    return [orjson.Fragment(found[group.key["id"]]) if group.key and found.get(group.key["id"]) else None for group in groups]


def _in_crs(geometry: Mapping[str, Any] | None, named: Crs) -> Mapping[str, Any] | None:
    """A cell's ring, which is in degrees, in another CRS."""
    if geometry is None or named == LONLAT:
        return geometry
    ring = shapely.get_coordinates(shapely.geometry.shape(geometry))
    x, y = ring.T if named.srid == crs.WGS84 else crs.transformer(crs.WGS84, named.srid).transform(*ring.T)
    places = np.column_stack([y, x] if named.latitude_first else [x, y]).round(7 if named.is_geographic else 3)
    return {"type": "Polygon", "coordinates": [places.tolist()]}
