"""Features as GML, written by the database: one text a feature, so nothing is rendered value by value in Python.

Geometries inside of multi-geometries carry ids of their own: GML 3.2 demands a gml:id on each, which ST_AsGML gives to the
outermost alone.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import Expression, F, Func, TextField, Value

from layers.attributes import Attribute
from layers.layer import FeatureLayer
from layers.wfs.dialect import PREFIX, Dialect
from layers.wfs.query import Query
from layers.wfs.srs import Srs, urn

# ST_AsGML's options: 1 = URN of the CRS, 2 = no srsDimension, 4 = LineString instead of Curve, 16 = latitude first.
_OPTIONS, _LATITUDE_FIRST = 1 | 2 | 4, 16
# What XML 1.0 has no place for, though a text column has.
_ILLEGAL = "".join(map(chr, (*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)))
_TEXT = TextField()
_MULTI = {
    "MULTIPOINT": ("MultiPoint", "pointMember"),
    "MULTILINESTRING": ("MultiCurve", "curveMember"),
    "MULTIPOLYGON": ("MultiSurface", "surfaceMember"),
}


def member(query: Query, dialect: Dialect, wrapper: str) -> Expression:
    """One feature inside of `wrapper` (`wfs:member`, `gml:featureMember`, or nothing) as text."""
    layer = query.layer
    tag = f"{PREFIX}:{layer.name}"
    parts: list[Expression] = [_fixed(f'{_open(wrapper)}<{tag} gml:id="{layer.name}.'), _text(F("pk")), _fixed('">')]
    parts += [_element(f"{PREFIX}:{attribute.name}", value_of(attribute)) for attribute in query.attributes]
    if query.with_geometry:
        parts.append(_element(f"{PREFIX}:{layer.geometry}", geometry(layer, query.srs)))
    parts.append(_fixed(f"</{tag}>{_close(wrapper)}"))
    return _joined(parts)


def property_value(query: Query, attribute: Attribute | None) -> Expression:
    """One wfs:member with a single property; the geometry for None. NULL where the feature has none."""
    layer = query.layer
    name = attribute.name if attribute else layer.geometry
    value = value_of(attribute) if attribute else geometry(layer, query.srs)
    return _joined([_fixed(f"<wfs:member><{PREFIX}:{name}>"), value, _fixed(f"</{PREFIX}:{name}></wfs:member>")])


def id_value(query: Query) -> Expression:
    """One wfs:member with a feature's id as its text."""
    return _joined([_fixed(f"<wfs:member>{query.layer.name}."), _text(F("pk")), _fixed("</wfs:member>")])


def value_of(attribute: Attribute) -> Expression:
    """An attribute as XML text, NULL when it is absent."""
    column = F(attribute.lookup)
    if attribute.kind == "date-time":
        return Func(column, template="to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')", output_field=_TEXT)
    if attribute.kind in ("integer", "number", "boolean", "date", "uuid"):
        return _text(column)
    escaped: Expression = Func(_text(column), Value(_ILLEGAL), Value(""), function="translate", output_field=_TEXT)
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        escaped = Func(escaped, Value(sign), Value(entity), function="replace", output_field=_TEXT)
    return escaped


def geometry(layer: FeatureLayer, srs: Srs) -> Expression:
    """The geometry in `srs`, NULL when it is absent."""
    shape: Any = F(layer.geometry)
    if srs.srid != layer.srid:
        shape = Func(shape, Value(srs.srid), function="ST_Transform", output_field=GeometryField(srid=srs.srid))
    options = _OPTIONS | (_LATITUDE_FIRST if srs.latitude_first else 0)
    decimals = srs.decimals(layer)
    gid = _joined([_fixed(f"{layer.name}."), _text(F("pk")), _fixed(f".{layer.geometry}")])
    how = f"{decimals:d}, {options:d}, 'gml'"
    multi = _MULTI.get(layer.geometry_field.geom_type.upper())
    written: Expression
    if multi is None:
        written = Func(shape, gid, template="ST_AsGML(3, %(expressions)s)", arg_joiner=f", {how}, ", output_field=_TEXT)
    else:
        written = _multi(shape, gid, how, *multi, srs.srid)
    if srs.name == urn(srs.srid):
        return written
    names = (Value(f'srsName="{urn(srs.srid)}"'), Value(f'srsName="{_quoted(srs.name)}"'))
    return Func(written, *names, function="replace", output_field=_TEXT)


class _Parts(Func):
    """The parts of a multi-geometry, each with its number behind the feature's id."""

    output_field = _TEXT


def _multi(shape: Any, gid: Expression, how: str, name: str, part: str, srid: int) -> Expression:
    # Names and numbers of ours alone: nothing of a request's is in here.
    one = f"ST_AsGML(3, part.geom, {how}, wfs.gid || '.' || part.path[1])"
    parts = f"string_agg('<gml:{part}>' || {one} || '</gml:{part}>', '' ORDER BY part.path[1])"
    head = f"'<gml:{name} gml:id=\"' || wfs.gid || '\" srsName=\"{urn(srid)}\">'"
    written = f"{head} || (SELECT {parts} FROM ST_Dump(wfs.shape) part) || '</gml:{name}>'"  # noqa: S608
    return _Parts(shape, gid, template=f"(SELECT {written} FROM (SELECT %(expressions)s AS gid) wfs)", arg_joiner=" AS shape, ")  # noqa: S608


def _element(name: str, value: Expression) -> Expression:
    """`<name>value</name>`, or nothing at all for NULL."""
    inside = _joined([_fixed(f"<{name}>"), value, _fixed(f"</{name}>")])
    return Func(inside, Value(""), function="coalesce", output_field=_TEXT)


def _joined(parts: Sequence[Expression]) -> Expression:
    return Func(*parts, template="(%(expressions)s)", arg_joiner=" || ", output_field=_TEXT)


def _text(value: Any) -> Expression:
    return Func(value, template="(%(expressions)s)::text", output_field=_TEXT)


def _fixed(text: str) -> Expression:
    return _text(Value(text))


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _open(wrapper: str) -> str:
    return f"<{wrapper}>" if wrapper else ""


def _close(wrapper: str) -> str:
    return f"</{wrapper}>" if wrapper else ""
