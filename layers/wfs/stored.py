"""The one stored query that the standard demands, GetFeatureById, and its description."""

from django.http import HttpResponse

from gis_core.access import Scope
from layers.wfs.dialect import NAMESPACE, PREFIX, V200
from layers.wfs.envelope import HEAD
from layers.wfs.exceptions import XML
from layers.wfs.kvp import unknown_query
from layers.wfs.requests import GET_FEATURE_BY_ID, GET_FEATURE_BY_ID_NAMES, DescribeStoredQueries
from layers.wfs.types import feature_types, qualified

_TITLE = "Get feature by identifier"
_LANGUAGE = "urn:ogc:def:queryLanguage:OGC-WFS::WFSQueryExpression"


def list_stored(scope: Scope) -> HttpResponse:
    """ListStoredQueries."""
    returned = "".join(f"<wfs:ReturnFeatureType>{qualified(layer)}</wfs:ReturnFeatureType>" for layer in feature_types(scope))
    returned = returned or "<wfs:ReturnFeatureType/>"
    inside = f'<wfs:StoredQuery id="{GET_FEATURE_BY_ID}"><wfs:Title>{_TITLE}</wfs:Title>{returned}</wfs:StoredQuery>'
    return _document("ListStoredQueriesResponse", inside)


def describe_stored(asked: DescribeStoredQueries, scope: Scope) -> HttpResponse:
    """DescribeStoredQueries. Raises WfsError for one that there is not."""
    for name in asked.ids:
        if name.strip() not in GET_FEATURE_BY_ID_NAMES:
            raise unknown_query(name)
    names = " ".join(qualified(layer) for layer in feature_types(scope))
    inside = (
        f'<wfs:StoredQueryDescription id="{GET_FEATURE_BY_ID}"><wfs:Title>{_TITLE}</wfs:Title>'
        '<wfs:Parameter name="ID" type="xsd:string"/>'
        f'<wfs:QueryExpressionText returnFeatureTypes="{names}" language="{_LANGUAGE}" isPrivate="true"/>'
        "</wfs:StoredQueryDescription>"
    )
    return _document("DescribeStoredQueriesResponse", inside)


def _document(name: str, inside: str) -> HttpResponse:
    content = (
        f'{HEAD}<wfs:{name} xmlns:wfs="{V200.wfs}" xmlns:{PREFIX}="{NAMESPACE}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{V200.wfs} {V200.wfs_schema}">{inside}</wfs:{name}>\n'
    )
    return HttpResponse(content, content_type=XML)
