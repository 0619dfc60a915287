"""DescribeFeatureType: the XML Schema of feature types, plain enough for every client."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from gis_core.access import Scope
from layers.attributes import attributes
from layers.layer import FeatureLayer
from layers.wfs.dialect import NAMESPACE, PREFIX, Dialect, WfsError
from layers.wfs.envelope import HEAD
from layers.wfs.requests import DescribeFeatureType
from layers.wfs.types import feature_types, find_type, gml_type, xsd_type


def describe(asked: DescribeFeatureType, scope: Scope) -> HttpResponse:
    """The schema of the types that are named, or of all. Raises WfsError."""
    accepted = (*asked.dialect.gml_formats, "XMLSCHEMA", "application/xml")
    wanted = asked.output_format.replace(" ", "").replace("+", "").lower()
    if wanted and wanted not in {known.replace(" ", "").replace("+", "").lower() for known in accepted}:
        sentence = _("outputFormat “%(value)s” is not written here; accepted are: %(accepted)s.")
        values = {"value": asked.output_format[:80], "accepted": ", ".join(accepted)}
        raise WfsError("InvalidParameterValue", sentence % values, "outputFormat")
    layers = [find_type(name, scope, "typeName") for name in asked.type_names] if asked.type_names else feature_types(scope)
    return HttpResponse(schema(list(dict.fromkeys(layers)), asked.dialect), content_type=f"{asked.dialect.gml_formats[0]}; charset=utf-8")


def schema(layers: Sequence[FeatureLayer], dialect: Dialect) -> str:
    """The document."""
    return (
        f'{HEAD}<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:gml="{dialect.gml}" xmlns:{PREFIX}="{NAMESPACE}"'
        f' targetNamespace="{NAMESPACE}" elementFormDefault="qualified" version="1.0">'
        f'<import namespace="{dialect.gml}" schemaLocation="{dialect.gml_schema}"/>'
        + "".join(_type(layer, dialect) for layer in layers)
        + "</schema>\n"
    )


def _type(layer: FeatureLayer, dialect: Dialect) -> str:
    """One element and its type. Every property may be missing: a projection leaves out what nobody asked for."""
    head = "AbstractFeature" if not dialect.is_first else "_Feature"
    properties = [(attribute.name, xsd_type(attribute)) for attribute in attributes(layer)]
    properties.append((layer.geometry, f"gml:{gml_type(layer)}"))
    inside = "".join(f'<element name="{name}" type="{kind}" minOccurs="0" maxOccurs="1" nillable="true"/>' for name, kind in properties)
    return (
        f'<complexType name="{layer.name}Type"><complexContent><extension base="gml:AbstractFeatureType">'
        f"<sequence>{inside}</sequence></extension></complexContent></complexType>"
        f'<element name="{layer.name}" type="{PREFIX}:{layer.name}Type" substitutionGroup="gml:{head}"/>'
    )
