"""Geometries of requests: GML 2, 3.1 and 3.2 as GeoJSON mappings, east first, for the guarded parser of geometries.

Nothing is built from them here; depth, number of vertices and validity are that parser's matter (gis_core/geometry.py).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from layers.layer import FeatureLayer
from layers.parameters import parse_number
from layers.wfs.dialect import V200, Dialect, WfsError, local
from layers.wfs.srs import Srs, parse_srs
from layers.xml import Element

Position = list[float]
MAX_NUMBERS = 400_000
_SPACE = re.compile(r"\s+")
_MULTI = {
    "MultiPoint": ("MultiPoint", "Point"),
    "MultiLineString": ("MultiLineString", "LineString"),
    "MultiCurve": ("MultiLineString", "LineString"),
    "MultiPolygon": ("MultiPolygon", "Polygon"),
    "MultiSurface": ("MultiPolygon", "Polygon"),
}
ENVELOPES = ("Envelope", "Box")


@dataclass(frozen=True)
class Shape:
    """A geometry as GeoJSON, or a box (`bbox` of four numbers), east first, with its CRS."""

    value: Mapping[str, Any]
    srs: Srs


def is_geometry(element: Element) -> bool:
    """Whether an element is a geometry or an envelope."""
    return local(str(element.tag)) in (*_READERS, *_MULTI, *ENVELOPES, "MultiGeometry")


def read_geometry(element: Element, layer: FeatureLayer, dialect: Dialect = V200, default: Srs | None = None) -> Shape:
    """The geometry of an element. Without srsName anywhere inside `default` holds, else the layer's own CRS. Raises WfsError."""
    named = next((str(found.get("srsName")) for found in element.iter() if found.get("srsName")), None)
    srs = default if named is None and default is not None else parse_srs(named, layer, dialect=dialect)
    # GML 2 never turned axes, whatever its srsName says.
    is_old = dialect.version == "1.0.0" or next(element.iter("{*}coordinates", "{*}coord"), None) is not None
    reader = _Reader(turned=srs.latitude_first and not is_old, budget=[MAX_NUMBERS])
    name = local(str(element.tag))
    value = {"bbox": reader.box(element)} if name in ENVELOPES else reader.geometry(element)
    return Shape(value, Srs(srs.srid, srs.name, east_first=True))


