"""How WMS and WMTS show a layer: pixels, what stands under them, legends, extents, presence."""

import io
import zipfile

import httpx
import numpy as np
from lxml import etree
from PIL import Image

from tests.contract.reader import Absent, Reader
from tests.contract.services import COUNTS, EXTENTS, KEYS, PRESENCE, Bounds, service, tile_of

_WMS = "{http://www.opengis.net/wms}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_OWS = "{http://www.opengis.net/ows/1.1}"
# Degrees around a row's place, and the pixels they are drawn on: near enough for single parcels, too near for neighbours.
_SPAN, _PIXELS = 0.0006, 32


def ask(reader: Reader, query: str) -> httpx.Response:
    """An answer of `/wms`. Raises Absent where it says that the layer is not there."""
    answer = reader.get(f"/wms?SERVICE=WMS&VERSION=1.3.0&{query}")
    if b'code="LayerNotDefined"' in answer.content:
        raise Absent(query)
    assert b"ServiceException" not in answer.content, answer.text
    return answer


def around(at: tuple[float, float]) -> str:
    """A small view with a row's place at its middle."""
    lon, lat = at[0] + 0.0002, at[1] + 0.0002
    box = (lon - _SPAN / 2, lat - _SPAN / 2, lon + _SPAN / 2, lat + _SPAN / 2)
    return f"CRS=CRS:84&BBOX={','.join(map(str, box))}&WIDTH={_PIXELS}&HEIGHT={_PIXELS}"


@service(KEYS, "WMS GetFeatureInfo")
def feature_info(reader: Reader) -> set[int]:
    """What stands under the pixel of each row."""
    found: set[int] = set()
    for row in reader.rows:
        # The lower left corner of a row's shape, where a point stands too: a quarter of a span from the middle.
        column, down = round(_PIXELS * (0.5 - 0.0002 / _SPAN)) + 1, round(_PIXELS * (0.5 + 0.0002 / _SPAN)) - 1
        asked = f"REQUEST=GetFeatureInfo&LAYERS={reader.name}&QUERY_LAYERS={reader.name}&STYLES=&{around(row.at)}"
        answer = ask(reader, f"{asked}&I={column}&J={down}&INFO_FORMAT=application/json&FEATURE_COUNT=50").json()
        found |= {feature["id"] for feature in answer["features"]}
    return found


@service(COUNTS, "WMS legend")
def legend_count(reader: Reader) -> int:
    """The number of rows in the legend as JSON."""
    return int(ask(reader, f"REQUEST=GetLegendGraphic&LAYER={reader.name}&FORMAT=application/json").json()["count"])


@service(COUNTS, "WMS pixels")
def drawn(reader: Reader) -> int:
    """How many rows leave pixels at their place. Units lie in each other: which of them a pixel shows cannot be told."""
    if reader.name == "admin_units":
        return len(reader.expected)
    return sum(_is_drawn(ask(reader, f"REQUEST=GetMap&LAYERS={reader.name}&STYLES=&TRANSPARENT=TRUE&FORMAT=image/png&{around(row.at)}"))
               for row in reader.rows)  # fmt: skip


@service(COUNTS, "WMTS pixels")
def drawn_on_tiles(reader: Reader) -> int:
    """The same by tiles, whose address is near enough for one row alone."""
    if reader.name == "admin_units":
        return len(reader.expected)
    shift = 0.0 if reader.layer.geometry_kind == "point" else 0.0002
    return sum(_is_drawn(_tile(reader, (row.at[0] + shift, row.at[1] + shift))) for row in reader.rows)


def _tile(reader: Reader, at: tuple[float, float]) -> httpx.Response:
    z, x, y = tile_of(*at, 19)
    return reader.get(f"/wmts/{reader.name}/default/WebMercatorQuad/{z}/{y}/{x}.png")


def _is_drawn(answer: httpx.Response) -> bool:
    image = Image.open(io.BytesIO(answer.content)).convert("RGBA")
    return bool(np.asarray(image.getchannel("A")).max() > 0)


@service(EXTENTS, "WMS capabilities")
def capabilities_bounds(reader: Reader) -> Bounds | None:
    """EX_GeographicBoundingBox."""
    root = etree.fromstring(ask(reader, "REQUEST=GetCapabilities").content)
    for layer in root.iter(f"{_WMS}Layer"):
        if layer.findtext(f"{_WMS}Name") == reader.name:
            box = layer.find(f"{_WMS}EX_GeographicBoundingBox")
            if box is None:
                return None
            west, east, south, north = (float(child.text) for child in box)
            return west, south, east, north
    raise Absent("/wms")


@service(EXTENTS, "WMTS capabilities")
def tile_capabilities_bounds(reader: Reader) -> Bounds | None:
    """ows:WGS84BoundingBox."""
    root = etree.fromstring(reader.get("/wmts?SERVICE=WMTS&REQUEST=GetCapabilities").content)
    for layer in root.iter("{http://www.opengis.net/wmts/1.0}Layer"):
        if layer.findtext(f"{_OWS}Identifier") == reader.name:
            box = layer.find(f"{_OWS}WGS84BoundingBox")
            if box is None:
                return None
            (west, south), (east, north) = (map(float, child.text.split()) for child in box)
            return west, south, east, north
    raise Absent("/wmts")


@service(PRESENCE, "WMS legend picture")
def has_legend(reader: Reader) -> None:
    """A picture."""
    assert ask(reader, f"REQUEST=GetLegendGraphic&LAYER={reader.name}&FORMAT=image/png").content.startswith(b"\x89PNG")


@service(PRESENCE, "WMS GetStyles")
def has_styles(reader: Reader) -> None:
    """SLD."""
    assert b"NamedLayer" in ask(reader, f"REQUEST=GetStyles&LAYERS={reader.name}").content


@service(PRESENCE, "WMS DescribeLayer")
def is_described(reader: Reader) -> None:
    """Where its features are had."""
    assert reader.name.encode() in ask(reader, f"REQUEST=DescribeLayer&LAYERS={reader.name}").content


@service(PRESENCE, "QGIS project")
def in_project(reader: Reader) -> None:
    """Its layers, and nothing of anybody else's rows inside of the archive."""
    archive = zipfile.ZipFile(io.BytesIO(reader.get("/qgis/project.qgz").content))
    root = etree.fromstring(archive.read("ioc-map.qgs"))
    if reader.name not in [element.text for element in root.iter("shortname")]:
        raise Absent("/qgis/project.qgz")


@service(PRESENCE, "QGIS page")
def on_qgis_page(reader: Reader) -> None:
    """A button for each layer."""
    if f"/qgis/{reader.name}.qlr" not in reader.get("/qgis/", headers={"Accept": "text/html"}).text:
        raise Absent("/qgis/")


@service(PRESENCE, "QGIS layer definition")
def has_definition(reader: Reader) -> None:
    """The layer alone."""
    assert f"<shortname>{reader.name}</shortname>" in reader.get(f"/qgis/{reader.name}.qlr").text
