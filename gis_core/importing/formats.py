"""The formats that are read, told apart by their first bytes: the name of a file proves nothing.

GDAL opens by content: a virtual data set saved as .geojson reads another file of the server. So the content must be of an
accepted format, and the reading process has no driver but that format's.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from gis_core.importing.faults import FileFault

_HEAD = 65_536
_TAIL = 4_096


@dataclass(frozen=True)
class Format:
    """A kind of file: the one GDAL driver that may open it (None: another reader) and whether it is text in some encoding."""

    key: str
    title: str
    driver: str | None
    is_text: bool = False


GEOJSON = Format("geojson", "GeoJSON", "GeoJSON", is_text=True)
GEOPACKAGE = Format("geopackage", "GeoPackage", "GPKG")
SHAPEFILE = Format("shapefile", "Shapefile", "ESRI Shapefile")
ARCHIVE = Format("archive", "Shapefile (zip)", "ESRI Shapefile")
FLATGEOBUF = Format("flatgeobuf", "FlatGeobuf", "FlatGeobuf")
GEOPARQUET = Format("geoparquet", "GeoParquet", None)
KML = Format("kml", "KML", "LIBKML")
GPX = Format("gpx", "GPX", "GPX")
CSV = Format("csv", "CSV", "CSV", is_text=True)
XLSX = Format("xlsx", "Excel (.xlsx)", "XLSX")
DXF = Format("dxf", "DXF", "DXF")
DGN = Format("dgn", "DGN v7", "DGN")
GEOTIFF = Format("geotiff", "GeoTIFF", "GTiff")
_KNOWN = (GEOJSON, GEOPACKAGE, SHAPEFILE, ARCHIVE, FLATGEOBUF, GEOPARQUET, KML, GPX, CSV, XLSX, DXF, DGN, GEOTIFF)
FORMATS = {known.key: known for known in _KNOWN}

# Every vector driver of the wheel; the reading process refuses to work beside one that is not switched off.
DRIVERS = (
    *("MEM", "PCIDSK", "PDS4", "VICAR", "PDF", "MBTiles", "EEDA", "OGCAPI", "GDALG", "ESRI Shapefile", "MapInfo File", "LVBAG", "S57"),
    *("DGN", "OGR_VRT", "CSV", "GML", "GPX", "LIBKML", "KML", "GeoJSON", "GeoJSONSeq", "ESRIJSON", "TopoJSON", "OGR_GMT", "GPKG"),
    *("SQLite", "WAsP", "OpenFileGDB", "DXF", "FlatGeobuf", "GeoRSS", "VFK", "PGDUMP", "OSM", "GPSBabel", "OGR_PDS", "WFS", "OAPIF"),
    *("EDIGEO", "Idrisi", "ODS", "XLSX", "Elasticsearch", "Carto", "AmigoCloud", "SXF", "Selafin", "JML", "PLSCENES", "CSW", "VDV", "MVT"),
    *("NGW", "MapML", "GTFS", "PMTiles", "JSONFG", "MiraMonVector", "ADBC", "AVCBin", "AVCE00", "AIVector", "HTTP"),
)
# Raster and network drivers, which no vector file needs.
_OTHERS = ("VRT", "WMS", "WMTS", "WCS", "PLMOSAIC", "STACIT", "STACTA", "DAAS", "EEDAI", "DERIVED", "GTI", "WEBP", "netCDF", "HDF5")
# Drawings of versions that no open library reads: DWG, and DGN v8 in Microsoft's compound file, which old workbooks use too.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CLOSED_DRAWINGS = (b"AC10", _COMPOUND, b"AutoCAD Binary DXF")
_WORKBOOK = "Workbook".encode("utf-16-le")
# TIFF and BigTIFF, in both orders of bytes.
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# How the first member of a workbook's archive is called.
_XLSX_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
_DGN = (b"\x08\x09\xfe\x02", b"\xc8\x09\xfe\x02")
_DXF = re.compile(rb"(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\n\s*SECTION\r?\n")
# A list of corners without a heading, as total stations write it: numbers with spaces between.
_NUMBERS = re.compile(rb"\s*[\d.+-]+( +[\d.+-]+)+\s*")
_GEOPACKAGE_IDS = frozenset({b"GPKG", b"GP10", b"GP11"})
_GEOJSON_TYPES = rb'"type"\s*:\s*"(FeatureCollection|Feature)"'
_XML_REMARK = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_XML_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


def skipped_drivers(wanted: str | None) -> dict[str, str]:
    """Environment that leaves GDAL the one driver; it must be set before GDAL is loaded."""
    others = ",".join(name for name in (*DRIVERS, *_OTHERS) if name != wanted)
    return {"GDAL_SKIP": others, "OGR_SKIP": others}


def recognise(path: Path) -> Format:
    """The format of a file from its content. Raises FileFault."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL))
            tail = file.read(_TAIL)
    except OSError:
        raise FileFault("no-file", path=path.name) from None
    found = _binary(head, tail) or _xml(head) or _json(head, tail) or _table(head, path)
    if found is None:
        raise FileFault("unknown-format", path=path.name)
    return found


def _binary(head: bytes, tail: bytes) -> Format | None:
    signatures = {b"fgb\x03fgb": FLATGEOBUF, b"PK\x03\x04": ARCHIVE, b"\x00\x00\x27\x0a": SHAPEFILE}
    for signature, found in signatures.items():
        if head.startswith(signature):
            return XLSX if found is ARCHIVE and head[30:].startswith(_XLSX_PARTS) else found
    if head.startswith(_CLOSED_DRAWINGS):
        raise FileFault("old-excel" if head.startswith(_COMPOUND) and _WORKBOOK in head + tail else "closed-drawing")
    if head.startswith((*_DGN, *_TIFF)):
        return DGN if head.startswith(_DGN) else GEOTIFF
    if _DXF.match(head):
        return DXF
    if head.startswith(b"SQLite format 3\0") and head[68:72] in _GEOPACKAGE_IDS:
        return GEOPACKAGE
    return GEOPARQUET if head.startswith(b"PAR1") and tail.endswith(b"PAR1") else None


def _xml(head: bytes) -> Format | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"<"):
        return None
    text = _XML_REMARK.sub(b"", text)
    if re.search(rb"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise FileFault("doctype")
    root = _XML_ROOT.search(text)
    return {b"kml": KML, b"gpx": GPX}.get(root[1].lower()) if root else None


def _json(head: bytes, tail: bytes) -> Format | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    # Files of other encodings are recoded first; their letters of the alphabet stand here with zero bytes between.
    plain = text.replace(b"\0", b"")
    if not plain.lstrip(b"\xff\xfe").startswith(b"{") or b"gdal_streamed_alg" in plain:
        return None
    return GEOJSON if re.search(_GEOJSON_TYPES, plain) or re.search(_GEOJSON_TYPES, tail) else None


def _table(head: bytes, path: Path) -> Format | None:
    """A table has no signature: its name must say so, and its first line must be text with at least two columns."""
    if path.suffix.lower() not in {".csv", ".tsv", ".txt"} or head.lstrip()[:1] in (b"<", b"{", b"["):
        return None
    line = head.replace(b"\0", b"").splitlines()[:1]
    return (
        CSV
        if line and (re.search(rb"[,;\t|]", line[0]) or _NUMBERS.fullmatch(line[0])) and not re.search(rb"[\x01-\x08\x0e-\x1f]", line[0])
        else None
    )
