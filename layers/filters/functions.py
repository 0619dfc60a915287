"""The functions of filters: a closed list. A name that is not in it never reaches the database.

All arithmetic is that of double precision; what has no result (a division by zero) has no value, like an absent one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from layers.attributes import Kind

# What an argument may be: `number` takes whole numbers too, `time` dates and instants, `shape` a geometry literal.
Argument = Literal["string", "number", "time", "geometry", "shape"]

ARITHMETIC: Mapping[str, str] = MappingProxyType(
    {
        "+": "({0}::float8 + {1}::float8)",
        "-": "({0}::float8 - {1}::float8)",
        "*": "({0}::float8 * {1}::float8)",
        "/": "({0}::float8 / NULLIF({1}::float8, 0))",
        "div": "trunc({0}::float8 / NULLIF({1}::float8, 0))",
        "%": "mod({0}::numeric, NULLIF({1}::numeric, 0))::float8",
        "^": "power({0}::float8, {1}::float8)",
    }
)
# CQL2 name: function of PostGIS, and that of the same relation with its arguments exchanged.
SPATIAL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "s_intersects": ("ST_Intersects", "ST_Intersects"),
        "s_equals": ("ST_Equals", "ST_Equals"),
        "s_disjoint": ("ST_Intersects", "ST_Intersects"),
        "s_touches": ("ST_Touches", "ST_Touches"),
        "s_within": ("ST_Within", "ST_Contains"),
        "s_contains": ("ST_Contains", "ST_Within"),
        "s_overlaps": ("ST_Overlaps", "ST_Overlaps"),
        "s_crosses": ("ST_Crosses", "ST_Crosses"),
    }
)
# OGC 21-065r2, 7.11: lists are compared as sets.
SETS: Mapping[str, str] = MappingProxyType(
    {
        "a_equals": "({0} @> {1} AND {0} <@ {1})",
        "a_contains": "({0} @> {1})",
        "a_containedBy": "({0} <@ {1})",
        "a_overlaps": "({0} && {1})",
    }
)


@dataclass(frozen=True)
class Function:
    """A function: what it takes, what it gives, how SQL says it."""

    name: str
    takes: tuple[Argument, ...]
    gives: Kind
    sql: str
    words: str | Promise


_ALL: Sequence[Function] = (
    Function("lower", ("string",), "string", "lower({0})", _("The text in small letters")),
    Function("upper", ("string",), "string", "upper({0})", _("The text in capital letters")),
    Function("trim", ("string",), "string", "btrim({0})", _("The text without blanks at its ends")),
    Function("concat", ("string", "string"), "string", "({0} || {1})", _("Both texts in a row")),
    Function("length", ("string",), "integer", "length({0})", _("How many characters the text has")),
    Function("split", ("string", "string"), "array", "string_to_array({0}, {1})", _("The parts of the text between a separator")),
    Function("abs", ("number",), "number", "abs({0}::float8)", _("The number without its sign")),
    Function("round", ("number",), "number", "round({0}::float8)", _("The nearest whole number")),
    Function("floor", ("number",), "number", "floor({0}::float8)", _("The next whole number below")),
    Function("ceil", ("number",), "number", "ceil({0}::float8)", _("The next whole number above")),
    Function("year", ("time",), "integer", "extract(year FROM {0})::int", _("The year")),
    Function("month", ("time",), "integer", "extract(month FROM {0})::int", _("The month, 1 to 12")),
    Function("day", ("time",), "integer", "extract(day FROM {0})::int", _("The day of the month")),
    Function("area", ("geometry",), "number", "ST_Area({0})", _("Square metres on the plane of the cadastre")),
    Function("perimeter", ("geometry",), "number", "ST_Perimeter({0})", _("Metres round a surface on the plane of the cadastre")),
    Function("line_length", ("geometry",), "number", "ST_Length({0})", _("Metres along a line on the plane of the cadastre")),
    Function("distance", ("geometry", "shape"), "number", "ST_Distance({0}, {1})", _("Metres between both on the plane of the cadastre")),
)
FUNCTIONS: Mapping[str, Function] = MappingProxyType({function.name: function for function in _ALL})
# Instants are taken apart as clocks here show them, whatever the session of the database is set to.
LOCAL = "@local"
PATTERNS: Mapping[str, str] = MappingProxyType(
    {**ARITHMETIC, **{name: function.sql for name, function in FUNCTIONS.items()}, LOCAL: f"({{0}} AT TIME ZONE '{settings.TIME_ZONE}')"}
)
_TYPES: Mapping[str, list[str]] = MappingProxyType({"time": ["datetime"], "shape": ["geometry"]})


def described() -> list[dict[str, Any]]:
    """The functions as `/functions` lists them (OGC API - Features Part 3)."""
    return [
        {
            "name": function.name,
            "description": str(function.words),
            "arguments": [{"type": _TYPES.get(kind, [kind])} for kind in function.takes],
            "returns": [function.gives],
        }
        for function in _ALL
    ]
