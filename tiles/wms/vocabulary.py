"""Words in which WMS 1.1.1 and 1.3.0 differ."""

from dataclasses import dataclass
from typing import Any

from lxml import etree

WMS = "http://www.opengis.net/wms"
SLD = "http://www.opengis.net/sld"
XLINK = "http://www.w3.org/1999/xlink"
DOCTYPE = '<!DOCTYPE WMT_MS_Capabilities SYSTEM "http://schemas.opengis.net/wms/1.1.1/capabilities_1_1_1.dtd">'
INFO_FORMATS = (
    "text/plain", "text/html", "application/json", "application/geo+json",
    "application/vnd.ogc.gml", "text/xml",
)  # fmt: skip
LEGEND_FORMATS = ("image/png", "image/svg+xml", "application/json")


@dataclass(frozen=True)
class Vocabulary:
    """Names of a version's capabilities."""

    version: str
    root: str
    crs: str
    namespace: str | None

    @property
    def nsmap(self) -> dict[str | None, str]:
        """Prefixes of the document."""
        # The DTD of 1.1.1 knows the prefix xlink on OnlineResource alone.
        return {} if self.namespace is None else {None: self.namespace, "sld": SLD, "xlink": XLINK}

    def name(self, local: str) -> str:
        """A name in the version's namespace."""
        return local if self.namespace is None else f"{{{self.namespace}}}{local}"

    def add(self, parent: etree._Element, local: str, text: str | None = None, **values: Any) -> etree._Element:
        """A child with text and attributes."""
        element = etree.SubElement(parent, self.name(local), {key: str(value) for key, value in values.items()})
        element.text = text
        return element

    def add_extended(self, parent: etree._Element, local: str) -> etree._Element:
        """An operation of the profile for styles (OGC 05-078r4)."""
        return etree.SubElement(parent, f"{{{SLD}}}{local}")


_VOCABULARIES = {
    "1.1.1": Vocabulary("1.1.1", "WMT_MS_Capabilities", "SRS", None),
    "1.3.0": Vocabulary("1.3.0", "WMS_Capabilities", "CRS", WMS),
}


def vocabulary(version: str) -> Vocabulary:
    """The words of a version."""
    return _VOCABULARIES[version]


def online(parent: etree._Element, words: Vocabulary, address: str) -> None:
    """An OnlineResource."""
    element = etree.SubElement(parent, words.name("OnlineResource"), nsmap={"xlink": XLINK})
    element.set(f"{{{XLINK}}}type", "simple")
    element.set(f"{{{XLINK}}}href", address)