@dataclass(frozen=True)
class _Reader:
    turned: bool
    budget: list[int]

    def geometry(self, element: Element) -> dict[str, Any]:
        name = local(str(element.tag))
        if name in _MULTI:
            kind, part = _MULTI[name]
            parts = [self.geometry(member) for member in _members(element)]
            if any(found["type"] != part for found in parts):
                raise _bad(_("A %(name)s has a member of another kind.") % {"name": name})
            return {"type": kind, "coordinates": [found["coordinates"] for found in parts]}
        if name == "MultiGeometry":
            return {"type": "GeometryCollection", "geometries": [self.geometry(member) for member in _members(element)]}
        reader = _READERS.get(name)
        if reader is None:
            raise _bad(_("The geometry “%(name)s” is not read; points, lines and polygons without arcs are.") % {"name": name[:40]})
        return reader(self, element)

    def point(self, element: Element) -> dict[str, Any]:
        (position,) = self.positions(element, 1)
        return {"type": "Point", "coordinates": position}

    def line(self, element: Element) -> dict[str, Any]:
        return {"type": "LineString", "coordinates": self.path(element)}

    def path(self, element: Element) -> list[Position]:
        """Positions of a line, of a curve's straight segments, or of a ring made of curves."""
        name = local(str(element.tag))
        if name in ("Curve", "Ring", "CompositeCurve"):
            parts = [part for child in element for part in child if local(str(child.tag)) in ("segments", "curveMember")]
            found: list[Position] = []
            for part in parts:
                if local(str(part.tag)) not in ("LineStringSegment", "LineString", "Curve"):
                    raise _bad(_("Curves other than straight segments are not read."))
                path = self.path(part)
                found += path[1:] if found and path and found[-1] == path[0] else path
            return found
        return self.positions(element)

    def polygon(self, element: Element) -> dict[str, Any]:
        rings: list[list[Position]] = []
        for child in element:
            if local(str(child.tag)) not in ("exterior", "outerBoundaryIs", "interior", "innerBoundaryIs"):
                continue
            for ring in child:
                rings.append(self.path(ring))
        if not rings:
            raise _bad(_("A polygon has no exterior ring."))
        return {"type": "Polygon", "coordinates": rings}

    def surface(self, element: Element) -> dict[str, Any]:
        patches = [self.polygon(patch) for child in element if local(str(child.tag)) in ("patches", "polygonPatches") for patch in child]
        if len(patches) == 1:
            return patches[0]
        return {"type": "MultiPolygon", "coordinates": [patch["coordinates"] for patch in patches]}

    def box(self, element: Element) -> list[float]:
        corners = [self.position_of(child) for child in element if local(str(child.tag)) in ("lowerCorner", "upperCorner")]
        low, high = (corners if len(corners) == 2 else self.positions(element, 2))[:2]
        return [low[0], low[1], high[0], high[1]]

    def position_of(self, element: Element) -> Position:
        found = list(self._pairs(_numbers(element.text, self.budget), 2))
        if len(found) != 1:
            raise _bad(_("A position needs two coordinates."))
        return found[0]

    def positions(self, element: Element, count: int | None = None) -> list[Position]:
        """The positions inside, in whichever of GML's four ways they are written."""
        found: list[Position] = []
        for child in element:
            name = local(str(child.tag))
            if name in ("pos", "posList"):
                found += self._pairs(_numbers(child.text, self.budget), self._dimension(child, element))
            elif name == "coordinates":
                found += self._coordinates(child)
            elif name == "coord":
                found.append([_number(part.text) for part in child][:2])
            elif name in ("pointProperty", "pointRep"):
                found += [position for point in child for position in self.positions(point, 1)]
        if count is not None and len(found) != count:
            raise _bad(
                _("%(name)s has %(found)d positions instead of %(count)d.")
                % {"name": local(str(element.tag)), "found": len(found), "count": count}
            )
        return found

    def _dimension(self, child: Element, parent: Element) -> int:
        told = next((node.get("srsDimension") for node in (child, parent, *parent.iterancestors()) if node.get("srsDimension")), "2")
        if local(str(child.tag)) == "pos" and not child.get("srsDimension"):
            return max(2, min(3, len((child.text or "").split())))
        return 3 if told == "3" else 2

    def _coordinates(self, element: Element) -> list[Position]:
        point, inner, outer = (element.get("decimal") or ".", element.get("cs") or ",", element.get("ts") or " ")
        text = _SPACE.sub(" ", element.text or "").strip()
        tuples = [part for part in text.split(outer) if part.strip()]
        self._spend(2 * len(tuples))
        return [[_number(number.replace(point, ".")) for number in part.split(inner)][:2] for part in tuples]

    def _spend(self, numbers: int) -> None:
        self.budget[0] -= numbers
        if self.budget[0] < 0:
            raise _too_many()

    def _pairs(self, numbers: list[float], dimension: int) -> Iterator[Position]:
        if len(numbers) % dimension:
            raise _bad(_("A list of positions ends in the middle of one."))
        for place in range(0, len(numbers), dimension):
            first, second = numbers[place], numbers[place + 1]
            yield [second, first] if self.turned else [first, second]


def _members(element: Element) -> Iterator[Element]:
    for child in element:
        if local(str(child.tag)).endswith(("Member", "Members")):
            yield from child


def _numbers(text: str | None, budget: list[int]) -> list[float]:
    parts = (text or "").split()
    budget[0] -= len(parts)
    if budget[0] < 0:
        raise _too_many()
    return [_number(part) for part in parts]


def _number(text: str | None) -> float:
    return parse_number((text or "").strip(), "coordinates")


def _too_many() -> WfsError:
    return _bad(_("The geometry has more than %(limit)d coordinates.") % {"limit": MAX_NUMBERS})


def _bad(sentence: str) -> WfsError:
    return WfsError("InvalidParameterValue", sentence, "geometry")


_READERS: dict[str, Callable[[_Reader, Element], dict[str, Any]]] = {
    "Point": _Reader.point,
    "LineString": _Reader.line,
    "Curve": _Reader.line,
    "LinearRing": _Reader.line,
    "Polygon": _Reader.polygon,
    "Surface": _Reader.surface,
}
