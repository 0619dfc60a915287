"""Filters of WFS (OGC Filter Encoding 2.0, 1.1 and 1.0) as terms of the one algebra in `layers/filters`.

An operator becomes a node as CQL2-JSON has it, and the grammar of `layers/filters` gives it names, types and limits: what a
filter may ask is the same in every service, and so are the sentences about what it may not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from layers.attributes import Attribute, attributes
from layers.filters.grammar import Grammar
from layers.filters.reading import MAX_DEPTH, MAX_OPERATORS
from layers.filters.terms import Always, Among, Constant, Near, Not, Ref, Spatial, Term, junction
from layers.layer import FeatureLayer
from layers.ogc.selection import layer_key
from layers.wfs.dialect import V200, Dialect, WfsError, local, other_type
from layers.wfs.fes_values import literal, pattern, temporal
from layers.wfs.gml_reading import is_geometry, read_geometry
from layers.wfs.srs import Srs
from layers.xml import Element

_COMPARISONS: Mapping[str, str] = MappingProxyType(
    {
        "PropertyIsEqualTo": "=",
        "PropertyIsNotEqualTo": "<>",
        "PropertyIsLessThan": "<",
        "PropertyIsGreaterThan": ">",
        "PropertyIsLessThanOrEqualTo": "<=",
        "PropertyIsGreaterThanOrEqualTo": ">=",
    }
)
_SPATIAL: Mapping[str, str] = MappingProxyType(
    {
        "BBOX": "s_intersects",
        "Equals": "s_equals",
        "Disjoint": "s_disjoint",
        "Intersects": "s_intersects",
        "Touches": "s_touches",
        "Crosses": "s_crosses",
        "Within": "s_within",
        "Contains": "s_contains",
        "Overlaps": "s_overlaps",
    }
)
_TEMPORAL: Mapping[str, str] = MappingProxyType(
    {
        "After": "t_after",
        "Before": "t_before",
        "Begins": "t_starts",
        "BegunBy": "t_startedby",
        "TContains": "t_contains",
        "During": "t_during",
        "TEquals": "t_equals",
        "TOverlaps": "t_overlaps",
        "Meets": "t_meets",
        "OverlappedBy": "t_overlappedby",
        "MetBy": "t_metby",
        "Ends": "t_finishes",
        "EndedBy": "t_finishedby",
        "AnyInteracts": "t_intersects",
    }
)
_METRES: Mapping[str, float] = MappingProxyType(
    {"": 1.0, "m": 1.0, "metre": 1.0, "meter": 1.0, "meters": 1.0, "metres": 1.0, "km": 1000.0, "kilometers": 1000.0, "kilometre": 1000.0}
)
_NAMES = ("ValueReference", "PropertyName")
_IDS: Mapping[str, tuple[str, ...]] = MappingProxyType({"ResourceId": ("rid",), "FeatureId": ("fid",), "GmlObjectId": ("id",)})
COMPARISON_OPERATORS = (*_COMPARISONS, "PropertyIsLike", "PropertyIsNull", "PropertyIsNil", "PropertyIsBetween")
SPATIAL_OPERATORS = (*_SPATIAL, "DWithin", "Beyond")
# AnyInteracts is read too, but the standard's own schema has no such name for capabilities.
TEMPORAL_OPERATORS = tuple(name for name in _TEMPORAL if name != "AnyInteracts")
ID_NAME = "@id"
# Properties that every feature of GML may have and none of ours has: they are always null.
_NEVER_THERE = frozenset({"gml:name", "gml:description", "gml:identifier"})


def read_filter(element: Element, layer: FeatureLayer, dialect: Dialect = V200, default: Srs | None = None) -> Term:
    """The term of a Filter element. Raises WfsError, BadParameter that say what is wrong and what is accepted."""
    if local(str(element.tag)) != "Filter":
        raise _bad(_("filter: a Filter element is expected, not “%(name)s”.") % {"name": local(str(element.tag))[:60]})
    children = list(element)
    if not children:
        raise _bad(_("filter is empty; leave the parameter out to select everything."))
    reader = _Reader(layer, dialect, default, [MAX_OPERATORS])
    if is_by_id(element):
        return junction("or", [reader.term(child, MAX_DEPTH) for child in children])
    if len(children) > 1:
        raise _bad(_("filter: there is more than one condition; join them by And or Or."))
    return reader.term(children[0], MAX_DEPTH)


def is_by_id(element: Element) -> bool:
    """Whether a Filter names features by their ids alone."""
    return len(element) > 0 and all(local(str(child.tag)) in _IDS for child in element)


def ids_term(layer: FeatureLayer, ids: list[str]) -> Term:
    """Features by their ids (`parcels.12`). Ids of other types and ids that cannot be are of no feature."""
    keys: dict[str, object] = {}
    for text in ids:
        name, dot, key = text.strip().rpartition(".")
        if dot and local(name) == layer.name:
            try:
                keys[key] = layer_key(layer, key)
            except (ValueError, ValidationError):
                continue
    if not keys:
        return Always(truth=False)
    return Among(Ref(ID_NAME, "pk"), tuple(Constant(keys[key]) for key in sorted(keys)))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Reader:
    layer: FeatureLayer
    dialect: Dialect
    default: Srs | None
    budget: list[int] = field(default_factory=lambda: [MAX_OPERATORS])

    def term(self, element: Element, depth: int) -> Term:
        self.budget[0] -= 1
        if self.budget[0] < 0:
            raise _bad(_("filter has more than %(limit)d operators.") % {"limit": MAX_OPERATORS})
        if depth == 0:
            raise _bad(_("filter is nested deeper than %(limit)d levels.") % {"limit": MAX_DEPTH})
        name = local(str(element.tag))
        if name in ("And", "Or"):
            if not len(element):
                raise _bad(_("filter: “%(op)s” has too few or too many arguments.") % {"op": name})
            return junction("and" if name == "And" else "or", [self.term(child, depth - 1) for child in element])
        if name == "Not":
            return Not(self.term(_only(element), depth - 1))
        if name in _IDS:
            fid = str(element.get(_attribute(element, _IDS[name])))
            if not self.dialect.is_first and "." in fid and local(fid.rpartition(".")[0]) != self.layer.name:
                raise other_type(fid)
            return ids_term(self.layer, [fid])
        return self._leaf(name, element)

    def _leaf(self, name: str, element: Element) -> Term:
        rules: dict[str, Callable[[str, Element], Term]] = {
            **dict.fromkeys(_COMPARISONS, self._compared),
            **dict.fromkeys(_SPATIAL, self._spatial),
            **dict.fromkeys(("DWithin", "Beyond"), self._near),
            **dict.fromkeys(_TEMPORAL, self._timed),
            **dict.fromkeys(("PropertyIsNull", "PropertyIsNil"), self._missing),
            "PropertyIsLike": self._like,
            "PropertyIsBetween": self._between,
        }
        rule = rules.get(name)
        if rule is None:
            accepted = ", ".join(("And", "Or", "Not", *rules))
            raise _bad(_("filter: “%(op)s” cannot stand here; accepted are: %(accepted)s.") % {"op": name[:60], "accepted": accepted})
        return rule(name, element)

    def _grammar(self, node: Mapping[str, Any]) -> Term:
        return Grammar(self.layer).term(node)

    def _compared(self, name: str, element: Element) -> Term:
        left, right = self._two(name, element)
        attribute = self._attribute(left if _is_name(left) else right)
        if any(_is_name(side) and local(str(side.text or "")) == "boundedBy" for side in (left, right)):
            # It is known, but no value that could be compared (the standard's own code for this).
            raise WfsError("OperationProcessingFailed", _("filter: boundedBy is a place; ask about it with BBOX."), "filter")
        if attribute is None and (_is_id(left) or _is_id(right)):
            return self._of_ids(name, right if _is_id(left) else left)
        sides = [self._operand(side, attribute) for side in (left, right)]
        if element.get("matchCase", "true").lower() in ("false", "0") and attribute is not None and attribute.kind == "string":
            sides = [{"op": "casei", "args": [side]} for side in sides]
        return self._grammar({"op": _COMPARISONS[name], "args": sides})

    def _of_ids(self, name: str, value: Element) -> Term:
        """`@gml:id = 'parcels.12'`."""
        found = ids_term(self.layer, ["".join(value.itertext())])
        return found if name == "PropertyIsEqualTo" else Not(found)

    def _like(self, name: str, element: Element) -> Term:
        left, right = self._two(name, element)
        attribute = self._attribute(left)
        text = "".join(right.itertext())
        said: dict[str, Any] = {"op": "like", "args": [self._operand(left, attribute), pattern(element, text)]}
        if element.get("matchCase", "true").lower() in ("false", "0"):
            said["args"] = [{"op": "casei", "args": [side]} for side in said["args"]]
        return self._grammar(said)

    def _between(self, name: str, element: Element) -> Term:
        children = list(element)
        if len(children) != 3:
            raise _bad(_("filter: “%(op)s” has too few or too many arguments.") % {"op": name})
        attribute = self._attribute(children[0])
        low, high = (self._operand(_only(child), attribute) for child in children[1:])
        return self._grammar({"op": "between", "args": [self._operand(children[0], attribute), low, high]})

    def _missing(self, _name: str, element: Element) -> Term:
        if str(_only(element).text or "").strip() in _NEVER_THERE:
            return Always(truth=True)
        return self._grammar({"op": "isNull", "args": [{"property": self._name_of(_only(element))}]})

    def _spatial(self, name: str, element: Element) -> Term:
        shape = self._shape(element)
        return self._grammar({"op": _SPATIAL[name], "args": [{"property": self._geometry_of(element)}, shape]})

    def _near(self, name: str, element: Element) -> Term:
        distance = next((child for child in element if local(str(child.tag)) == "Distance"), None)
        unit = "" if distance is None else str(distance.get("uom") or distance.get("units") or "").rpartition(":")[2].rpartition("#")[2]
        if distance is None or unit.lower() not in _METRES:
            raise _bad(_("filter: %(op)s needs a Distance with uom m or km.") % {"op": name})
        metres = literal(str(distance.text or "").strip(), "number")
        if not isinstance(metres, float | int) or not 0 <= metres * _METRES[unit.lower()] <= 1e6:
            raise _bad(_("filter: the distance must be a number between 0 and 1,000 km."))
        self._geometry_of(element)
        touching = self._grammar({"op": "s_intersects", "args": [{"property": self.layer.geometry}, self._shape(element)]})
        assert isinstance(touching, Spatial)
        found = Near(self.layer.geometry, self.layer.srid, touching.shape, float(metres) * _METRES[unit.lower()])
        return found if name == "DWithin" else Not(found)

    def _timed(self, name: str, element: Element) -> Term:
        left, right = self._two(name, element)
        attribute = self._attribute(left)
        when = temporal(right, attribute.kind if attribute else None)
        return self._grammar({"op": _TEMPORAL[name], "args": [{"property": self._name_of(left)}, when]})

    def _shape(self, element: Element) -> dict[str, Any]:
        found = next((child for child in element if is_geometry(child)), None)
        if found is None:
            inside = (grandchild for child in element if local(str(child.tag)) == "Literal" for grandchild in child)
            found = next((child for child in inside if is_geometry(child)), None)
        if found is None:
            raise _bad(_("filter: “%(op)s” needs a geometry in GML.") % {"op": local(str(element.tag))})
        shape = read_geometry(found, self.layer, self.dialect, self.default)
        return {**shape.value, "reference": shape.srs.reference}

    def _geometry_of(self, element: Element) -> str:
        """The geometry that a spatial operator asks about; none named is the layer's own."""
        named = [self._name_of(child) for child in element if _is_name(child)]
        name = named[0] if named else self.layer.geometry
        return self.layer.geometry if name in ("boundedBy", "") else name

    def _two(self, name: str, element: Element) -> tuple[Element, Element]:
        children = list(element)
        if len(children) != 2:
            raise _bad(_("filter: “%(op)s” has too few or too many arguments.") % {"op": name})
        return children[0], children[1]

    def _operand(self, element: Element, attribute: Attribute | None) -> Any:
        if _is_name(element):
            return {"property": self._name_of(element)}
        if local(str(element.tag)) != "Literal":
            raise _bad(_("filter: “%(op)s” is not computed here; a name and a Literal are.") % {"op": local(str(element.tag))[:60]})
        return literal("".join(element.itertext()), attribute.kind if attribute else "string")

    def _attribute(self, element: Element) -> Attribute | None:
        name = self._name_of(element) if _is_name(element) else ""
        return next((found for found in attributes(self.layer) if found.name == name), None)

    def _name_of(self, element: Element) -> str:
        if not _is_name(element):
            accepted = ", ".join(attribute.name for attribute in attributes(self.layer))
            raise _bad(_("filter: an attribute of the layer is expected; there are: %(accepted)s.") % {"accepted": accepted})
        return property_name(str(element.text or ""))


