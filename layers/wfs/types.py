"""Feature types: the layers that exist for the caller, under the catalogue's names."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.errors import NotFound
from layers.attributes import Attribute, attributes
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.presentation import presentation
from layers.wfs.dialect import PREFIX, WfsError, local
from layers.wfs.fes import property_name

# XML Schema types. Facets stay away: QGIS 3.22 takes a restricted type for an untyped field of length 0.
_KINDS: Mapping[str, str] = MappingProxyType(
    {"string": "string", "number": "double", "boolean": "boolean", "date": "date", "date-time": "dateTime", "uuid": "string"}
)
_GEOMETRIES: Mapping[str, str] = MappingProxyType(
    {
        "POINT": "PointPropertyType",
        "LINESTRING": "CurvePropertyType",
        "POLYGON": "SurfacePropertyType",
        "MULTIPOINT": "MultiPointPropertyType",
        "MULTILINESTRING": "MultiCurvePropertyType",
        "MULTIPOLYGON": "MultiSurfacePropertyType",
    }
)


def feature_types(scope: Scope) -> list[FeatureLayer]:
    """The types that exist for `scope`, in the administrators' order."""
    return [layer for layer in presentation.ordered(catalogue.visible_to(scope, "wfs")) if isinstance(layer, FeatureLayer)]


def find_type(name: str, scope: Scope, locator: str = "typeNames") -> FeatureLayer:
    """The type of a name, with any prefix. Raises WfsError alike for unknown and forbidden ones."""
    try:
        return catalogue.features(local(name)[:80], scope, "wfs")
    except NotFound:
        sentence = _("There is no feature type “%(name)s”, or it is not open to you.")
        raise WfsError("InvalidParameterValue", sentence % {"name": name[:80]}, locator) from None


def qualified(layer: FeatureLayer) -> str:
    """The name with our prefix."""
    return f"{PREFIX}:{layer.name}"


def xsd_type(attribute: Attribute) -> str:
    """The XML Schema type of an attribute, without prefix."""
    if attribute.kind == "integer":
        return "long" if isinstance(attribute.column, models.BigIntegerField) else "int"
    return _KINDS.get(attribute.kind, "string")


def gml_type(layer: FeatureLayer) -> str:
    """The GML type of the geometry property, without prefix; the names are the same in 3.1 and 3.2."""
    return _GEOMETRIES.get(layer.geometry_field.geom_type.upper(), "GeometryPropertyType")


def chosen_properties(layer: FeatureLayer, names: Sequence[str] | None) -> tuple[list[Attribute], bool]:
    """The attributes that a request wants, in the schema's order, and whether it wants the geometry. Raises WfsError."""
    known = attributes(layer)
    if names is None:
        return list(known), True
    wanted = {property_name(name) for name in names}
    unknown = sorted(wanted - {attribute.name for attribute in known} - {layer.geometry, "boundedBy"})
    if unknown:
        raise unknown_property(layer, unknown[0], "propertyName")
    return [attribute for attribute in known if attribute.name in wanted], layer.geometry in wanted


def unknown_property(layer: FeatureLayer, name: str, locator: str) -> WfsError:
    """The failure for a property that the type does not have."""
    accepted = ", ".join((*(attribute.name for attribute in attributes(layer)), layer.geometry))
    sentence = _("%(layer)s has no attribute “%(name)s”; there are: %(accepted)s.")
    return WfsError("InvalidParameterValue", sentence % {"layer": layer.name, "name": name[:60], "accepted": accepted}, locator)
