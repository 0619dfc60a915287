"""The OGC's own schemas for tests, from schemas.zip: GML 3.1.1 and 3.2.1 (features and geometries), OWS 1.0 and 1.1, Filter 1.1 and 2.0.

They are unchanged files of http://schemas.opengis.net, each with its notice inside, as the pycsw wheel carries them; OGC's licence
lets them be copied. WFS 2.0 comes from the OGC's own test suite (ets-wfs20), which alone packs it. `gml.xsd` of 3.2.1 is left out: it
would draw ISO 19139 in, and features need `feature.xsd` alone.
"""

import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

_GML = {
    "http://schemas.opengis.net/gml/3.2.1/gml.xsd": "ogc/gml/3.2.1/gml.xsd",
    "http://schemas.opengis.net/gml/3.1.1/base/gml.xsd": "ogc/gml/3.1.1/base/gml.xsd",
}
# What features refer to and never hold here; its own file is the one that would draw everything else in.
_NAMES = ("metaDataProperty", "location", "indirectEntry", "coordinates", "pointRep", "Null")
_DEPRECATED = (
    "".join(f'<element name="{name}" type="anyType"/>' for name in _NAMES)
    + '<attribute name="remoteSchema" type="anyURI"/><complexType name="StringOrRefType" mixed="true"/>'
)


def _whole(namespace: str, *files: str, more: str = "") -> str:
    """A schema of several files."""
    included = "".join(f'<include schemaLocation="{file}"/>' for file in files)
    head = f'xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}" elementFormDefault="qualified"'
    return f"<schema {head}>{included}{more}</schema>"


class Schemas:
    """The schemas, unpacked into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with zipfile.ZipFile(Path(__file__).with_name("schemas.zip")) as packed:
            packed.extractall(folder)
        new, old = (folder / _GML[address] for address in _GML)
        new.write_text(_whole("http://www.opengis.net/gml/3.2", "feature.xsd", more=_DEPRECATED), encoding="utf-8")
        service = folder / "ogc/wfs/2.0/wfs.xsd"
        text = service.read_text(encoding="utf-8")
        for address, place in (("http://schemas.opengis.net", "ogc"), ("http://www.w3.org", "w3c")):
            text = text.replace(f'schemaLocation="{address}/', f'schemaLocation="{(folder / place).as_uri()}/')
        service.write_text(text, encoding="utf-8")
        old.write_text(_whole("http://www.opengis.net/gml", "feature.xsd", "geometryAggregates.xsd"), encoding="utf-8")

    def of_features(self, described: str) -> etree.XMLSchema:
        """The schema that DescribeFeatureType gave, over the real GML schema."""
        for address, file in _GML.items():
            described = described.replace(address, (self.folder / file).as_uri())
        return etree.XMLSchema(etree.fromstring(described.encode()))

    def of(self, file: str) -> etree.XMLSchema:
        """One of the files."""
        return etree.XMLSchema(etree.parse(self.folder / file))


def faults(schema: etree.XMLSchema, element: Any) -> list[str]:
    """What is wrong with an element as a document of its own."""
    document = etree.fromstring(etree.tostring(element))
    return [] if schema.validate(document) else [str(error) for error in schema.error_log]
