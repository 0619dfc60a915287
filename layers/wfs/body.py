"""Requests as XML bodies."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.parameters import clean_text
from layers.wfs.dialect import V110, V200, WRITE, Dialect, WfsError, local
from layers.wfs.exceptions import remember
from layers.wfs.kvp import dialect_of, empty_reference, negotiated, type_of_id, unknown_operation, unknown_query
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
    Transaction,
)
from layers.xml import Element, parse_xml

_INTEGER = re.compile(r"[0-9]{1,18}")
# Until a body is understood its version is guessed from its bytes, so that a broken one is answered in kind.
_OLD_BODY = re.compile(rb"version\s*=\s*[\"'](1\.[01]\.0)[\"']")


def read_body(request: HttpRequest, data: bytes) -> Request:
    """What a POST asks. Raises WfsError, BadParameter, TooLarge."""
    writes = b"Transaction" in data[:4096]
    old = _OLD_BODY.search(data[:4096])
    remember(request, WRITE[old[1].decode()] if old and (writes or old[1] != b"1.0.0") else V200, writes=writes)
    try:
        root = parse_xml(data)
    except BadParameter as error:
        raise WfsError("OperationParsingFailed", error.detail, "body") from None
    operation = local(str(root.tag))
    if operation == "Transaction":
        dialect = _written_dialect(root)
        remember(request, dialect, writes=True)
        return Transaction(dialect, root, data)
    if operation == "GetCapabilities":
        return _capabilities(request, root)
    dialect = dialect_of(root.get("version"))
    remember(request, dialect)
    readers: dict[str, Callable[[Dialect, Element], Request]] = {
        "DescribeFeatureType": _describe,
        "GetFeature": _get_feature,
        "GetPropertyValue": _get_feature,
        "ListStoredQueries": lambda dialect, _root: ListStoredQueries(dialect),
        "DescribeStoredQueries": lambda dialect, root: DescribeStoredQueries(dialect, _texts(root, "StoredQueryId")),
    }
    if operation not in readers:
        raise unknown_operation(operation)
    return readers[operation](dialect, root)


def _written_dialect(root: Element) -> Dialect:
    """A Transaction may leave its version out; its namespace then says which family it is of."""
    version = root.get("version") or (V200.version if V200.wfs in str(root.tag) else V110.version)
    found = WRITE.get(version) or (V200 if version.startswith("2.0") else None)
    if found is None:
        sentence = _("Version %(value)s is not spoken here; accepted are: %(accepted)s.")
        raise WfsError("InvalidParameterValue", sentence % {"value": version[:20], "accepted": ", ".join(WRITE)}, "version")
    return found


def _capabilities(request: HttpRequest, root: Element) -> GetCapabilities:
    dialect = negotiated(_texts(root, "Version"), root.get("version"))
    remember(request, dialect)
    return GetCapabilities(dialect, frozenset(name for name in _texts(root, "Section") if name != "All"))


def _describe(dialect: Dialect, root: Element) -> DescribeFeatureType:
    return DescribeFeatureType(dialect, _texts(root, "TypeName"), root.get("outputFormat") or "")


def _get_feature(dialect: Dialect, root: Element) -> GetFeature:
    kind = (root.get("resultType") or "results").lower()
    if kind not in ("results", "hits"):
        raise WfsError("InvalidParameterValue", _("resultType must be results or hits."), "resultType")
    stored = [child for child in root if local(str(child.tag)) == "StoredQuery"]
    asked = [query for child in root if local(str(child.tag)) == "Query" for query in _queries(child)]
    queries = [_by_id(child) for child in stored] or asked
    if not queries:
        raise WfsError("MissingParameterValue", _("The request has no Query."), "Query")
    if len(queries) > MAX_QUERIES:
        raise WfsError("InvalidParameterValue", _("typeNames names more than %(limit)d types.") % {"limit": MAX_QUERIES}, "typeNames")
    is_value = local(str(root.tag)) == "GetPropertyValue"
    value = root.get("valueReference")
    if is_value and value is not None and not value.strip():
        raise empty_reference()
    if is_value and not value:
        raise WfsError("MissingParameterValue", _("The parameter %(name)s is missing.") % {"name": "valueReference"}, "valueReference")
    return GetFeature(
        dialect,
        queries,
        root.get("outputFormat") or "",
        "hits" if kind == "hits" else "results",
        _number(root, "startIndex") or 0,
        _number(root, "count", "maxFeatures"),
        value if is_value else None,
        by_id=bool(stored) and not is_value,
    )


def _queries(element: Element) -> list[QueryAsked]:
    """A Query names one type; several in one would be a join."""
    names = (element.get("typeNames") or element.get("typeName") or "").replace(",", " ").split()
    if not names:
        raise WfsError("MissingParameterValue", _("The parameter %(name)s is missing.") % {"name": "typeNames"}, "typeNames")
    if len(names) > 1 and element.get("typeNames"):
        raise WfsError("OptionNotSupported", _("Types are not joined here; ask for each with a query of its own."), "typeNames")
    named = (child for child in element if local(str(child.tag)) in ("PropertyName", "XlinkPropertyName"))
    properties = [clean_text(str(child.text or ""), "PropertyName") for child in named]
    condition = next((child for child in element if local(str(child.tag)) == "Filter"), None)
    sort = [found for child in element if local(str(child.tag)) == "SortBy" for found in _sorting(child)]
    return [
        QueryAsked(
            name,
            filter=condition,
            properties=None if not properties or "*" in properties else properties,
            sort=sort,
            srs_name=element.get("srsName"),
        )
        for name in names
    ]


def _sorting(element: Element) -> list[Sorting]:
    found = []
    for part in element:
        texts: dict[str, Any] = {local(str(child.tag)): "".join(child.itertext()).strip() for child in part}
        name = texts.get("ValueReference") or texts.get("PropertyName")
        if not name:
            raise WfsError("InvalidParameterValue", _("sortBy: a SortProperty names no attribute."), "sortBy")
        found.append(Sorting(name, str(texts.get("SortOrder", "ASC")).upper().startswith("D")))
    return found


def _by_id(element: Element) -> QueryAsked:
    if (element.get("id") or "").strip() not in GET_FEATURE_BY_ID_NAMES:
        raise unknown_query(element.get("id") or "")
    found = next(("".join(child.itertext()).strip() for child in element if str(child.get("name")).lower() == "id"), "")
    if not found:
        raise WfsError("MissingParameterValue", _("The parameter %(name)s is missing.") % {"name": "ID"}, "ID")
    return QueryAsked(type_of_id(found), ids=[clean_text(found, "ID")])


def _texts(root: Element, name: str) -> list[str]:
    return ["".join(child.itertext()).strip() for child in root.iter() if local(str(child.tag)) == name]


def _number(root: Element, *names: str) -> int | None:
    text = next((root.get(name) for name in names if root.get(name)), None)
    if text is None:
        return None
    if not _INTEGER.fullmatch(text.strip()):
        sentence = _("%(field)s must be a whole number from %(low)s to %(high)s.")
        raise WfsError("InvalidParameterValue", sentence % {"field": names[0], "low": 0, "high": MAX_START}, names[0])
    return min(int(text), MAX_START)
