"""Files are known by their content; what is not on the list is refused, whatever its name."""

import sqlite3
import struct
from pathlib import Path

import pytest

from gis_core.importing import formats
from gis_core.importing.faults import FileFault
from gis_core.importing.formats import recognise, skipped_drivers
from tests.importing.conftest import Writer, collection, point

GEOJSON = collection([(point(108, 15), {"a": 1})])
ACCEPTED: dict[str, tuple[bytes, formats.Format]] = {
    "a.geojson": (GEOJSON.encode(), formats.GEOJSON),
    "no-suffix": (GEOJSON.encode(), formats.GEOJSON),
    "with-mark.json": (b"\xef\xbb\xbf" + GEOJSON.encode(), formats.GEOJSON),
    "utf16.json": (GEOJSON.encode("utf-16"), formats.GEOJSON),
    "type-last.json": (b'{"features":[' + b" " * 70_000 + b'],"type":"FeatureCollection"}', formats.GEOJSON),
    "named.shp": (b'{"type": "FeatureCollection", "features": []}', formats.GEOJSON),
    "a.shp": (struct.pack(">i", 9994) + bytes(96), formats.SHAPEFILE),
    "a.fgb": (b"fgb\x03fgb\x00" + bytes(8), formats.FLATGEOBUF),
    "a.parquet": (b"PAR1" + bytes(20) + b"PAR1", formats.GEOPARQUET),
    "a.zip": (b"PK\x03\x04" + bytes(30), formats.ARCHIVE),
    "a.kml": (b'<?xml version="1.0"?>\n<!-- <gpx> -->\n<kml xmlns="http://www.opengis.net/kml/2.2"/>', formats.KML),
    "a.gpx": (b'<gpx version="1.1"/>', formats.GPX),
    "prefixed.kml": (b'<k:kml xmlns:k="http://www.opengis.net/kml/2.2"/>', formats.KML),
    "a.tif": (b"II*\0" + bytes(50), formats.GEOTIFF),
    "a.csv": ("mã;tên;lon;lat\n1;Phường;108;15\n".encode(), formats.CSV),
}
REFUSED: dict[str, bytes] = {
    "vrt.geojson": b"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    "vrt.csv": b"<OGRVRTDataSource><OGRVRTLayer name='x,y'/></OGRVRTDataSource>",
    "raster.gpkg": b"<VRTDataset rasterXSize='1' rasterYSize='1'/>",
    "pipeline.geojson": b'{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read /etc/passwd","x":{"type":"Feature"}}',
    "topo.json": b'{"type":"Topology","objects":{}}',
    "esri.json": b'{"geometryType":"esriGeometryPoint","features":[]}',
    "list.json": b'[{"type":"Feature"}]',
    "wfs.xml": b"<OGRWFSDataSource><URL>http://127.0.0.1/</URL></OGRWFSDataSource>",
    "gml.gml": b"<gml:FeatureCollection xmlns:gml='http://www.opengis.net/gml'/>",
    "database.gpkg": b"SQLite format 3\0" + bytes(100),
    "half.parquet": b"PAR1" + bytes(30),
    "text.txt": b"a sentence without columns\n",
    "program.csv": b"\x7fELF\x02\x01\x01\x00,,,",
    "image.jp2": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(50),
    "rar.zip": b"Rar!\x1a\x07\x00",
    "empty.geojson": b"",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted_formats_are_recognised(name: str, write: Writer) -> None:
    """By content."""
    content, wanted = ACCEPTED[name]
    assert recognise(write(name, content)) is wanted


@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_refused(name: str, write: Writer) -> None:
    """With a sentence that says what is accepted."""
    with pytest.raises(FileFault, match="Accepted are GeoJSON") as caught:
        recognise(write(name, REFUSED[name]))
    assert caught.value.fault.code == "unknown-format"


def test_a_real_geopackage_is_told_from_any_database(tmp_path: Path) -> None:
    """By SQLite's application id."""
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA application_id = 0x47504B47")
        database.execute("CREATE TABLE a (b)")
    assert recognise(path) is formats.GEOPACKAGE


@pytest.mark.parametrize("declaration", ['<!DOCTYPE kml SYSTEM "http://127.0.0.1/x.dtd">', '<!doctype kml [<!ENTITY a "b">]>'])
def test_declarations_in_xml_are_refused(declaration: str, write: Writer) -> None:
    """No entity is ever expanded."""
    with pytest.raises(FileFault) as caught:
        recognise(write("a.kml", f'<?xml version="1.0"?>{declaration}<kml/>'))
    assert caught.value.fault.code == "doctype"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Without its folder."""
    with pytest.raises(FileFault) as caught:
        recognise(tmp_path / "none.geojson")
    assert str(caught.value).startswith("none.geojson:")
    assert str(tmp_path) not in str(caught.value)


def test_one_driver_is_left() -> None:
    """The others are switched off by name, virtual and network ones first of all."""
    environment = skipped_drivers("GPKG")
    skipped = environment["GDAL_SKIP"].split(",")
    assert environment["GDAL_SKIP"] == environment["OGR_SKIP"]
    assert "GPKG" not in skipped
    assert {"OGR_VRT", "VRT", "GDALG", "WFS", "HTTP", "OAPIF", "GeoJSON"} <= set(skipped)


def test_every_format_has_a_driver_that_the_list_knows() -> None:
    """Otherwise the reading process would find it among the others."""
    vectors = set(formats.FORMATS.values()) - {formats.GEOTIFF}  # opened by the name of its driver alone
    assert {known.driver for known in vectors} - {None} <= set(formats.DRIVERS)
