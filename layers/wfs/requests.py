"""What a request asks, whatever its form: GET with key-value pairs or POST with XML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from layers.layer import Interval
from layers.parameters import Moment
from layers.wfs.dialect import Dialect

ResultType = Literal["results", "hits"]
COUNT_DEFAULT = 10_000
MAX_START = 100_000_000
MAX_QUERIES = 20
GET_FEATURE_BY_ID = "urn:ogc:def:query:OGC-WFS::GetFeatureById"
# What clients of old call the same query.
GET_FEATURE_BY_ID_NAMES = (GET_FEATURE_BY_ID, "http://www.opengis.net/def/query/OGC-WFS/0/GetFeatureById")


@dataclass(frozen=True)
class Sorting:
    """One attribute to sort by."""

    name: str
    descending: bool = False


@dataclass(frozen=True)
class QueryAsked:
    """One query of a GetFeature: a type and what selects among its features. `filter` is a Filter element, not yet understood."""

    type_name: str
    filter: Any = None
    cql: str | None = None
    bbox: str | None = None
    ids: Sequence[str] | None = None
    properties: Sequence[str] | None = None
    sort: Sequence[Sorting] = ()
    srs_name: str | None = None


@dataclass(frozen=True)
class GetFeature:
    """GetFeature or GetPropertyValue (`value` names the property). `by_id` asks for a single feature without its collection."""

    dialect: Dialect
    queries: Sequence[QueryAsked]
    output_format: str = ""
    result_type: ResultType = "results"
    start: int = 0
    count: int | None = None
    value: str | None = None
    by_id: bool = False
    when: Moment | Interval | None = None
    # Where a page begins, as a `next` link of ours says it.
    cursor: str | None = None
    # The request as KVP, for links; empty when it came as XML.
    kvp: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GetCapabilities:
    """The service's description."""

    dialect: Dialect
    sections: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DescribeFeatureType:
    """The schema of types; of all when none is named."""

    dialect: Dialect
    type_names: Sequence[str] = ()
    output_format: str = ""


@dataclass(frozen=True)
class ListStoredQueries:
    """The stored queries."""

    dialect: Dialect


@dataclass(frozen=True)
class DescribeStoredQueries:
    """What stored queries take."""

    dialect: Dialect
    ids: Sequence[str] = ()


@dataclass(frozen=True)
class Transaction:
    """Writes: the root element of the body, in the version that it speaks."""

    dialect: Dialect
    root: Any
    body: bytes = b""


Request = GetCapabilities | DescribeFeatureType | GetFeature | ListStoredQueries | DescribeStoredQueries | Transaction
