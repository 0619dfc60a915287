"""Files with faults: each is refused, or its rows are, with the reason."""

from pathlib import Path

import geopandas
import pyogrio
import shapely

from tests.importing.conftest import bow_tie, collection, point, square
from tests.uploads.suite.case import Case, X, Y, cut, packed, points, saved, written, zipped
from tests.uploads.suite.good import _FLAT, _GPX, _ROWS, _TRACK, TWO, _book, _lines, _two_layers

_WRONG_PRJ = (
    'PROJCS["VN2000",GEOGCS["GCS_X",DATUM["D_X",SPHEROID["WGS_1984",6378137,298.257223563]],PRIMEM["Greenwich",0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000],PARAMETER["False_Northing",0],'
    'PARAMETER["Central_Meridian",107.75],PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0],UNIT["Meter",1]]'
)


def _prj(folder: Path) -> Path:
    pyogrio.write_dataframe(points(), folder / "a.shp", encoding="UTF-8")
    (folder / "a.prj").write_text(_WRONG_PRJ)
    return folder / "a.shp"


def _ring(*corners: tuple[float, float]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


def _no_crs(folder: Path) -> Path:
    frame = geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(X, Y)])
    frame.to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


_GOOD_ROW = (point(108.47, 15.57), {"a": 1})
BAD = (
    Case("nothing", written("a.geojson", b""), "refused: unknown-format"),
    Case("noise", written("a.gpkg", bytes(range(256)) * 40), "refused: unknown-format"),
    Case("a text", written("a.shp", "Kính gửi Ủy ban nhân dân …"), "refused: unknown-format"),
    Case("a PDF", written("a.geojson", b"%PDF-1.7\n" + bytes(900)), "refused: unknown-format"),
    Case("a picture", written("a.zip", b"\x89PNG\r\n\x1a\n" + bytes(900)), "refused: unknown-format"),
    Case("DWG", written("a.dxf", b"AC1032" + bytes(900)), "refused: closed-drawing"),
    Case(
        "Excel of the last century",
        written("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes(900)),
        "refused: old-excel",
    ),
    Case("half a GeoPackage", cut(saved("a.gpkg", points())), "refused: cannot-open"),
    Case("half a GeoJSON", cut(written("a.geojson", TWO)), "refused: cannot-open"),
    Case("half a GeoParquet", cut(saved("a.parquet", points())), "refused: unknown-format"),
    Case("half a FlatGeobuf", cut(saved("a.fgb", points(200))), "refused: failed"),
    Case("half an archive", cut(zipped("a.zip", saved("a.shp", points()))), "refused: archive-bad"),
    Case("half a workbook", cut(_book(_ROWS)), "refused: cannot-open"),
    Case("an archive without a shapefile", packed("a.zip", {"đọc.txt": "x"}), "refused: archive"),
    Case(
        "a shapefile without its index of shapes",
        zipped("a.zip", saved("a.shp", points(), encoding="UTF-8"), leave_out=(".shx",)),
        "refused: cannot-open",
    ),
    Case("two shapefiles in an archive", zipped("a.zip", saved("a.shp", points()), saved("b.shp", points())), "refused: which-layer"),
    Case("two layers", _two_layers, "refused: which-layer"),
    Case("waypoints and tracks", written("a.gpx", _GPX.format(more=_TRACK)), "refused: which-layer"),
    Case("two sheets", _book(_ROWS, _ROWS), "refused: which-layer"),
    Case("a layer that is not there", _two_layers, "refused: unknown-layer", {"layer": "ba"}),
    Case("metres without a system", written("a.csv", _FLAT), "refused: no-crs"),
    Case("a shapefile without .prj", zipped("a.zip", saved("a.shp", points(), encoding="UTF-8"), leave_out=(".prj",)), "refused: no-crs"),
    Case("GeoParquet of nowhere", _no_crs, "refused: no-crs"),
    Case("DXF of nowhere", saved("a.dxf", _lines(), driver="DXF"), "refused: no-crs"),
    Case("VN-2000 without its datum", _prj, "refused: no-datum"),
    Case("Lambert of France", saved("a.gpkg", points().set_crs(2154, allow_override=True)), "refused: unsupported-crs"),
    Case("a table without places", written("a.csv", "ma,ten\n1,a\n"), "refused: no-places"),
    Case("a sheet without places", _book([["ma", "ten"], [1, "a"]]), "refused: no-places"),
    Case("letters of Windows", written("a.csv", "lon,lat,ten\n108.47,15.57,\u01b0\n".encode("cp1258")), "refused: not-utf8"),
    Case(
        "400 columns",
        written("a.geojson", collection([(point(108.4, 15.5), {f"c{n}": n for n in range(400)})])),
        "refused: too-many-fields",
    ),
    Case("north before east", written("a.geojson", collection([_GOOD_ROW, (point(15.57, 108.47), {})])), "1 rows in EPSG:4326; 2 swapped"),
    Case("metres as degrees", written("a.geojson", collection([_GOOD_ROW, (point(X, Y), {})])), "1 rows in EPSG:4326; 2 not-degrees"),
    Case("north before east in metres", written("a.csv", "x,y\n1720000.5,550700.25\n"), "0 rows in EPSG:5899; 1 swapped", {"srid": 5899}),
    Case("a row without a shape", written("a.geojson", collection([_GOOD_ROW, (None, {})])), "1 rows in EPSG:4326; 2 no-geometry"),
    Case(
        "an empty shape",
        written("a.geojson", collection([_GOOD_ROW, ({"type": "Polygon", "coordinates": []}, {})])),
        "1 rows in EPSG:4326; 2 empty",
    ),
    Case(
        "a ring without ground is left to the database",
        written("a.geojson", collection([_GOOD_ROW, (_ring((108, 15), (109, 15), (108, 15)), {})])),
        "2 rows in EPSG:4326",
    ),
    Case(
        "an open ring",
        written("a.geojson", collection([_GOOD_ROW, (_ring((108, 15), (109, 15), (109, 16), (108, 16)), {})])),
        "1 rows in EPSG:4326; 2 bad-ring",
    ),
    Case(
        "not a number",
        written("a.geojson", collection([_GOOD_ROW, (point(0.5, 15), {})]).replace("[0.5, 15]", "[NaN, 15]")),
        "1 rows in EPSG:4326; 2 empty",
    ),
    Case(
        "a bow tie is left to the database",
        written("a.geojson", collection([(bow_tie(108.4, 15.5), {}), (square(108.5, 15.5), {})])),
        "2 rows in EPSG:4326",
    ),
)
