"""Files that must come in whole."""

import json
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pyogrio
import shapely

from tests.importing.conftest import collection, point, square
from tests.uploads.suite.case import Case, Maker, X, Y, points, saved, written, zipped

TWO = collection([(point(108.47, 15.57), {"tên": "Chợ"}), (point(108.48, 15.58), {"tên": "Trường"})])
_DEGREES, _PLANE = "2 rows in EPSG:4326", "2 rows in EPSG:5899"
_FLAT = "x;y;ten\n550700.25;1720000.5;một\n550800.25;1720000.5;hai\n"
_KML = (
    '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>Trạm</name>'
    "<Placemark><name>Một</name><Point><coordinates>108.47,15.57,3</coordinates></Point></Placemark>"
    "<Placemark><name>Hai</name><Point><coordinates>108.48,15.58</coordinates></Point></Placemark></Folder></Document></kml>"
)
_GPX = (
    '<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">'
    '<wpt lat="15.57" lon="108.47"><name>Một</name></wpt><wpt lat="15.58" lon="108.48"><name>Hai</name></wpt>{more}</gpx>'
)
_TRACK = '<trk><trkseg><trkpt lat="15.5" lon="108.4"/><trkpt lat="15.6" lon="108.5"/></trkseg></trk>'


def _lines() -> Any:
    ring = [(X, Y), (X + 50, Y), (X + 50, Y + 50)]
    return geopandas.GeoDataFrame({"Layer": ["0", "0"]}, geometry=[shapely.LineString(ring)] * 2, crs=5899)


def _two_layers(folder: Path) -> Path:
    for name in ("một", "hai"):
        pyogrio.write_dataframe(points(), folder / "a.gpkg", layer=name)
    return folder / "a.gpkg"


def _book(*sheets: list[Any]) -> Maker:
    def make(folder: Path) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for number, rows in enumerate(sheets):
            sheet = book.create_sheet(f"Trang {number}")
            for row in rows:
                sheet.append(row)
        book.save(folder / "a.xlsx")
        return folder / "a.xlsx"

    return make


_ROWS: list[Any] = [["Tên", "kinh độ", "vĩ độ"], ["Chợ", 108.47, 15.57], ["Trường", "108,48", "15,58"]]
GOOD = (
    Case("GeoJSON", written("a.geojson", TWO), _DEGREES),
    Case("GeoJSON with a byte order mark", written("a.geojson", b"\xef\xbb\xbf" + TWO.encode()), _DEGREES),
    Case("GeoJSON under another name", written("dulieu.dat", TWO), _DEGREES),
    Case(
        "GeoJSON in VN-2000",
        written(
            "a.json",
            json.dumps(
                {
                    "crs": {"type": "name", "properties": {"name": "EPSG:5899"}},
                    **json.loads(collection([(point(X, Y), {}), (point(X + 9, Y), {})])),
                }
            ),
        ),
        _PLANE,
    ),
    Case(
        "a single feature",
        written("a.geojson", json.dumps({"type": "Feature", "properties": {}, "geometry": point(108.47, 15.57)})),
        "1 rows in EPSG:4326",
    ),
    Case("GeoPackage", saved("a.gpkg", points()), _PLANE),
    Case("one of two layers", _two_layers, _PLANE, {"layer": "hai"}),
    Case("Shapefile in a zip", zipped("a.zip", saved("thua.shp", points(), encoding="UTF-8")), _PLANE),
    Case("Shapefile in a folder of a zip", zipped("a.zip", saved("thua.shp", points(), encoding="UTF-8"), inside="Bản đồ/2025/"), _PLANE),
    Case("Shapefile alone", saved("a.shp", points(), encoding="UTF-8"), _PLANE),
    Case(
        "Shapefile without .prj, told where",
        zipped("a.zip", saved("a.shp", points(), encoding="UTF-8"), leave_out=(".prj",)),
        _PLANE,
        {"srid": 5899},
    ),
    Case("FlatGeobuf", saved("a.fgb", points()), _PLANE),
    Case("GeoParquet", saved("a.parquet", points()), _PLANE),
    Case("KML with heights", written("a.kml", _KML), _DEGREES),
    Case("GPX", written("a.gpx", _GPX.format(more="")), _DEGREES),
    Case("the tracks of a GPX", written("a.gpx", _GPX.format(more=_TRACK)), "1 rows in EPSG:4326", {"layer": "tracks"}),
    Case("DXF, told where", saved("a.dxf", _lines(), driver="DXF"), _PLANE, {"srid": 5899}),
    Case("CSV in degrees", written("a.csv", "lon,lat,ten\n108.47,15.57,a\n108.48,15.58,b\n"), _DEGREES),
    Case("CSV with Vietnamese headings", written("a.csv", "Kinh độ,Vĩ độ,Tên\n108.47,15.57,a\n108.48,15.58,b\n"), _DEGREES),
    Case("CSV with semicolons, told where", written("a.csv", _FLAT), _PLANE, {"srid": 5899}),
    Case("CSV with tabs", written("a.tsv", _FLAT.replace(";", "\t")), _PLANE, {"srid": 5899}),
    Case(
        "CSV of survey papers",
        written("a.csv", "ten,x,y\na,1720000.5,550700.25\nb,1720000.5,550800.25\n"),
        _PLANE,
        {"srid": 5899, "east_north": ("y", "x")},
    ),
    Case("CSV with WKT", written("a.csv", 'ten,wkt\na,"POINT (108.47 15.57)"\nb,"POINT (108.48 15.58)"\n'), _DEGREES, {"srid": 4326}),
    Case(
        "CSV in UTF-16",
        written("a.csv", "lon,lat,ten\n108.47,15.57,ấ\n108.48,15.58,b\n".encode("utf-16")),
        _DEGREES,
        {"encoding": "utf-16"},
    ),
    Case(
        "CSV in Windows-1258",
        written("a.csv", "lon,lat,ten\n108.47,15.57,\u01b0\n108.48,15.58,b\n".encode("cp1258")),
        _DEGREES,
        {"encoding": "windows-1258"},
    ),
    Case("Excel", _book(_ROWS), _DEGREES),
    Case("one sheet of Excel", _book(_ROWS, _ROWS), _DEGREES, {"layer": "Trang 1"}),
    Case("an empty sheet beside", _book(_ROWS, []), _DEGREES),
    Case(
        "columns with names of ours",
        written("a.geojson", collection([(square(108.4, 15.5), {"id": 1, "geom": "x", "admin_unit_id": 7})])),
        "1 rows in EPSG:4326",
    ),
    Case(
        "names that say something to a database",
        written("a.geojson", collection([(point(108.4, 15.5), {'a"; DROP TABLE users; --': 1})])),
        "1 rows in EPSG:4326",
    ),
    Case("formulas", written("a.csv", "lon,lat,ten\n108.47,15.57,\"=cmd|'/c calc'!A1\"\n108.48,15.58,@SUM(A1)\n"), _DEGREES),
)