def property_name(text: str) -> str:
    """The attribute that a path names: `ioc:parcels/ioc:land_use` and `land_use` are the same. Raises WfsError."""
    steps = text.strip().strip("/").split("/")
    if len(steps) > 2 or any(sign in text for sign in "([*"):
        raise _bad(_("“%(name)s” is no simple name of an attribute.") % {"name": text.strip()[:60]})
    return local(steps[-1])


def _is_name(element: Element) -> bool:
    return local(str(element.tag)) in _NAMES


def _is_id(element: Element) -> bool:
    return _is_name(element) and str(element.text or "").strip().rpartition("/")[2] in ("@gml:id", "@id", "@fid")


def _attribute(element: Element, names: tuple[str, ...]) -> str:
    for key in element.attrib:
        if local(str(key)) in names:
            return str(key)
    raise _bad(_("filter: %(name)s lacks its attribute %(attribute)s.") % {"name": local(str(element.tag)), "attribute": names[0]})


def _only(element: Element) -> Element:
    children = list(element)
    if len(children) != 1:
        raise _bad(_("filter: “%(op)s” has too few or too many arguments.") % {"op": local(str(element.tag))})
    return children[0]


def _bad(sentence: str) -> WfsError:
    return WfsError("InvalidParameterValue", sentence, "filter")
