"""From the body of a Transaction to writes of layers' features.

Filters of Update, Replace and Delete are evaluated before anything is written; they select among the rows that the person sees.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.access import Scope
from gis_core.geometry import SENTENCES, GeometryFault, from_geojson
from layers.attributes import attributes
from layers.editing.contract import FeatureIn, Write
from layers.filters.selecting import Filter
from layers.layer import FeatureLayer
from layers.wfs.dialect import Dialect, WfsError, local
from layers.wfs.fes import is_by_id, property_name, read_filter
from layers.wfs.gml_reading import is_geometry, read_geometry
from layers.wfs.srs import Srs, parse_srs
from layers.wfs.types import find_type
from layers.xml import Element

Kind = Literal["Insert", "Update", "Replace", "Delete"]
MAX_WRITES = 1_000
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_KINDS = ("Insert", "Update", "Replace", "Delete")


@dataclass(frozen=True)
class Action:
    """One element of the body with the writes that it means."""

    kind: Kind
    layer: FeatureLayer
    handle: str
    writes: list[Write] = field(default_factory=list)


def read_actions(root: Element, dialect: Dialect, scope: Scope) -> list[Action]:
    """The actions in their order. Raises WfsError, BadParameter."""
    if root.get("lockId") or any(local(str(child.tag)) == "LockId" for child in root):
        raise WfsError("InvalidLockId", _("There are no locks here; who is working on a feature is told when it is saved."), "lockId")
    reader = _Reader(dialect, scope, root.get("srsName"))
    found: list[Action] = []
    for element in root:
        kind = local(str(element.tag))
        if kind == "Native":
            raise WfsError(
                "InvalidParameterValue", _("Native operations of other servers are not understood here."), element.get("handle") or "Native"
            )
        if kind not in _KINDS:
            sentence = _("A Transaction holds Insert, Update, Replace and Delete, not “%(name)s”.")
            raise WfsError("OperationParsingFailed", sentence % {"name": kind[:60]}, "Transaction")
        found += reader.actions(kind, element)
        if sum(len(action.writes) for action in found) > MAX_WRITES:
            sentence = _("A Transaction writes at most %(limit)d features; save in several steps.")
            raise WfsError("OperationProcessingFailed", sentence % {"limit": MAX_WRITES}, "Transaction")
    return found


@dataclass(frozen=True)
class _Reader:
    dialect: Dialect
    scope: Scope
    srs_name: str | None

    def actions(self, kind: str, element: Element) -> list[Action]:
        if kind == "Insert":
            return self._inserts(element)
        return [self._replace(element) if kind == "Replace" else self._update(element) if kind == "Update" else self._delete(element)]

    def _inserts(self, element: Element) -> list[Action]:
        found: list[Action] = []
        handle = element.get("handle") or ""
        for feature in _features(element):
            layer = find_type(str(feature.tag), self.scope, handle or "Insert")
            write = Write("create", feature=self._feature(feature, layer, element))
            if found and found[-1].layer is layer:
                found[-1].writes.append(write)
            else:
                found.append(Action("Insert", layer, handle, [write]))
        if not found:
            raise WfsError("OperationParsingFailed", _("Insert holds no feature."), handle or "Insert")
        return found

    def _update(self, element: Element) -> Action:
        layer = self._type_of(element)
        values: dict[str, object] = {}
        geometry = None
        for part in element:
            if local(str(part.tag)) != "Property":
                continue
            name, value = _property(part)
            if name == layer.geometry:
                geometry = self._geometry(value, layer, element)
            else:
                values[name] = _text(value)
        if not values and geometry is None:
            raise WfsError("OperationParsingFailed", _("Update names no property."), element.get("handle") or "Update")
        feature = FeatureIn(values, geometry)
        return Action("Update", layer, element.get("handle") or "", [Write("update", pk, feature) for pk in self._selected(element, layer)])

    def _replace(self, element: Element) -> Action:
        features = [child for child in element if local(str(child.tag)) != "Filter"]
        if len(features) != 1:
            raise WfsError("OperationParsingFailed", _("Replace holds one feature and a Filter."), element.get("handle") or "Replace")
        layer = find_type(str(features[0].tag), self.scope, "Replace")
        feature = self._feature(features[0], layer, element)
        return Action(
            "Replace", layer, element.get("handle") or "", [Write("replace", pk, feature) for pk in self._selected(element, layer)]
        )

    def _delete(self, element: Element) -> Action:
        layer = self._type_of(element)
        return Action("Delete", layer, element.get("handle") or "", [Write("delete", pk) for pk in self._selected(element, layer)])

    def _type_of(self, element: Element) -> FeatureLayer:
        name = element.get("typeName")
        if not name:
            raise WfsError("MissingParameterValue", _("The parameter %(name)s is missing.") % {"name": "typeName"}, "typeName")
        return find_type(name, self.scope, "typeName")

    def _selected(self, element: Element, layer: FeatureLayer) -> list[int]:
        """Keys of the rows that the Filter selects. Raises WfsError without a Filter, and for an id that is nowhere."""
        condition = next((child for child in element if local(str(child.tag)) == "Filter"), None)
        if condition is None:
            sentence = _("%(kind)s has no Filter; here it would mean every feature, and that is refused.")
            raise WfsError("MissingParameterValue", sentence % {"kind": local(str(element.tag))}, "Filter")
        term = read_filter(condition, layer, self.dialect)
        rows = Filter(layer, term).of(layer.rows(layer.reach(self.scope)))
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[: MAX_WRITES + 1])
        if is_by_id(condition) and len(keys) < len({str(child.attrib) for child in condition}):
            raise WfsError(
                "InvalidParameterValue", _("There is no such feature, or it is not open to you."), element.get("handle") or "Filter"
            )
        return keys

    def _feature(self, element: Element, layer: FeatureLayer, action: Element) -> FeatureIn:
        known = {attribute.name for attribute in attributes(layer)}
        follows = _following(layer)
        values: dict[str, object] = {}
        geometry = None
        for child in element:
            name = local(str(child.tag))
            if name == layer.geometry:
                geometry = self._geometry(child, layer, action)
            elif name not in follows and (name in known or "opengis.net/gml" not in str(child.tag)):
                values[name] = _text(child)
        return FeatureIn(values, geometry)

    def _geometry(self, holder: Element | None, layer: FeatureLayer, action: Element) -> shapely.Geometry | None:
        """The geometry inside a property, in the layer's CRS; None where there is none. Raises WfsError with the place of the fault."""
        inside = next((child for child in holder if is_geometry(child)), None) if holder is not None else None
        if inside is None:
            if holder is not None and len(holder):
                raise WfsError(
                    "InvalidParameterValue", _("The property %(name)s holds no GML geometry.") % {"name": layer.geometry}, layer.geometry
                )
            return None
        named = action.get("srsName") or self.srs_name
        default = parse_srs(named, layer, dialect=self.dialect) if named else None
        shape = read_geometry(inside, layer, self.dialect, default)
        if "bbox" in shape.value:
            raise WfsError("InvalidParameterValue", _("An envelope is no geometry of a feature."), layer.geometry)
        return fitting(layer, shape.value, shape.srs)


