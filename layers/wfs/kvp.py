"""Requests as key-value pairs (OGC 09-025r2, annex and clause 7 to 14; OGC 04-094 for 1.1.0).

Names are case-insensitive and unknown ones are left alone: OWS Common (06-121r9, 11.5.2) wants that, and programs add their own.
"""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.parameters import MAX_FILTER, MAX_TEXT, clean_text, parse_when
from layers.wfs.dialect import READ, V200, Dialect, WfsError, local, other_type
from layers.wfs.exceptions import remember
from layers.wfs.requests import (
    GET_FEATURE_BY_ID_NAMES,
    MAX_QUERIES,
    MAX_START,
    DescribeFeatureType,
    DescribeStoredQueries,
    GetCapabilities,
    GetFeature,
    ListStoredQueries,
    QueryAsked,
    Request,
    Sorting,
)
from layers.xml import parse_xml

_OPERATIONS = (
    *("GetCapabilities", "DescribeFeatureType", "GetFeature", "GetPropertyValue"),
    *("ListStoredQueries", "DescribeStoredQueries", "Transaction (POST)"),
)
_LONG = frozenset({"FILTER", "CQL_FILTER"})
_GROUPS = re.compile(r"\(([^()]*)\)")
_INTEGER = re.compile(r"[0-9]{1,18}")


class Pairs:
    """The pairs of one request by upper-case name, in NFC."""

    def __init__(self, query: QueryDict) -> None:
        """Raises WfsError for a name that is given twice, BadParameter for text that is no UTF-8 or too long."""
        self.values: dict[str, str] = {}
        for name, found in query.lists():
            key = name.upper()[:80]
            if key in self.values or len(found) > 1:
                raise WfsError("InvalidParameterValue", _("%(field)s is given more than once.") % {"field": key}, key)
            limit = MAX_FILTER if key in _LONG else 4 * MAX_TEXT
            self.values[key] = clean_text(str(found[0]), key, limit)

    def text(self, *names: str) -> str | None:
        """The value of the first name that is there and not empty."""
        return next((self.values[name] for name in names if self.values.get(name, "").strip()), None)

    def must(self, name: str, *others: str) -> str:
        """A value that has to be there. Raises WfsError."""
        found = self.text(name.upper(), *others)
        if found is None:
            raise WfsError("MissingParameterValue", _("The parameter %(name)s is missing.") % {"name": name}, name)
        return found

    def number(self, *names: str) -> int | None:
        """A whole number ≥ 0. Raises WfsError."""
        text = self.text(*names)
        if text is None:
            return None
        if not _INTEGER.fullmatch(text.strip()):
            sentence = _("%(field)s must be a whole number from %(low)s to %(high)s.")
            raise WfsError("InvalidParameterValue", sentence % {"field": names[0], "low": 0, "high": MAX_START}, names[0].lower())
        return min(int(text), MAX_START)


def read_kvp(request: HttpRequest, pairs: Pairs) -> Request:
    """What a GET asks. Raises WfsError, BadParameter."""
    service = pairs.text("SERVICE") or "WFS"
    if pairs.text("SERVICE") is None and (pairs.text("REQUEST") or "").lower() == "getcapabilities":
        # The first request of a client: an address may serve more than one service (06-121r9, 7.2.1).
        raise WfsError("MissingParameterValue", _("The parameter %(name)s is missing.") % {"name": "service"}, "service")
    if service.upper() != "WFS":
        sentence = _("SERVICE must be WFS; “%(value)s” is not served at this address.")
        raise WfsError("InvalidParameterValue", sentence % {"value": service[:40]}, "service")
    operation = pairs.must("request")
    if operation.lower() == "getcapabilities":
        return _capabilities(request, pairs)
    dialect = dialect_of(pairs.text("VERSION"))
    remember(request, dialect)
    readers: dict[str, Callable[[Dialect, Pairs], Request]] = {
        "describefeaturetype": _describe,
        "getfeature": _get_feature,
        "getpropertyvalue": _get_property_value,
        "liststoredqueries": lambda dialect, _pairs: ListStoredQueries(dialect),
        "describestoredqueries": lambda dialect, pairs: DescribeStoredQueries(dialect, _names(pairs.text("STOREDQUERY_ID"))),
    }
    reader = readers.get(operation.lower())
    if reader is None or (dialect.is_first and operation.lower() not in ("describefeaturetype", "getfeature")):
        raise unknown_operation(operation)
    return reader(dialect, pairs)


