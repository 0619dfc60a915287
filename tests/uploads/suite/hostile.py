"""Files made to harm: to read other files, to reach the network, to fill memory, disk or time, to slip into the database."""

import sqlite3
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.importing.conftest import collection, point
from tests.uploads.suite.case import Case, Maker, packed, points, saved, written, zipped
from tests.uploads.suite.good import TWO

_VRT = '<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>CSV:/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
_XXE = '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&x;</name></Placemark></kml>'
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<gpx><wpt lat="1" lon="1"><name>&b;</name></wpt></gpx>'
)
_LINK = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>'
    "</Document></kml>"
)
_BOMB = struct.pack(">i", 9994) + bytes(100 << 20)
_NESTED = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"MultiPolygon","coordinates":%s}}]}'


def _deep(levels: int) -> dict[str, object]:
    shape: dict[str, object] = point(108.4, 15.5)
    for _level in range(levels):
        shape = {"type": "GeometryCollection", "geometries": [shape]}
    return shape


def _encrypted(folder: Path) -> Path:
    path = packed("a.zip", {"a.shp": struct.pack(">i", 9994) + bytes(200)})(folder)
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    path.write_bytes(data)
    return path


def _lying_sizes(folder: Path) -> Path:
    """Says that its bomb is small."""
    path = packed("a.zip", {"a.shp": _BOMB})(folder)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1_000)
    path.write_bytes(data)
    return path


