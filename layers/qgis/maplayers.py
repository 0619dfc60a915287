"""A layer of ours as a layer of a QGIS project: its features by WFS, its style, forms and scales."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from gis_core import crs
from gis_core.access import Scope
from layers.layer import FeatureLayer
from layers.qgis.fields import add_fields
from layers.styling.qml import add_style, scale_limits
from layers.wfs.types import qualified

_WKB = {
    "POINT": "Point",
    "MULTIPOINT": "MultiPoint",
    "LINESTRING": "LineString",
    "MULTILINESTRING": "MultiLineString",
    "POLYGON": "Polygon",
    "MULTIPOLYGON": "MultiPolygon",
}
# QGIS's name of its WFS client, by which it also edits.
PROVIDER = "WFS"
_GEOMETRY = {"point": "Point", "line": "Line", "polygon": "Polygon"}


@dataclass(frozen=True)
class Access:
    """How QGIS signs in: a configuration of its own by id, a name with a token, or not at all."""

    origin: str
    configuration: str = ""
    username: str = ""
    token: str = ""

    def as_source(self) -> str:
        """Parts of a data source."""
        if self.token:
            return f" username='{self.username}' password='{self.token}'"
        return f" authcfg={self.configuration}" if self.configuration else ""


def layer_id(layer: FeatureLayer) -> str:
    """The same in every project, so that projects of different days can be compared and merged."""
    return f"{layer.name}_{uuid5(NAMESPACE_URL, f'urn:ioc-map:{layer.name}').hex}"


def source(layer: FeatureLayer, access: Access) -> str:
    """The data source: pages of the server's choosing, only what the map shows, in the layer's own coordinates."""
    return (
        f" pagingEnabled='true' preferCoordinatesForWfsT11='false' restrictToRequestBBOX='1' srsname='EPSG:{layer.srid}'"
        f" typename='{qualified(layer)}' url='{access.origin}/wfs' version='2.0.0'{access.as_source()}"
    )


def add_maplayer(parent: etree._Element, layer: FeatureLayer, scope: Scope, access: Access) -> None:
    """The element `maplayer`."""
    wkb = _WKB.get(layer.geometry_field.geom_type.upper(), "Unknown")
    element = etree.SubElement(
        parent,
        "maplayer",
        {
            "type": "vector",
            "geometry": _GEOMETRY[layer.geometry_kind],
            "wkbType": wkb,
            "labelsEnabled": "1",
            "readOnly": "0" if layer.editor is not None and layer.reach(scope, "change") else "1",
            "styleCategories": "AllStyleCategories",
            "autoRefreshEnabled": "0",
            "refreshOnNotifyEnabled": "0",
            **scale_limits(layer),
        },
    )
    etree.SubElement(element, "id").text = layer_id(layer)
    etree.SubElement(element, "datasource").text = source(layer, access)
    etree.SubElement(element, "layername").text = str(layer.title)
    etree.SubElement(element, "shortname").text = layer.name
    if layer.abstract:
        etree.SubElement(element, "abstract").text = str(layer.abstract)
    add_crs(etree.SubElement(element, "srs"), layer.srid)
    etree.SubElement(element, "provider", {"encoding": "UTF-8"}).text = PROVIDER
    add_style(element, layer)
    add_fields(element, layer, scope)


def add_crs(parent: etree._Element, srid: int) -> None:
    """A CRS by its EPSG code."""
    element = etree.SubElement(parent, "spatialrefsys")
    # QGIS reads the definition; the code alone leaves a project without a CRS.
    etree.SubElement(element, "wkt").text = crs.wkt(srid)
    etree.SubElement(element, "authid").text = f"EPSG:{srid}"
    etree.SubElement(element, "description").text = crs.name_of(srid)