def _following(layer: FeatureLayer) -> frozenset[str]:
    """Attributes that nobody gives to a new feature because they follow from elsewhere: a feature that is copied in QGIS brings them."""
    units = frozenset(attribute.name for attribute in attributes(layer) if attribute.part)
    derived: frozenset[str] = getattr(layer.editor, "derived", frozenset())
    return units | derived


def fitting(layer: FeatureLayer, value: Mapping[str, Any], srs: Srs) -> shapely.Geometry:
    """A GeoJSON geometry as shapely in the layer's CRS; what QGIS wraps into a multi-geometry of one part is unwrapped."""
    try:
        geometry = from_geojson(value, srid=srs.srid)
    except GeometryFault as fault:
        params = {name: _(text) if name == "reason" and isinstance(text, str) else text for name, text in fault.params.items()}
        raise WfsError("InvalidParameterValue", _(SENTENCES[fault.code]) % params, layer.geometry) from None
    if srs.srid != layer.srid:
        move = crs.transformer(srs.srid, layer.srid).transform
        geometry = shapely.transform(geometry, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
    is_multi = layer.geometry_field.geom_type.upper().startswith(("MULTI", "GEOMETRY"))
    if not is_multi and geometry.geom_type.startswith("Multi") and len(geometry.geoms) == 1:
        geometry = geometry.geoms[0]
    return geometry


def _features(element: Element) -> Iterator[Element]:
    """The features of an Insert, also inside of collections, as some clients wrap them."""
    for child in element:
        if local(str(child.tag)) in ("FeatureCollection", "featureMember", "featureMembers", "member"):
            yield from _features(child)
        else:
            yield child


def _property(element: Element) -> tuple[str, Element | None]:
    name, value = "", None
    for child in element:
        kind = local(str(child.tag))
        if kind in ("Name", "ValueReference"):
            name = property_name(str(child.text or ""))
        elif kind == "Value":
            value = child
    if not name:
        raise WfsError("OperationParsingFailed", _("A Property names no attribute."), "Property")
    return name, value


def _text(element: Element | None) -> str | None:
    """The text of a value; None for a value that is not there or is nil."""
    if element is None or element.get(_NIL) in ("true", "1"):
        return None
    return "".join(element.itertext())