def _crowd(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for number in range(1_500):
            archive.writestr(f"{number}.shp", b"")
    return folder / "a.zip"


def _climbing(folder: Path) -> Path:
    """Its members want to lie elsewhere; nothing is unpacked, so they lie nowhere."""
    return zipped("a.zip", saved("a.shp", points(), encoding="UTF-8"), inside="../../../../tmp/ioc-hostile-")(folder)


def _gpkg(script: str) -> Maker:
    """A GeoPackage with more in it than tables."""

    def make(folder: Path) -> Path:
        path = saved("a.gpkg", points())(folder)
        with sqlite3.connect(path) as database:
            database.executescript(script)
        return path

    return make


def _wkb(shape: bytes) -> Maker:
    """GeoParquet whose geometry column holds any bytes."""

    def make(folder: Path) -> Path:
        about = b'{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":{"encoding":"WKB","geometry_types":[]}}}'
        table = pa.table({"geometry": pa.array([shape], pa.binary())}).replace_schema_metadata({b"geo": about})
        pq.write_table(table, folder / "a.parquet")
        return folder / "a.parquet"

    return make


def _spoiled(name: str, at: int, with_: bytes) -> Maker:
    def make(folder: Path) -> Path:
        path = saved(name, points(50))(folder)
        data = bytearray(path.read_bytes())
        data[at : at + len(with_)] = with_
        path.write_bytes(data)
        return path

    return make


def _workbook(sheet: str, head: str = "") -> Maker:
    """The smallest workbook, with any sheet."""
    parts = {
        "[Content_Types].xml": head + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": head + '<workbook><sheets><sheet name="a" sheetId="1" r:id="rId1" xmlns:r="r"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    return packed("a.xlsx", parts)


_ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_CELLS = '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
HOSTILE = (
    Case("a virtual data set called GeoJSON", written("a.geojson", _VRT), "refused: unknown-format"),
    Case("a virtual data set called GPX", written("a.gpx", '<?xml version="1.0"?>' + _VRT), "refused: unknown-format"),
    Case("a virtual data set in an archive", packed("a.zip", {"a.shp": _VRT}), "refused: archive"),
    Case("a VRT behind the letters GeoJSON", written("a.geojson", '{"type":"FeatureCollection"' + _VRT), "refused: cannot-open"),
    Case("an address instead of data", written("a.geojson", "/vsicurl/http://127.0.0.1:9/a.geojson"), "refused: unknown-format"),
    Case(
        "a pipeline of GDAL",
        written("a.geojson", '{"type":"gdal_streamed_alg","command_line":"read /etc/passwd"}'),
        "refused: unknown-format",
    ),
    Case(
        "a pipeline that calls itself a collection",
        written("a.geojson", '{"type":"FeatureCollection","x":"gdal_streamed_alg","features":[]}'),
        "refused: unknown-format",
    ),
    Case("a service of ESRI", written("a.geojson", '{"geometryType":"esriGeometryPoint","features":[]}'), "refused: unknown-format"),
    Case("TopoJSON", written("a.geojson", '{"type":"Topology","objects":{},"arcs":[]}'), "refused: unknown-format"),
    Case("KML that reads a file", written("a.kml", _XXE), "refused: doctype"),
    Case("GPX that laughs a billion times", written("a.gpx", _LAUGHS), "refused: doctype"),
    Case("a DOCTYPE behind a remark", written("a.kml", "<!-- x -->" + _XXE.partition("?>")[2]), "refused: doctype"),
    Case("KML that calls somebody", written("a.kml", _LINK), "0 rows in EPSG:4326"),
    Case("an archive that swells", packed("a.zip", {"a.shp": _BOMB}), "refused: archive-too-large"),
    Case("an archive that lies about its size", _lying_sizes, "refused: archive-bad"),
    Case("an archive with a password", _encrypted, "refused: archive-bad"),
    Case("an archive of 1,500 files", _crowd, "refused: archive-too-large"),
    Case("an archive in an archive", packed("a.zip", {"a.zip": b"PK\x03\x04" + bytes(99)}), "refused: archive"),
    Case("an archive that climbs out of its folder", _climbing, "refused: cannot-open"),
    Case(
        "a collection in collections",
        written("a.geojson", collection([(_deep(40), {}), (point(108.4, 15.5), {})])),
        "1 rows in EPSG:4326; 1 too-deep",
    ),
    Case("arrays in arrays", written("a.geojson", _NESTED % ("[" * 20_000 + "]" * 20_000)), "refused: cannot-open"),
    Case("a query in place of a layer", saved("a.gpkg", points()), "refused: unknown-layer", {"layer": "SELECT load_extension('x')"}),
    Case("a trigger", _gpkg("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; END;"), "2 rows in EPSG:5899"),
    Case(
        "a view that never ends",
        _gpkg(
            "CREATE VIEW v AS WITH RECURSIVE r(i) AS (VALUES(0) UNION ALL SELECT i+1 FROM r) SELECT i FROM r;"
            "INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES('v', 'attributes', 'v');"
        ),
        "2 rows in EPSG:5899",
    ),
    Case(
        "WKB that promises two thousand million points",
        _wkb(struct.pack("<BII", 1, 2, 2**31 - 1)),
        "0 rows in EPSG:4326; 1 too-many-vertices",
    ),
    Case("WKB of a kind that does not exist", _wkb(struct.pack("<BI", 1, 999) + bytes(16)), "0 rows in EPSG:4326; 1 unknown-kind"),
    Case("WKB that breaks off", _wkb(struct.pack("<BId", 1, 1, 108.4)), "0 rows in EPSG:4326; 1 unreadable"),
    Case("a FlatGeobuf with a header of 4 GB", _spoiled("a.fgb", 8, b"\xff\xff\xff\xff"), "refused: no-layer"),
    Case("a GeoParquet with a torn page", _spoiled("a.parquet", 60, b"\xff" * 40), "refused: failed"),
    Case("a GeoPackage with torn pages", _spoiled("a.gpkg", 4_200, b"\xff" * 9_000), "refused: cannot-open"),
    Case("zero bytes in a text", written("a.geojson", TWO.replace("Chợ", "\\u0000")), "2 rows in EPSG:4326"),
    Case("a line of a million letters", written("a.csv", "lon,lat,ten\n108.47,15.57," + "a" * 1_000_000 + "\n"), "1 rows in EPSG:4326"),
    Case("a number without end", written("a.geojson", TWO.replace("108.47", "1" + "0" * 400)), "refused: cannot-open"),
    Case("a workbook with entities", _workbook(_ENTITIES + _CELLS, _ENTITIES), "refused: cannot-open"),
    Case("a workbook whose sheet is no XML", _workbook("\x00\x01\x02"), "refused: cannot-open"),
    Case("a DXF that never ends a section", written("a.dxf", "0\nSECTION\n2\nENTITIES\n" + "0\nLINE\n" * 2_000), "refused: no-crs"),
)
