"""GetCapabilities: what the service can do for the caller, with the caller's own types and extents alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from django.http import HttpResponse
from django.utils.translation import gettext as _

from gis_core.access import Scope
from layers.layer import FeatureLayer
from layers.summary import summary
from layers.wfs.dialect import NAMESPACE, PREFIX, READ, XLINK, XSI, Dialect
from layers.wfs.envelope import HEAD
from layers.wfs.exceptions import XML
from layers.wfs.features import CSV_FORMATS, GEOJSON_FORMATS
from layers.wfs.fes import COMPARISON_OPERATORS, SPATIAL_OPERATORS, TEMPORAL_OPERATORS
from layers.wfs.requests import COUNT_DEFAULT, GetCapabilities
from layers.wfs.srs import offered_by
from layers.wfs.types import feature_types, qualified

# Boxes are rounded outwards, or a client that asks for its own extent would miss features on its edge.
_OUTWARDS = 1e-7
_WFS = {
    "ImplementsBasicWFS": True,
    "ImplementsTransactionalWFS": False,
    "ImplementsLockingWFS": False,
    "KVPEncoding": True,
    "XMLEncoding": True,
    "SOAPEncoding": False,
    "ImplementsInheritance": False,
    "ImplementsRemoteResolve": False,
    "ImplementsResultPaging": True,
    "ImplementsStandardJoins": False,
    "ImplementsSpatialJoins": False,
    "ImplementsTemporalJoins": False,
    "ImplementsFeatureVersioning": False,
    "ManageStoredQueries": False,
    "PagingIsTransactionSafe": False,
}
_FES = {
    "ImplementsQuery": True,
    "ImplementsAdHocQuery": True,
    "ImplementsFunctions": False,
    "ImplementsResourceId": True,
    "ImplementsMinStandardFilter": True,
    "ImplementsStandardFilter": True,
    "ImplementsMinSpatialFilter": True,
    "ImplementsSpatialFilter": True,
    "ImplementsMinTemporalFilter": True,
    "ImplementsTemporalFilter": True,
    "ImplementsVersionNav": False,
    "ImplementsSorting": True,
    "ImplementsExtendedOperators": False,
    "ImplementsMinimumXPath": True,
    "ImplementsSchemaElementFunc": False,
}
_GEOMETRIES_20 = (
    "Envelope",
    "Point",
    "LineString",
    "Curve",
    "Polygon",
    "Surface",
    "MultiPoint",
    "MultiCurve",
    "MultiSurface",
    "MultiGeometry",
)
_GEOMETRIES_11 = ("Envelope", "Point", "LineString", "Polygon")


@dataclass(frozen=True)
class _Service:
    dialect: Dialect
    scope: Scope
    root: str
    layers: Sequence[FeatureLayer]
    editable: frozenset[str]


def capabilities(asked: GetCapabilities, scope: Scope, root: str, editable: frozenset[str]) -> HttpResponse:
    """The document; `editable` names the types that the caller may write to."""
    service = _Service(asked.dialect, scope, root, feature_types(scope), editable)
    sections: dict[str, Callable[[_Service], str]] = {
        "ServiceIdentification": _identification,
        "ServiceProvider": _provider,
        "OperationsMetadata": _operations,
        "FeatureTypeList": _types,
        "Filter_Capabilities": _filters if not asked.dialect.is_first else _filters_first,
    }
    wanted = asked.sections or frozenset(sections)
    if asked.dialect.is_first:
        wanted |= {"Filter_Capabilities"}  # its schema demands them
    inside = "".join(write(service) for name, write in sections.items() if name in wanted)
    dialect = asked.dialect
    head = (
        f'{HEAD}<wfs:WFS_Capabilities version="{dialect.version}" xmlns:wfs="{dialect.wfs}" xmlns:ows="{dialect.ows}"'
        f' xmlns:{dialect.fes_prefix}="{dialect.fes}" xmlns:gml="{dialect.gml}" xmlns:xlink="{XLINK}" xmlns:xsi="{XSI}"'
        f' xmlns:{PREFIX}="{NAMESPACE}" xsi:schemaLocation="{dialect.wfs} {dialect.wfs_schema}">'
    )
    return HttpResponse(f"{head}{inside}</wfs:WFS_Capabilities>\n", content_type=XML)


def _identification(service: _Service) -> str:
    # In ows 1.0 (WFS 1.1.0) the order of the elements is the same.
    versions = "".join(f"<ows:ServiceTypeVersion>{version}</ows:ServiceTypeVersion>" for version in READ)
    if service.dialect.is_first:
        versions = f"<ows:ServiceTypeVersion>{service.dialect.version}</ows:ServiceTypeVersion>"
    return (
        f"<ows:ServiceIdentification><ows:Title>{escape(_('IOC map'))}</ows:Title>"
        f"<ows:Abstract>{escape(_('The layers of the operations centre: each account sees its own units.'))}</ows:Abstract>"
        f'<ows:ServiceType codeSpace="OGC">WFS</ows:ServiceType>{versions}'
        "<ows:Fees>NONE</ows:Fees><ows:AccessConstraints>NONE</ows:AccessConstraints></ows:ServiceIdentification>"
    )


def _provider(service: _Service) -> str:
    return (
        f"<ows:ServiceProvider><ows:ProviderName>{escape(_('IOC map'))}</ows:ProviderName>"
        f'<ows:ProviderSite xlink:href="{escape(service.root)}"/><ows:ServiceContact/></ows:ServiceProvider>'
    )


def _operations(service: _Service) -> str:
    dialect = service.dialect
    formats = [*(known for known in dialect.gml_formats if known != "text/xml"), *GEOJSON_FORMATS[:2], CSV_FORMATS[0]]
    schemas = list(dialect.gml_formats[:2])
    both, post = ("Get", "Post"), ("Post",)
    resolving = {"resolve": ["none", "local"]}  # nothing refers to anything: both mean the same
    found: list[tuple[str, tuple[str, ...], Mapping[str, Sequence[str]]]] = [
        ("GetCapabilities", both, {"AcceptVersions": list(READ), "AcceptFormats": ["text/xml"]}),
        ("DescribeFeatureType", both, {"outputFormat": schemas}),
        ("GetFeature", both, {"resultType": ["results", "hits"], "outputFormat": formats, **({} if dialect.is_first else resolving)}),
    ]
    if not dialect.is_first:
        found += [
            ("GetPropertyValue", both, {**resolving, "outputFormat": schemas}),
            ("ListStoredQueries", both, {}),
            ("DescribeStoredQueries", both, {}),
        ]
    if service.editable:
        found.append(("Transaction", post, {"inputFormat": [dialect.gml_formats[0]], "releaseAction": ["ALL"]}))
    operations = "".join(_operation(service, name, methods, parameters) for name, methods, parameters in found)
    return f"<ows:OperationsMetadata>{operations}{_common(service)}</ows:OperationsMetadata>"


def _operation(service: _Service, name: str, methods: Sequence[str], parameters: Mapping[str, Sequence[str]]) -> str:
    ways = "".join(f'<ows:{method} xlink:href="{escape(service.root)}"/>' for method in methods)
    inside = "".join(_domain(service.dialect, "Parameter", key, values) for key, values in parameters.items())
    return f'<ows:Operation name="{name}"><ows:DCP><ows:HTTP>{ways}</ows:HTTP></ows:DCP>{inside}</ows:Operation>'


def _domain(dialect: Dialect, kind: str, name: str, values: Sequence[str]) -> str:
    listed = "".join(f"<ows:Value>{escape(value)}</ows:Value>" for value in values)
    inside = listed if dialect.is_first else f"<ows:AllowedValues>{listed}</ows:AllowedValues>"
    return f'<ows:{kind} name="{name}">{inside}</ows:{kind}>'


def _common(service: _Service) -> str:
    dialect = service.dialect
    if dialect.is_first:
        return _domain(dialect, "Constraint", "DefaultMaxFeatures", [str(COUNT_DEFAULT)])
    flags = {**_WFS, "ImplementsTransactionalWFS": bool(service.editable)}
    constraints = "".join(_flag(name, said) for name, said in flags.items())
    constraints += (
        f'<ows:Constraint name="CountDefault"><ows:NoValues/><ows:DefaultValue>{COUNT_DEFAULT}</ows:DefaultValue></ows:Constraint>'
    )
    names = ["wfs:Query", "wfs:StoredQuery"]
    return _domain(dialect, "Parameter", "version", list(READ)) + constraints + _domain(dialect, "Constraint", "QueryExpressions", names)


def _flag(name: str, said: bool, prefix: str = "ows", *, kind: str = "Constraint") -> str:
    return f'<{prefix}:{kind} name="{name}"><ows:NoValues/><ows:DefaultValue>{str(said).upper()}</ows:DefaultValue></{prefix}:{kind}>'


def _types(service: _Service) -> str:
    if not service.layers:
        return "<wfs:FeatureTypeList/>" if not service.dialect.is_first else "<wfs:FeatureTypeList></wfs:FeatureTypeList>"
    return f"<wfs:FeatureTypeList>{''.join(_type(service, layer) for layer in service.layers)}</wfs:FeatureTypeList>"


def _type(service: _Service, layer: FeatureLayer) -> str:
    names = ("DefaultSRS", "OtherSRS") if service.dialect.is_first else ("DefaultCRS", "OtherCRS")
    first, *others = offered_by(layer)
    systems = f"<wfs:{names[0]}>{first.name}</wfs:{names[0]}>" + "".join(
        f"<wfs:{names[1]}>{named.name}</wfs:{names[1]}>" for named in others
    )
    operations = ""
    if service.dialect.is_first:
        written = ("Query", "Insert", "Update", "Delete") if layer.name in service.editable else ("Query",)
        operations = "<wfs:Operations>" + "".join(f"<wfs:Operation>{name}</wfs:Operation>" for name in written) + "</wfs:Operations>"
    formats = "".join(
        f"<wfs:Format>{escape(known)}</wfs:Format>" for known in (service.dialect.gml_formats[0], GEOJSON_FORMATS[0], CSV_FORMATS[0])
    )
    return (
        f"<wfs:FeatureType><wfs:Name>{qualified(layer)}</wfs:Name><wfs:Title>{escape(str(layer.title))}</wfs:Title>"
        f"<wfs:Abstract>{escape(str(layer.abstract))}</wfs:Abstract>{systems}{operations}"
        f"<wfs:OutputFormats>{formats}</wfs:OutputFormats>{_box(service, layer)}</wfs:FeatureType>"
    )


def _box(service: _Service, layer: FeatureLayer) -> str:
    """Where the caller's own rows are, exactly; kept until a change moves it (layers/summary.py)."""
    bounds = summary(layer, layer.reach(service.scope)).bounds
    if bounds is None:
        return "" if not service.dialect.is_first else _corners(-180.0, -90.0, 180.0, 90.0)
    west, south, east, north = bounds
    return _corners(max(west - _OUTWARDS, -180), max(south - _OUTWARDS, -90), min(east + _OUTWARDS, 180), min(north + _OUTWARDS, 90))


