"""A whole project (.qgz) and single layer definitions (.qlr) for one person."""

import io
import zipfile
from collections.abc import Sequence
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext as _
from lxml import etree

from gis_core import crs
from gis_core.access import Scope
from layers.layer import FeatureLayer
from layers.presentation import presentation
from layers.qgis.maplayers import PROVIDER, Access, add_crs, add_maplayer, layer_id, source
from layers.styling.qml import VERSION
from layers.summary import summary

_DOCTYPE = "<!DOCTYPE qgis>"
_QLR_DOCTYPE = "<!DOCTYPE qgis-layer-definition>"
_HOME = (108.44, 15.5, 108.56, 15.65)
# Pixels around the pointer within which a corner or an edge catches it.
_SNAP_PIXELS = 12


def project(layers: Sequence[FeatureLayer], scope: Scope, access: Access) -> bytes:
    """The project file, zipped as QGIS wants it. `layers`: those that the person sees, the topmost in the list first."""
    text = project_xml(layers, scope, access)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ioc-map.qgs", text)
    return out.getvalue()


def project_xml(layers: Sequence[FeatureLayer], scope: Scope, access: Access) -> bytes:
    """The project: plane of the cadastre, the pinned transformation, layers by theme, snapping on parcels."""
    root = etree.Element("qgis", {"projectname": _("Operations map"), "version": VERSION})
    etree.SubElement(root, "homePath", {"path": ""})
    etree.SubElement(root, "title").text = _("Operations map")
    _transformations(etree.SubElement(root, "transformContext"))
    add_crs(etree.SubElement(root, "projectCrs"), settings.CADASTRAL_SRID)
    _tree(root, layers, access)
    _snapping(root, layers)
    _canvas(root, layers, scope)
    layers_element = etree.SubElement(root, "projectlayers")
    for layer in layers:
        add_maplayer(layers_element, layer, scope, access)
    order = etree.SubElement(root, "layerorder")
    for layer in _drawn(layers):
        etree.SubElement(order, "layer", {"id": layer_id(layer)})
    _properties(etree.SubElement(root, "properties"))
    return bytes(etree.tostring(root, encoding="UTF-8", doctype=_DOCTYPE))


def definition(layer: FeatureLayer, scope: Scope, access: Access) -> bytes:
    """A layer definition: dragged into any project it brings the layer with its style and forms."""
    root = etree.Element("qlr")
    group = etree.SubElement(root, "layer-tree-group", {"name": "", "checked": "Qt::Checked", "expanded": "1"})
    _tree_layer(group, layer, access)
    add_maplayer(etree.SubElement(root, "maplayers"), layer, scope, access)
    return bytes(etree.tostring(root, encoding="UTF-8", doctype=_QLR_DOCTYPE))


def _tree(root: etree._Element, layers: Sequence[FeatureLayer], access: Access) -> None:
    tree = etree.SubElement(root, "layer-tree-group")
    ordered = sorted(layers, key=lambda layer: [str(entry.group) for entry in layers].index(str(layer.group)))
    for title, members in groupby(ordered, key=lambda layer: str(layer.group)):
        group = etree.SubElement(tree, "layer-tree-group", {"name": title, "checked": "Qt::Checked", "expanded": "1"})
        for layer in members:
            _tree_layer(group, layer, access)
    order = etree.SubElement(tree, "custom-order", {"enabled": "1"})
    for layer in _drawn(layers):
        etree.SubElement(order, "item").text = layer_id(layer)


def _tree_layer(group: etree._Element, layer: FeatureLayer, access: Access) -> None:
    values = {
        "id": layer_id(layer),
        "name": str(layer.title),
        "checked": "Qt::Checked" if presentation.of(layer).visible else "Qt::Unchecked",
        "expanded": "0",
        "providerKey": PROVIDER,
        "source": source(layer, access),
    }
    etree.SubElement(group, "layer-tree-layer", values)


def _drawn(layers: Sequence[FeatureLayer]) -> list[FeatureLayer]:
    """From the top to the bottom: points over lines over surfaces, base maps lowest."""
    rank = {"point": 0, "line": 1, "polygon": 2}
    return sorted(layers, key=lambda layer: (rank[layer.geometry_kind], layer.generalisation is None))


def _transformations(context: etree._Element) -> None:
    """Every way out of VN-2000 through the official parameters: QGIS by itself may take others, half a metre beside."""
    for zone in (settings.CADASTRAL_SRID,):
        for target in (crs.WGS84, crs.WEB_MERCATOR):
            pair = etree.SubElement(context, "srcDest", {"coordinateOp": crs.pipeline(zone, target), "allowFallback": "0"})
            add_crs(etree.SubElement(pair, "src"), zone)
            add_crs(etree.SubElement(pair, "dest"), target)


def _snapping(root: etree._Element, layers: Sequence[FeatureLayer]) -> None:
    """Corners and edges of parcels catch the pointer, and shared ones move together (topological editing)."""
    common = {"enabled": "1", "type": "3", "tolerance": str(_SNAP_PIXELS), "unit": "1", "minScale": "0", "maxScale": "0"}
    snapping = etree.SubElement(
        root, "snapping-settings", {**common, "mode": "3", "intersection-snapping": "0", "self-snapping": "1", "scaleDependencyMode": "0"}
    )
    own = etree.SubElement(snapping, "individual-layer-settings")
    for layer in layers:
        is_on = "1" if layer.name == "parcels" else "0"
        values = {**common, "enabled": is_on, "id": layer_id(layer), "units": common["unit"]}
        etree.SubElement(own, "layer-setting", values)


def _canvas(root: etree._Element, layers: Sequence[FeatureLayer], scope: Scope) -> None:
    canvas = etree.SubElement(root, "mapcanvas", {"name": "theMapCanvas", "annotationsVisible": "1"})
    etree.SubElement(canvas, "units").text = "meters"
    extent = etree.SubElement(canvas, "extent")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), _bounds(layers, scope), strict=True):
        etree.SubElement(extent, name).text = f"{value:.3f}"
    etree.SubElement(canvas, "rotation").text = "0"
    add_crs(etree.SubElement(canvas, "destinationsrs"), settings.CADASTRAL_SRID)


def _bounds(layers: Sequence[FeatureLayer], scope: Scope) -> tuple[float, float, float, float]:
    """Where the person's parcels are, else the middle of the pilot."""
    found = next((summary(layer, layer.reach(scope)).bounds for layer in layers if layer.name == "parcels"), None)
    west, south, east, north = found or _HOME
    low = crs.transform(crs.WGS84, settings.CADASTRAL_SRID, west, south)
    high = crs.transform(crs.WGS84, settings.CADASTRAL_SRID, east, north)
    return (*low, *high)


def _properties(properties: etree._Element) -> None:
    """Areas and lengths on the plane, topological editing on."""
    reference = etree.SubElement(properties, "SpatialRefSys")
    etree.SubElement(reference, "ProjectionsEnabled", {"type": "int"}).text = "1"
    digitizing = etree.SubElement(properties, "Digitizing")
    topological = etree.SubElement(digitizing, "TopologicalEditing", {"type": "int"})
    topological.text = "1"
    measure = etree.SubElement(properties, "Measure")
    etree.SubElement(measure, "Ellipsoid", {"type": "QString"}).text = "NONE"
    measurement = etree.SubElement(properties, "Measurement")
    etree.SubElement(measurement, "AreaUnits", {"type": "QString"}).text = "m2"
    etree.SubElement(measurement, "DistanceUnits", {"type": "QString"}).text = "meters"
