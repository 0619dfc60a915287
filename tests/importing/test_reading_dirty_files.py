"""Dirty files through the whole reader: each has a fault that says what to do, by row where a row is to blame."""

import struct
import zipfile
from pathlib import Path

import pytest

from gis_core.importing.faults import FileFault
from tests.importing.conftest import Writer, bow_tie, collection, point, read, square


def code_of(path: Path, **options: object) -> str:
    """The code of the fault with which reading ends."""
    with pytest.raises(FileFault) as caught:
        read(path, **options)
    assert str(caught.value)
    return caught.value.fault.code


def test_bad_rows_are_told_by_number_and_good_ones_are_read(write: Writer) -> None:
    """Missing, empty, unclosed, nested, infinite, misplaced: each with its own code, all in one file."""
    deep = point(108, 15)
    for _level in range(20):
        deep = {"type": "GeometryCollection", "geometries": [deep]}
    geometries = [
        square(108.4, 15.5),
        None,
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[108, 15], [108, 16], [109, 15]]]},
        deep,
        point(577453.9, 1722531.7),
        point(15.5, 108.4),
        bow_tie(108.4, 15.5),
    ]
    found = read(write("dirty.geojson", collection([(geometry, {"n": index}) for index, geometry in enumerate(geometries, start=1)])))
    assert found.codes == {2: "no-geometry", 3: "empty", 4: "bad-ring", 5: "too-deep", 6: "not-degrees", 7: "swapped"}
    # Whether a shape crosses itself is asked of the database that will keep it.
    assert [row["row"] for row in found.rows] == [1, 8]
    assert found.column("n") == [1, 8]
    assert all(fault.fault.sentence(str) for fault in found.faults)


def test_not_a_number_is_a_fault_of_its_row(write: Writer) -> None:
    """GDAL's parser lets NaN and Infinity pass."""
    text = collection([(point(108, 15), {"a": 1}), (point(0.5, 15), {"a": 2}), (point(108, 0.5), {"a": 3})])
    found = read(write("nan.geojson", text.replace("[0.5, 15]", "[NaN, 15]").replace("[108, 0.5]", "[108, Infinity]")))
    assert set(found.codes) == {2, 3}
    assert [row["row"] for row in found.rows] == [1]


def test_text_that_is_not_utf8_is_told_with_its_place(write: Writer) -> None:
    """And read when the encoding is named."""
    text = collection([(point(108, 15), {"ten": "Phư"})])
    # windows-1258 has ư as one byte.
    path = write("old.geojson", text.encode("cp1258"))
    assert code_of(path) == "not-utf8"
    assert read(path, encoding="windows-1258").column("ten") == ["Phư"]
    assert code_of(path, encoding="utf-99") == "unknown-encoding"
    assert code_of(path, encoding="base64") == "unknown-encoding"
    assert code_of(path, encoding="utf-16") == "wrong-encoding"


def test_a_table_without_places_says_which_columns_there_are(write: Writer) -> None:
    """The person sees the names and can say --xy."""
    path = write("t.csv", "ma,ten,a,b\n1,x,577453.9,1722531.7\n")
    with pytest.raises(FileFault, match="ma, ten, a, b"):
        read(path)
    assert code_of(path, east_north=("a", "c")) == "unknown-field"
    assert read(path, east_north=("a", "b"), srid=5899).column("ma") == [1]


def test_vietnamese_axes_are_noticed_and_can_be_turned(write: Writer) -> None:
    """X is north on survey papers."""
    path = write("moc.csv", "ten;x;y\nM1;1722531.703;577453.963\n")
    assert read(path, srid=5899).codes == {1: "swapped"}
    assert read(path, srid=5899, east_north=("y", "x")).codes == {}


def test_a_file_without_coordinate_system_names_the_zones_first(write: Writer) -> None:
    """The pilot's zone before the others, degrees last."""
    with pytest.raises(FileFault) as caught:
        read(write("t.csv", "x,y\n577453.9,1722531.7\n"))
    sentence = str(caught.value)
    assert sentence.index("EPSG:5899 (107°45')") < sentence.index("EPSG:9217") < sentence.index("EPSG:4326")


def test_unknown_fields_and_layers_are_refused_by_name(write: Writer) -> None:
    """With the names that there are."""
    path = write("a.geojson", collection([(point(108, 15), {"a": 1, "b": "x"})]))
    assert code_of(path, fields=("a", "c")) == "unknown-field"
    assert code_of(path, layer="other") == "unknown-layer"
    assert [found.name for found in read(path, fields=("b",)).about.fields] == ["b"]


def test_archives_are_looked_into_before_they_are_read(tmp_path: Path, write: Writer) -> None:
    """Bombs, archives in archives, damaged and encrypted ones."""
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", struct.pack(">i", 9994) + bytes(100 << 20))
    assert bomb.stat().st_size < 200_000
    assert code_of(bomb) == "archive-too-large"
    with zipfile.ZipFile(tmp_path / "nested.zip", "w") as archive:
        archive.write(bomb, "a.zip")
    assert code_of(tmp_path / "nested.zip") == "archive"
    with zipfile.ZipFile(tmp_path / "false.zip", "w") as archive:
        archive.writestr("a.shp", "<OGRVRTDataSource/>")
    assert code_of(tmp_path / "false.zip") == "archive"
    assert code_of(write("cut.zip", bomb.read_bytes()[:5_000])) == "archive-bad"


def test_a_file_that_breaks_off_is_told_as_such(write: Writer) -> None:
    """Not as an empty one."""
    text = collection([(point(108, 15), {"a": index}) for index in range(50)])
    assert code_of(write("cut.geojson", text[: len(text) // 2])) == "cannot-open"


def test_texts_are_composed_and_that_is_told(write: Writer) -> None:
    """Letters with separate marks become one letter each; what is composed already stays untouched."""
    apart = "Phu\u031bo\u031b\u0300ng"
    found = read(write("t.csv", f"ten,lon,lat\n{apart},108,15\nPhường,108,15\n"))
    assert found.column("ten") == ["Phường", "Phường"]
    assert found.remarks.normalised == 1
    assert found.remarks.fields == {"ten": 1}


def test_a_zero_byte_in_a_text_is_a_fault_of_its_row(write: Writer) -> None:
    """PostgreSQL has no place for it."""
    text = collection([(point(108, 15), {"a": "x"}), (point(108, 15), {"a": "yZz"})]).replace("Z", "\\u0000")
    found = read(write("nul.geojson", text))
    assert found.codes in ({2: "nul"}, {})
    assert "\0" not in "".join(found.column("a"))


def test_old_font_encodings_are_pointed_out(write: Writer) -> None:
    """TCVN3 and VNI look like Latin letters; French does not look like them."""
    tcvn3 = write("tcvn3.csv", "ten,lon,lat\nPh\u00adêng T©n Th¹nh,108,15\nX· Tam Th¨ng,108,15\n")
    assert read(tcvn3).remarks.legacy == "TCVN3"
    assert read(write("vni.csv", "ten,lon,lat\nPhöôøng Taân Thaïnh,108,15\n")).remarks.legacy == "VNI"
    assert read(write("fr.csv", "nom,lon,lat\nL’été naïf à Bondy, côté forêt,2,48\n")).remarks.legacy is None