def _corners(west: float, south: float, east: float, north: float) -> str:
    corners = f"<ows:LowerCorner>{west:.8f} {south:.8f}</ows:LowerCorner><ows:UpperCorner>{east:.8f} {north:.8f}</ows:UpperCorner>"
    return f"<ows:WGS84BoundingBox>{corners}</ows:WGS84BoundingBox>"


def _named(kind: str, names: Sequence[str], prefix: str = "fes") -> str:
    return "".join(f'<{prefix}:{kind} name="{name}"/>' for name in names)


def _filters(_service: _Service) -> str:
    conformance = "".join(_flag(name, said, "fes") for name, said in _FES.items())
    operands = "".join(f'<fes:GeometryOperand name="gml:{name}"/>' for name in _GEOMETRIES_20)
    times = "".join(f'<fes:TemporalOperand name="gml:{name}"/>' for name in ("TimeInstant", "TimePeriod"))
    return (
        f"<fes:Filter_Capabilities><fes:Conformance>{conformance}</fes:Conformance>"
        '<fes:Id_Capabilities><fes:ResourceIdentifier name="fes:ResourceId"/></fes:Id_Capabilities>'
        "<fes:Scalar_Capabilities><fes:LogicalOperators/><fes:ComparisonOperators>"
        f"{_named('ComparisonOperator', COMPARISON_OPERATORS)}</fes:ComparisonOperators></fes:Scalar_Capabilities>"
        f"<fes:Spatial_Capabilities><fes:GeometryOperands>{operands}</fes:GeometryOperands>"
        f"<fes:SpatialOperators>{_named('SpatialOperator', SPATIAL_OPERATORS)}</fes:SpatialOperators></fes:Spatial_Capabilities>"
        f"<fes:Temporal_Capabilities><fes:TemporalOperands>{times}</fes:TemporalOperands>"
        f"<fes:TemporalOperators>{_named('TemporalOperator', TEMPORAL_OPERATORS)}</fes:TemporalOperators></fes:Temporal_Capabilities>"
        "</fes:Filter_Capabilities>"
    )


