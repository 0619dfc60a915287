"""DescribeLayer and GetStyles."""

from functools import partial

from lxml import etree

from gis_core.hot import Answer, Request
from layers.layer import FeatureLayer
from layers.styling.sld import sld_document
from tiles.drawing.answering import in_thread
from tiles.drawing.pictures import STYLES
from tiles.wms.failure import NO_STORE
from tiles.wms.reading import Kvp, read_layers
from tiles.wms.vocabulary import SLD, XLINK

_OWS = "http://www.opengis.net/ows"
_SE = "http://www.opengis.net/se"
_DOCTYPE = '<!DOCTYPE WMS_DescribeLayerResponse SYSTEM "http://schemas.opengis.net/wms/1.1.1/WMS_DescribeLayerResponse.dtd">'


async def describe_answer(request: Request, kvp: Kvp, version: str) -> Answer:
    """Where the features of the layers are had: the WFS. Raises NotFound alike for unknown and forbidden layers."""
    names = [layer.name for layer in read_layers(kvp, "LAYERS", request.identify()) if isinstance(layer, FeatureLayer)]
    body = (_old if version == "1.1.1" else _new)(names, f"{request.origin}/wfs?")
    return Answer(200, body, {**NO_STORE, "Content-Type": "text/xml"})


async def styles_answer(request: Request, kvp: Kvp, version: str) -> Answer:
    """The layers' styles as SLD: 1.0.0 for WMS 1.1.1, 1.1.0 for WMS 1.3.0, or as SLD_VER says."""
    layers = [layer for layer in read_layers(kvp, "LAYERS", request.identify()) if isinstance(layer, FeatureLayer)]
    wanted = kvp("SLD_VER") or ("1.0.0" if version == "1.1.1" else "1.1.0")
    body = await in_thread(partial(sld_document, layers, STYLES, "1.0.0" if wanted == "1.0.0" else "1.1.0"))
    return Answer(200, body, {**NO_STORE, "Content-Type": "application/vnd.ogc.sld+xml"})


def _old(names: list[str], address: str) -> bytes:
    root = etree.Element("WMS_DescribeLayerResponse", {"version": "1.1.1"})
    for name in names:
        described = etree.SubElement(root, "LayerDescription", {"name": name, "wfs": address, "owsURL": address, "owsType": "WFS"})
        etree.SubElement(described, "Query", {"typeName": name})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=_DOCTYPE))


def _new(names: list[str], address: str) -> bytes:
    root = etree.Element(f"{{{SLD}}}DescribeLayerResponse", nsmap={"sld": SLD, "se": _SE, "ows": _OWS, "xlink": XLINK})
    etree.SubElement(root, f"{{{SLD}}}Version").text = "1.1.0"
    for name in names:
        described = etree.SubElement(root, f"{{{SLD}}}LayerDescription")
        etree.SubElement(described, f"{{{SLD}}}owsType").text = "wfs"
        online = etree.SubElement(described, f"{{{_SE}}}OnlineResource")
        online.set(f"{{{XLINK}}}type", "simple")
        online.set(f"{{{XLINK}}}href", address)
        kind = etree.SubElement(described, f"{{{SLD}}}TypeName")
        etree.SubElement(kind, f"{{{_SE}}}FeatureTypeName").text = name
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
