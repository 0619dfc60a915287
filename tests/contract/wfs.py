"""How WFS shows a layer: features of both versions, hits, boxes in the capabilities, types in the schema."""

import csv
import io
from typing import Any
from urllib.parse import urlsplit

import httpx
from lxml import etree

from tests.contract.reader import Absent, Reader
from tests.contract.services import COUNTS, EXTENTS, KEYS, PRESENCE, Bounds, service
from tests.world import BOUNDS


def wfs_root(reader: Reader, query: str) -> Any:
    """The document of a WFS request. Raises Absent where the type is said not to be there."""
    answer = reader.service.get(f"/wfs?SERVICE=WFS&{query}", reader.person, how=reader.how)
    if answer.status_code == httpx.codes.BAD_REQUEST and b'locator="typeName' in answer.content:
        raise Absent("/wfs")
    return etree.fromstring(reader.get(f"/wfs?SERVICE=WFS&{query}").content)


@service(KEYS, "WFS, page by page")
def wfs_features(reader: Reader) -> set[int]:
    """Every page by its `next` link."""
    found: list[int] = []
    query: str | None = f"VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=ioc:{reader.name}&COUNT=4"
    while query:
        page = wfs_root(reader, query)
        ids = [feature.get("{http://www.opengis.net/gml/3.2}id") for feature in page.iterfind(f"{{*}}member/{{*}}{reader.name}")]
        found += [int(fid.rpartition(".")[2]) for fid in ids]
        query = urlsplit(page.get("next", "")).query.replace("SERVICE=WFS&", "")
    assert len(found) == len(set(found)), "a row stands on two pages"
    return set(found)


@service(KEYS, "WFS 1.1.0 as CSV by bbox")
def wfs_table(reader: Reader) -> set[int]:
    """All rows lie in the world's bounds."""
    bbox = f"{BOUNDS[0]},{BOUNDS[1]},{BOUNDS[2]},{BOUNDS[3]},EPSG:4326"
    query = f"SERVICE=WFS&VERSION=1.1.0&REQUEST=GetFeature&TYPENAME={reader.name}&BBOX={bbox}"
    wfs_root(reader, query.removeprefix("SERVICE=WFS&") + "&MAXFEATURES=0")
    rows = csv.DictReader(io.StringIO(reader.get(f"/wfs?{query}&OUTPUTFORMAT=csv").content.decode("utf-8-sig")))
    return {int(row["id"].rpartition(".")[2]) for row in rows}


@service(COUNTS, "WFS hits")
def wfs_hits(reader: Reader) -> int:
    """numberMatched."""
    return int(wfs_root(reader, f"VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES={reader.name}&RESULTTYPE=hits").get("numberMatched"))


@service(EXTENTS, "WFS capabilities")
def wfs_box(reader: Reader) -> Bounds | None:
    """ows:WGS84BoundingBox."""
    for found in wfs_root(reader, "REQUEST=GetCapabilities").iter("{http://www.opengis.net/wfs/2.0}FeatureType"):
        if found.findtext("{*}Name") == f"ioc:{reader.name}":
            box = found.find("{*}WGS84BoundingBox")
            if box is None:
                return None
            west, south, east, north = (float(number) for corner in box for number in str(corner.text).split())
            return west, south, east, north
    raise Absent("/wfs")


@service(PRESENCE, "WFS schema")
def in_wfs_schema(reader: Reader) -> None:
    """DescribeFeatureType of all types, and of the one."""
    every = wfs_root(reader, "VERSION=2.0.0&REQUEST=DescribeFeatureType")
    if reader.name not in {element.get("name") for element in every.iterfind("{*}element")}:
        raise Absent("/wfs")
    wfs_root(reader, f"VERSION=2.0.0&REQUEST=DescribeFeatureType&TYPENAMES={reader.name}")