_COMPARISONS_11 = (
    "LessThan",
    "GreaterThan",
    "LessThanEqualTo",
    "GreaterThanEqualTo",
    "EqualTo",
    "NotEqualTo",
    "Like",
    "Between",
    "NullCheck",
)


def _filters_first(_service: _Service) -> str:
    operands = "".join(f"<ogc:GeometryOperand>gml:{name}</ogc:GeometryOperand>" for name in _GEOMETRIES_11)
    comparisons = "".join(f"<ogc:ComparisonOperator>{name}</ogc:ComparisonOperator>" for name in _COMPARISONS_11)
    return (
        f"<ogc:Filter_Capabilities><ogc:Spatial_Capabilities><ogc:GeometryOperands>{operands}</ogc:GeometryOperands>"
        f"<ogc:SpatialOperators>{_named('SpatialOperator', SPATIAL_OPERATORS, 'ogc')}</ogc:SpatialOperators></ogc:Spatial_Capabilities>"
        f"<ogc:Scalar_Capabilities><ogc:LogicalOperators/><ogc:ComparisonOperators>{comparisons}</ogc:ComparisonOperators></ogc:Scalar_Capabilities>"
        "<ogc:Id_Capabilities><ogc:EID/><ogc:FID/></ogc:Id_Capabilities></ogc:Filter_Capabilities>"
    )