def dialect_of(version: str | None) -> Dialect:
    """The version that a request names; 2.0.0 when it names none. Raises WfsError."""
    if version is None:
        return V200
    found = V200 if version.startswith("2.0") else READ.get(version.strip())
    if found is None:
        sentence = _("Version %(value)s is not spoken here; accepted are: %(accepted)s.")
        raise WfsError("InvalidParameterValue", sentence % {"value": version[:20], "accepted": ", ".join(READ)}, "version")
    return found


def negotiated(versions: list[str], asked: str | None = None) -> Dialect:
    """The version of capabilities: the first accepted one that is spoken here (06-121r9, 7.3.2). Raises WfsError."""
    for version in versions:
        if found := READ.get(version.strip()) or (V200 if version.strip().startswith("2.0") else None):
            return found
    if versions:
        sentence = _("None of the versions %(value)s is spoken here; accepted are: %(accepted)s.")
        values = {"value": ", ".join(versions)[:60], "accepted": ", ".join(READ)}
        raise WfsError("VersionNegotiationFailed", sentence % values, "acceptVersions")
    # Clients of old name one version and take the nearest (04-094, 6.2.4).
    return READ["1.1.0"] if asked and asked.startswith("1.") else V200


def unknown_operation(name: str) -> WfsError:
    """The failure for an operation that there is not."""
    sentence = _("The operation “%(name)s” is not served here; served are: %(accepted)s.")
    return WfsError("OperationNotSupported", sentence % {"name": name[:60], "accepted": ", ".join(_OPERATIONS)}, "request")


def _capabilities(request: HttpRequest, pairs: Pairs) -> GetCapabilities:
    dialect = negotiated(_names(pairs.text("ACCEPTVERSIONS")), pairs.text("VERSION"))
    remember(request, dialect)
    return GetCapabilities(dialect, frozenset(name for name in _names(pairs.text("SECTIONS")) if name != "All"))


def _describe(dialect: Dialect, pairs: Pairs) -> DescribeFeatureType:
    return DescribeFeatureType(dialect, _names(pairs.text("TYPENAME", "TYPENAMES")), pairs.text("OUTPUTFORMAT") or "")


def _get_property_value(dialect: Dialect, pairs: Pairs) -> GetFeature:
    if not pairs.values.get("VALUEREFERENCE", "none").strip():
        raise empty_reference()
    return _read(dialect, pairs, value=pairs.must("valueReference"))


def _get_feature(dialect: Dialect, pairs: Pairs) -> GetFeature:
    return _read(dialect, pairs)


def _read(dialect: Dialect, pairs: Pairs, value: str | None = None) -> GetFeature:
    stored = pairs.text("STOREDQUERY_ID")
    kind = (pairs.text("RESULTTYPE") or "results").lower()
    if kind not in ("results", "hits"):
        raise WfsError("InvalidParameterValue", _("resultType must be results or hits."), "resultType")
    when = pairs.text("DATETIME")
    return GetFeature(
        dialect,
        [_by_id(pairs, stored)] if stored else _queries(pairs),
        pairs.text("OUTPUTFORMAT") or "",
        "hits" if kind == "hits" else "results",
        pairs.number("STARTINDEX") or 0,
        pairs.number("COUNT", "MAXFEATURES"),
        value,
        by_id=stored is not None and value is None,
        when=parse_when(when, "datetime") if when else None,
        cursor=pairs.text("CURSOR"),
        kvp=pairs.values,
    )


def _by_id(pairs: Pairs, stored: str) -> QueryAsked:
    if stored.strip() not in GET_FEATURE_BY_ID_NAMES:
        raise unknown_query(stored)
    found = pairs.text("ID")
    if found is None:
        raise WfsError("MissingParameterValue", _("The parameter %(name)s is missing.") % {"name": "ID"}, "ID")
    return QueryAsked(type_of_id(found), ids=[found], srs_name=pairs.text("SRSNAME"))


