"""What differs between the versions of the protocol: namespaces, names of elements, the form of GML."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter

# The namespace of our features, the same in every version. A URN: nothing is to be fetched from it.
NAMESPACE = "urn:ioc-map:features"
PREFIX = "ioc"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMAS = "http://schemas.opengis.net"


@dataclass(frozen=True)
class Dialect:
    """One version."""

    version: str
    wfs: str
    ows: str
    fes: str
    fes_prefix: str
    gml: str
    gml_schema: str
    wfs_schema: str
    # The first format is the default one of GetFeature and DescribeFeatureType.
    gml_formats: tuple[str, ...]

    @property
    def is_first(self) -> bool:
        """Whether it is of the first family (1.0.0, 1.1.0)."""
        return self.version[0] == "1"


V200 = Dialect(
    "2.0.0",
    "http://www.opengis.net/wfs/2.0",
    "http://www.opengis.net/ows/1.1",
    "http://www.opengis.net/fes/2.0",
    "fes",
    "http://www.opengis.net/gml/3.2",
    f"{SCHEMAS}/gml/3.2.1/gml.xsd",
    f"{SCHEMAS}/wfs/2.0/wfs.xsd",
    ("application/gml+xml; version=3.2", "text/xml; subtype=gml/3.2.1", "text/xml; subtype=gml/3.2", "gml32", "text/xml"),
)
V110 = Dialect(
    "1.1.0",
    "http://www.opengis.net/wfs",
    "http://www.opengis.net/ows",
    "http://www.opengis.net/ogc",
    "ogc",
    "http://www.opengis.net/gml",
    f"{SCHEMAS}/gml/3.1.1/base/gml.xsd",
    f"{SCHEMAS}/wfs/1.1.0/wfs.xsd",
    ("text/xml; subtype=gml/3.1.1", "gml3", "text/xml; subtype=gml/3.1.1; charset=utf-8", "text/xml"),
)
# Spoken by Transaction alone: QGIS before 3.28 writes it whatever it reads.
V100 = Dialect(
    "1.0.0",
    "http://www.opengis.net/wfs",
    "http://www.opengis.net/ows",
    "http://www.opengis.net/ogc",
    "ogc",
    "http://www.opengis.net/gml",
    f"{SCHEMAS}/gml/2.1.2/feature.xsd",
    f"{SCHEMAS}/wfs/1.0.0/WFS-transaction.xsd",
    (),
)
READ: Mapping[str, Dialect] = MappingProxyType({"2.0.0": V200, "1.1.0": V110})
WRITE: Mapping[str, Dialect] = MappingProxyType({"2.0.0": V200, "1.1.0": V110, "1.0.0": V100})


class WfsError(BadParameter):
    """A failure with its OWS exception code (OGC 06-121r9, 8.3; OGC 09-025r2, 7.5) and the locator that names the culprit."""

    def __init__(self, ows_code: str, detail: str, locator: str | None = None) -> None:
        super().__init__(detail, field=locator, members={"ows_code": ows_code})


def local(name: str) -> str:
    """The name without prefix and namespace: `ioc:parcels` and `{urn:…}parcels` are `parcels`."""
    return name.rpartition("}")[2].rpartition(":")[2].strip()


def other_type(fid: str) -> WfsError:
    """The failure for an id that is not of the types that are asked for (09-025r2, 7.9.2.4.1)."""
    sentence = _("The id “%(id)s” is of none of the types that are asked for.")
    return WfsError("InvalidParameterValue", sentence % {"id": fid[:60]}, "resourceId")
