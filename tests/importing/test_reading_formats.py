"""Every accepted format: geometry bit for bit, values with their types, text as it is."""

import math
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from tests.importing.conftest import Writer, collection, point, read

X, Y = 577453.963000123, 1722531.702999877
NAMES = ["Phường Tam Kỳ", "Đường số 1; “ngõ” 2"]


def frame() -> Any:
    """Two points in VN-2000 with a text, a number and a fraction."""
    return geopandas.GeoDataFrame(
        {"tên": NAMES, "so": [1, -7], "dien_tich": [0.1, 1e-9]}, geometry=shapely.points([[X, Y], [X + 100, Y]]), crs=5899
    )


def _zipped(data: Any, path: Path) -> None:
    folder = path.with_suffix("")
    folder.mkdir()
    data.rename(columns={"tên": "ten", "dien_tich": "dt"}).to_file(folder / "thửa.shp", encoding="utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"thư mục/{part.name}")


MAKERS: dict[str, Callable[[Any, Path], None]] = {
    "a.gpkg": lambda data, path: data.to_file(path),
    "a.fgb": lambda data, path: data.to_file(path, SPATIAL_INDEX="NO"),
    "a.parquet": lambda data, path: data.to_parquet(path),
    "a.shp": lambda data, path: data.rename(columns={"tên": "ten", "dien_tich": "dt"}).to_file(path, encoding="utf-8"),
    "a.zip": _zipped,
}


@pytest.mark.parametrize("name", MAKERS)
def test_binary_formats_come_over_exactly(name: str, tmp_path: Path) -> None:
    """Coordinates, texts, numbers, and the zone of VN-2000 by itself."""
    MAKERS[name](frame(), tmp_path / name)
    found = read(tmp_path / name)
    assert found.about.srid == 5899
    assert [tuple(shapely.get_coordinates(shapely.from_wkb(row["geometry"]))[0]) for row in found.rows] == [(X, Y), (X + 100, Y)]
    by_name = {identifier: identifier for identifier in found.types}
    assert found.column(by_name.get("tên", "ten")) == NAMES
    assert found.column("so") == [1, -7]
    assert math.isclose(found.column(by_name.get("dien_tich", "dt"))[0], 0.1)
    assert found.about.count == 2
    assert found.about.offline


def test_types_of_geojson(write: Writer) -> None:
    """Leading zeros stay text; truth values, dates, moments, large numbers and nested values have their own types."""
    rows: list[dict[str, Any]] = [
        {"ma": "00224", "n": 1, "lon": 2**40, "f": 1.5, "b": True, "d": "2007-09-14", "t": "2024-01-01T00:00:00Z", "l": [1, "á"], "m": 1},
        {"ma": "224", "n": None, "lon": 1, "f": 2, "b": False, "d": None, "t": "2024-01-01T07:00:00+07:00", "l": None, "m": "x"},
    ]
    found = read(write("t.geojson", collection([(point(108, 15), row) for row in rows])))
    assert found.types == {
        "ma": "text", "n": "integer", "lon": "bigint", "f": "double", "b": "boolean", "d": "date", "t": "timestamp",
        "l": "text", "m": "text",
    }  # fmt: skip
    assert found.column("ma") == ["00224", "224"]
    assert found.column("n") == [1, None]
    assert found.column("lon") == [2**40, 1]
    assert found.column("d") == [date(2007, 9, 14), None]
    assert found.column("t") == [datetime(2024, 1, 1, tzinfo=UTC)] * 2
    assert found.column("b") == [True, False]
    assert found.column("m") == ["1", "x"]


def test_times_without_zone_are_local(write: Writer) -> None:
    """A surveyor's clock shows Vietnamese time."""
    path = write("t.csv", "lon,lat,luc\n108,15,2024-01-01 07:00:00\n")
    assert read(path).column("luc") == [datetime(2024, 1, 1, tzinfo=UTC)]
    assert read(path, zone="UTC").column("luc") == [datetime(2024, 1, 1, 7, tzinfo=UTC)]


def test_tables_in_every_dress(write: Writer) -> None:
    """Semicolons, tabs, marks, WKT, Vietnamese headings; empty cells are empty, lines in a cell stay."""
    table = write("a.csv", '\ufeffma;ghi chú;Kinh độ;Vĩ độ\n00012;"hai\ndòng";108.5;15.5\n00013;;108.6;15.6\n')
    found = read(table)
    assert found.about.srid == 4326
    assert found.column("ma") == ["00012", "00013"]
    assert found.column("ghi chú") == ["hai\ndòng", None]
    tabs = read(write("b.tsv", "ten\twkt\nA\tLINESTRING (108 15, 109 16)\n"), srid=4326)
    assert shapely.from_wkb(tabs.rows[0]["geometry"]).wkt == "LINESTRING (108 15, 109 16)"
    assert list(tabs.types) == ["ten"]


def test_a_word_late_in_a_column_of_numbers_makes_it_text(write: Writer) -> None:
    """The first megabyte decides nothing."""
    lines = [f"{index},108,15" for index in range(150_000)]
    found = read(write("long.csv", "n,lon,lat\n" + "\n".join(lines) + "\nsau cùng,108,15\n"))
    assert found.types["n"] == "text"
    assert found.column("n")[-1] == "sau cùng"
    assert [row["row"] for row in found.rows] == list(range(1, 150_002))


def test_placemarks_of_a_kml(write: Writer) -> None:
    """Name and text, without Google Earth's display settings; heights go, and that is told."""
    kml = (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Folder><name>Trường</name><Placemark><name>Ngã tư</name>'
        "<Point><coordinates>108.5,15.5,12</coordinates></Point></Placemark></Folder></kml>"
    )
    found = read(write("a.kml", kml))
    assert found.column("Name") == ["Ngã tư"]
    assert "tessellate" not in found.types
    assert found.remarks.heights
    assert len(found.rows[0]["geometry"]) == 21


def test_the_one_filled_layer_of_a_gpx(write: Writer) -> None:
    """Way points or tracks, whichever there are; both need a choice."""
    way_point = '<wpt lat="15.5" lon="108.5"><time>2024-01-01T00:00:00Z</time><name>Cọc 1</name></wpt>'
    track = '<trk><name>Tuyến</name><trkseg><trkpt lat="15" lon="108"/><trkpt lat="16" lon="109"/></trkseg></trk>'
    head = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    found = read(write("a.gpx", f"{head}{way_point}</gpx>"))
    assert (found.about.layer, found.column("name")) == ("waypoints", ["Cọc 1"])
    assert found.column("time") == [datetime(2024, 1, 1, tzinfo=UTC)]
    both = write("b.gpx", f"{head}{way_point}{track}</gpx>")
    assert read(both, layer="tracks").column("name") == ["Tuyến"]


def test_a_geoparquet_without_system_is_in_degrees(tmp_path: Path) -> None:
    """GeoParquet 1.1: no crs means longitude and latitude."""
    geopandas.GeoDataFrame({"a": [1]}, geometry=shapely.points([[108, 15]]), crs="OGC:CRS84").to_parquet(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet").about.srid == 4326