def unknown_query(name: str) -> WfsError:
    """The failure for a stored query that there is not."""
    return WfsError("InvalidParameterValue", _("There is no stored query “%(name)s”.") % {"name": name[:80]}, "storedQuery_Id")


def empty_reference() -> WfsError:
    """The failure for a valueReference that names nothing."""
    return WfsError("InvalidParameterValue", _("valueReference names no attribute."), "valueReference")


def type_of_id(fid: str) -> str:
    """The type that a feature id names: `parcels.12` is of `parcels`."""
    return local(fid.strip().rpartition(".")[0])


def _queries(pairs: Pairs) -> list[QueryAsked]:
    ids = _names(pairs.text("RESOURCEID", "FEATUREID"))
    named = _lists(pairs.text("TYPENAMES", "TYPENAME"))
    names = [name for group in named for name in group]
    if not names and ids:
        names = list(dict.fromkeys(type_of_id(found) for found in ids))
    if not names:
        raise WfsError("MissingParameterValue", _("The parameter %(name)s is missing.") % {"name": "typeNames"}, "typeNames")
    for found in ids:
        if "." in found and type_of_id(found) not in map(local, names):
            raise other_type(found)
    if len(names) > MAX_QUERIES:
        raise WfsError("InvalidParameterValue", _("typeNames names more than %(limit)d types.") % {"limit": MAX_QUERIES}, "typeNames")
    if any(len(group) > 1 for group in named) and pairs.text("TYPENAMES", "TYPENAME", "")[:1] == "(":  # type: ignore[index]
        raise WfsError("OptionNotSupported", _("Types are not joined here; ask for each with a query of its own."), "typeNames")
    return [_query(pairs, name, place, len(names), ids) for place, name in enumerate(names)]


def _query(pairs: Pairs, name: str, place: int, count: int, ids: list[str]) -> QueryAsked:
    properties = _lists(pairs.text("PROPERTYNAME"))
    cql = (pairs.text("CQL_FILTER") or "").split(";") if count > 1 else [pairs.text("CQL_FILTER") or ""]
    chosen = properties[min(place, len(properties) - 1)] if properties else None
    return QueryAsked(
        name,
        filter=_filter(pairs.text("FILTER"), place, count),
        cql=(cql[place] if place < len(cql) else cql[0]).strip() or None,
        bbox=pairs.text("BBOX"),
        ids=ids or None,
        properties=None if chosen is None or "*" in chosen else chosen,
        sort=_sorting(pairs.text("SORTBY")),
        srs_name=pairs.text("SRSNAME"),
    )


def _filter(text: str | None, place: int, count: int) -> Any:
    """One Filter for all types, or one in brackets for each: `(<Filter>…</Filter>)(<Filter>…</Filter>)`."""
    if text is None:
        return None
    text = text.strip()
    if text.startswith("("):
        parts = re.split(r"\)\s*\(", text[1:].removesuffix(")"))
        if len(parts) != count:
            sentence = _("FILTER has %(parts)d filters for %(count)d types.")
            raise WfsError("InvalidParameterValue", sentence % {"parts": len(parts), "count": count}, "filter")
        text = parts[place]
        if not text.strip():
            return None
    try:
        return parse_xml(text.encode(), "filter", limit=4 * MAX_FILTER)
    except BadParameter as error:
        raise WfsError("OperationParsingFailed", error.detail, "filter") from None


def _sorting(text: str | None) -> list[Sorting]:
    found: list[Sorting] = []
    for part in _names(text):
        name, _blank, order = part.partition(" ")
        order = order.strip().upper()
        if order not in ("", "A", "D", "ASC", "DESC"):
            raise WfsError(
                "InvalidParameterValue", _("sortBy: the order is ASC or DESC, not “%(value)s”.") % {"value": order[:20]}, "sortBy"
            )
        found.append(Sorting(name, order.startswith("D")))
    return found


def _names(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _lists(text: str | None) -> list[list[str]]:
    """`a,b` is two lists of one (types) or one list (properties); `(a,b)(c)` is two lists."""
    if text is None:
        return []
    if text.lstrip().startswith("("):
        return [_names(group) for group in _GROUPS.findall(text)]
    return [_names(text)]
