"""Names of coordinate reference systems in WFS, and which axis comes first behind each.

A URN and an http URI mean the authority's order: latitude first for EPSG:4326. The short `EPSG:4326`, the old
`http://www.opengis.net/gml/srs/epsg.xml#4326` and CRS84 mean east, north, as every program takes them. VN-2000 zones and
EPSG:3857 are east, north in all of them.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_core import crs
from layers.filters.shapes import Reference
from layers.layer import FeatureLayer
from layers.ogc.crs import LONLAT, Crs, offered
from layers.wfs.dialect import V200, Dialect, WfsError

_AUTHORITY = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:EPSG:[0-9.]{0,8}:|https?://www\.opengis\.net/def/crs/EPSG/[0-9.]{1,8}/)([0-9]{4,6})")
_EAST_FIRST = re.compile(r"(?:EPSG:|https?://www\.opengis\.net/gml/srs/epsg\.xml#)([0-9]{4,6})", re.IGNORECASE)
_CRS84 = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:OGC:[0-9.]{0,5}:?|https?://www\.opengis\.net/def/crs/OGC/[0-9.]{1,5}/|OGC:)?CRS:?84")
_LATITUDE_FIRST = frozenset({crs.WGS84, 4756})
_METRIC_DECIMALS = 4


@dataclass(frozen=True)
class Srs:
    """A CRS as a request names it: answers repeat the name."""

    srid: int
    name: str
    east_first: bool = False

    @property
    def latitude_first(self) -> bool:
        """Whether coordinates are written north, east."""
        return not self.east_first and self.srid in _LATITUDE_FIRST

    @property
    def reference(self) -> Reference:
        """For filters."""
        return Reference(self.srid, self.latitude_first)

    @property
    def ogc(self) -> Crs:
        """The same for the OGC API's `area_of`."""
        return LONLAT if self.srid == crs.WGS84 and self.east_first else Crs(self.srid, crs.uri(self.srid))

    def decimals(self, layer: FeatureLayer) -> int:
        """Of published coordinates."""
        return layer.decimals if self.srid in _LATITUDE_FIRST else _METRIC_DECIMALS


def urn(srid: int) -> str:
    """The name that capabilities give."""
    return f"urn:ogc:def:crs:EPSG::{srid}"


def default_of(layer: FeatureLayer) -> Srs:
    """The CRS of a feature type: the stored one."""
    return Srs(layer.srid, urn(layer.srid))


def offered_by(layer: FeatureLayer) -> list[Srs]:
    """All CRSs of a feature type, the default one first, those without any flipping of axes before EPSG:4326."""
    srids = list(dict.fromkeys(named.srid for named in offered(layer.srid)))
    srids.sort(key=lambda srid: (srid != layer.srid, srid != crs.WEB_MERCATOR, srid != crs.WGS84))
    return [*(Srs(srid, urn(srid)) for srid in srids), Srs(crs.WGS84, crs.CRS84, east_first=True)]


def parse_srs(name: str | None, layer: FeatureLayer, *, locator: str = "srsName", dialect: Dialect = V200) -> Srs:
    """The CRS of a name; the layer's own for None. In 1.0.0 every name means east, north. Raises WfsError."""
    if not name:
        return Srs(layer.srid, urn(layer.srid), east_first=dialect.version == "1.0.0")
    text = name.strip()
    if _CRS84.fullmatch(text):
        return Srs(crs.WGS84, text, east_first=True)
    found = _AUTHORITY.fullmatch(text)
    east_first = _EAST_FIRST.fullmatch(text) if found is None else None
    match = found or east_first
    if match is not None and int(match[1]) in {named.srid for named in offered(layer.srid)}:
        return Srs(int(match[1]), text, east_first=east_first is not None or dialect.version == "1.0.0")
    sentence = _("%(field)s: the CRS “%(value)s” is not offered for %(layer)s; write for instance %(example)s.")
    values = {"field": locator, "value": text[:80], "layer": layer.name, "example": urn(layer.srid)}
    raise WfsError("InvalidParameterValue", sentence % values, locator)
