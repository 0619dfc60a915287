"""What clients send, as values of a layer's published attributes and as a geometry of its kind."""

from collections.abc import Mapping

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from gis_core.geometry import GeometryFault, accepted
from layers.attributes import Attribute, attributes
from layers.editing.contract import EditRefused, Violation
from layers.layer import FeatureLayer

_MULTI = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}


def parsed(layer: FeatureLayer, values: Mapping[str, object]) -> dict[str, object]:
    """Typed values by published name. Raises EditRefused that names every unknown name and every value that is no such thing."""
    known = {attribute.name: attribute for attribute in attributes(layer)}
    found: dict[str, object] = {}
    faults: list[Violation] = []
    for name, value in values.items():
        if name not in known:
            sentence = _("The layer has no attribute “%(name)s”; it has: %(names)s.") % {"name": name[:60], "names": ", ".join(known)}
            faults.append(Violation("unknown-attribute", sentence, name[:60]))
            continue
        try:
            found[name] = _value(known[name], value)
        except BadParameter as error:
            faults.append(Violation("bad-value", error.detail, name))
    if faults:
        raise EditRefused(faults)
    return found


def _value(attribute: Attribute, value: object) -> object:
    """JSON's values and XML's texts alike; nothing at all is None."""
    if value is None or (value == "" and attribute.kind != "string"):
        return None
    if isinstance(value, bool):
        return attribute.parse("true" if value else "false")
    if isinstance(value, float) and value.is_integer() and attribute.kind == "integer":
        return int(value)
    return attribute.parse(value if isinstance(value, str) else str(value))


def fitted(layer: FeatureLayer, geometry: shapely.Geometry) -> GEOSGeometry:
    """A geometry for the layer's column: checked, and a single part made a multi-part where the column wants one.

    Raises EditRefused that names the kind that is accepted, or the place of the fault.
    """
    wanted = layer.geometry_field.geom_type
    single = str(getattr(geometry, "geom_type", ""))
    if wanted == f"MULTI{single.upper()}":
        geometry = _MULTI[single]([geometry])
    if geometry.geom_type.upper() != wanted and wanted != "GEOMETRY":
        sentence = _("The layer holds geometries of the kind %(wanted)s, not %(given)s.")
        raise EditRefused([Violation("geometry-kind", sentence % {"wanted": wanted, "given": geometry.geom_type})])
    try:
        accepted(geometry, layer.srid)
    except GeometryFault as fault:
        raise EditRefused([Violation(f"geometry-{fault.code}", str(fault))]) from None
    return GEOSGeometry(memoryview(shapely.to_wkb(shapely.force_2d(geometry))), srid=layer.srid)
