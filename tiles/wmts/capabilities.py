"""GetCapabilities of WMTS."""

from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from gis_core.access import Scope
from layers.catalogue import catalogue
from layers.layer import CoverageLayer, FeatureLayer
from layers.presentation import presentation
from tiles.matrix import MATRIX_SETS, WEB_MERCATOR_QUAD, MatrixSet, definition
from tiles.wms.drawables import Drawable, styles_of
from tiles.wms.places import place_of
from tiles.wms.vocabulary import XLINK

WMTS, OWS = "http://www.opengis.net/wmts/1.0", "http://www.opengis.net/ows/1.1"
_FORMATS = {"image/png": "png", "image/webp": "webp", "image/jpeg": "jpg"}
_INFO = ("text/html", "application/json", "text/plain")


def document(origin: str, scope: Scope) -> bytes:
    """The capabilities of `scope` as XML."""
    root = etree.Element(_wmts("Capabilities"), {"version": "1.0.0"}, nsmap={None: WMTS, "ows": OWS, "xlink": XLINK})
    service = etree.SubElement(root, _ows("ServiceIdentification"))
    _add(service, _ows("Title"), _("Operations map"))
    _add(service, _ows("ServiceType"), "OGC WMTS")
    _add(service, _ows("ServiceTypeVersion"), "1.0.0")
    _operations(root, f"{origin}/wmts?")
    contents = etree.SubElement(root, _wmts("Contents"))
    for layer in presentation.ordered(catalogue.visible_to(scope, "wms")):
        if isinstance(layer, FeatureLayer | CoverageLayer):
            _layer(contents, layer, scope, origin)
    for matrix in MATRIX_SETS.values():
        _matrix_set(contents, matrix)
    metadata = etree.SubElement(root, _wmts("ServiceMetadataURL"))
    metadata.set(f"{{{XLINK}}}href", f"{origin}/wmts/1.0.0/WMTSCapabilities.xml")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _operations(root: etree._Element, address: str) -> None:
    operations = etree.SubElement(root, _ows("OperationsMetadata"))
    for name in ("GetCapabilities", "GetTile", "GetFeatureInfo"):
        operation = etree.SubElement(operations, _ows("Operation"), {"name": name})
        http = etree.SubElement(etree.SubElement(operation, _ows("DCP")), _ows("HTTP"))
        get = etree.SubElement(http, _ows("Get"))
        get.set(f"{{{XLINK}}}href", address)
        constraint = etree.SubElement(get, _ows("Constraint"), {"name": "GetEncoding"})
        _add(etree.SubElement(constraint, _ows("AllowedValues")), _ows("Value"), "KVP")


def _layer(contents: etree._Element, layer: Drawable, scope: Scope, origin: str) -> None:
    element = etree.SubElement(contents, _wmts("Layer"))
    _add(element, _ows("Title"), str(layer.title))
    if layer.abstract:
        _add(element, _ows("Abstract"), str(layer.abstract))
    place = place_of(layer, layer.reach(scope))
    if place.box is not None:
        west, south, east, north = place.degrees()
        box = etree.SubElement(element, _ows("WGS84BoundingBox"))
        _add(box, _ows("LowerCorner"), f"{west:.7f} {south:.7f}")
        _add(box, _ows("UpperCorner"), f"{east:.7f} {north:.7f}")
    _add(element, _ows("Identifier"), layer.name)
    for name in styles_of(layer):
        style = etree.SubElement(element, _wmts("Style"), {"isDefault": "true" if name == "default" else "false"})
        _add(style, _ows("Identifier"), name)
        legend = etree.SubElement(style, _wmts("LegendURL"), {"format": "image/png"})
        asked = f"service=WMS&request=GetLegendGraphic&version=1.3.0&layer={layer.name}&style={name}&format=image/png"
        legend.set(f"{{{XLINK}}}href", f"{origin}/wms?{asked}")
    for format_ in _FORMATS:
        _add(element, _wmts("Format"), format_)
    for format_ in _INFO:
        _add(element, _wmts("InfoFormat"), format_)
    for matrix in MATRIX_SETS.values():
        _add(etree.SubElement(element, _wmts("TileMatrixSetLink")), _wmts("TileMatrixSet"), matrix.id)
    for format_, extension in _FORMATS.items():
        template = f"{origin}/wmts/{layer.name}/{{Style}}/{{TileMatrixSet}}/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.{extension}"
        etree.SubElement(element, _wmts("ResourceURL"), {"format": format_, "resourceType": "tile", "template": template})


def _matrix_set(contents: etree._Element, matrix: MatrixSet) -> None:
    element = etree.SubElement(contents, _wmts("TileMatrixSet"))
    _add(element, _ows("Title"), matrix.title)
    _add(element, _ows("Identifier"), matrix.id)
    _add(element, _ows("SupportedCRS"), f"urn:ogc:def:crs:EPSG::{matrix.srid}")
    if matrix is WEB_MERCATOR_QUAD:
        _add(element, _wmts("WellKnownScaleSet"), "urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible")
    levels: list[dict[str, Any]] = definition(matrix)["tileMatrices"]
    for level in levels:
        one = etree.SubElement(element, _wmts("TileMatrix"))
        _add(one, _ows("Identifier"), level["id"])
        _add(one, _wmts("ScaleDenominator"), repr(level["scaleDenominator"]))
        west, north = level["pointOfOrigin"]
        _add(one, _wmts("TopLeftCorner"), f"{west!r} {north!r}")
        for name in ("TileWidth", "TileHeight", "MatrixWidth", "MatrixHeight"):
            _add(one, _wmts(name), str(level[name[0].lower() + name[1:]]))


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _wmts(name: str) -> str:
    return f"{{{WMTS}}}{name}"


def _ows(name: str) -> str:
    return f"{{{OWS}}}{name}"
