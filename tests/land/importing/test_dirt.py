"""Dirty files: each kind of dirt gets its own report, with the rows that it concerns and the place on the ground."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.affinity import translate

from gis_core import crs
from gis_core.importing.faults import FileFault
from land.importing.problems import Unusable
from tests.land.desk import Desk
from tests.land.importing import files
from tests.land.importing.conftest import Counter
from tests.land.importing.files import SOUTH, WEST, Drawing, Lot, lots, square


def _gpkg(tmp_path: Path, *parcels: Lot, **options: Any) -> Path:
    return files.gpkg(tmp_path / "a.gpkg", parcels, **options)


def _bow_tie(column: int) -> shapely.Polygon:
    x = WEST + column * 20
    return shapely.Polygon([(x, SOUTH), (x + 20, SOUTH + 20), (x + 20, SOUTH), (x, SOUTH + 20)])


def test_overlaps_are_measured_and_shown(counter: Counter, tmp_path: Path) -> None:
    """Both parcels are named; the common ground is drawn."""
    moved = Lot(translate(square(1), -0.5, 0), 2)
    (problem,) = counter.examine(_gpkg(tmp_path, Lot(square(0), 1), moved)).problems
    assert (problem.code, problem.rows, problem.params) == ("overlap", (1, 2), {"size": "10.00", "parcels": "77/1, 77/2"})
    assert shapely.from_wkt(str(problem.wkt)).area == pytest.approx(10, abs=0.01)


def test_slivers_and_holes_are_told_but_forbid_nothing(counter: Counter, tmp_path: Path) -> None:
    """A crack of 3 cm, and a lot that nobody drew in the middle of others."""
    around = [Lot(square(column, row), 1 + column + 3 * row) for column in range(3) for row in range(3) if (column, row) != (1, 1)]
    cracked = Lot(translate(square(3), 0.03, 0), 20)
    found = counter.examine(_gpkg(tmp_path, *around, cracked))
    assert found.bad_rows == set()
    assert found.counts.keys() == {"gap", "hole"}
    (hole,) = [problem for problem in found.problems if problem.code == "hole"]
    assert hole.params == {"size": "400.00"}
    assert len(counter.write(found).after) == 9


def test_a_missing_corner_is_a_gap(counter: Counter, tmp_path: Path) -> None:
    """The measured trap: a T in which one side lacks the corner."""
    wide = shapely.box(WEST, SOUTH + 20, WEST + 40, SOUTH + 40)
    assert set(counter.codes(_gpkg(tmp_path, Lot(square(0), 1), Lot(square(1), 2), Lot(wide, 3)))) == {"gap"}


def test_bow_ties_duplicates_and_pieces(counter: Counter, tmp_path: Path) -> None:
    """Each with its row; the sound ones can still be brought in."""
    two = shapely.MultiPolygon([square(6), square(8)])
    parcels = [Lot(square(0), 1), Lot(_bow_tie(1), 2), Lot(square(3), 3), Lot(square(3), 4), Lot(two, 5), Lot(square(10), 1)]
    found = counter.examine(_gpkg(tmp_path, *parcels))
    assert found.counts == {"invalid-outline": 1, "duplicate-outline": 1, "several-parts": 1, "duplicate-key": 1}
    by_code = {problem.code: problem for problem in found.problems}
    assert by_code["invalid-outline"].place == pytest.approx((WEST + 30, SOUTH + 10), abs=0.001)
    assert by_code["duplicate-outline"].rows == (4, 3)
    assert by_code["duplicate-key"].rows == (6, 1)
    assert found.bad_rows == {1, 2, 3, 4, 5, 6}


def test_missing_and_strange_values(counter: Counter, tmp_path: Path) -> None:
    """No number, no sheet, no use, an unknown use, an old one, areas that differ, uses that do not add up."""
    parcels = [
        Lot(square(0), None),
        Lot(square(1), 2, sheet=None),
        Lot(square(2), 3, use=""),
        Lot(square(3), 4, use="XYZ"),
        Lot(square(4), 5, use="BHK"),
        Lot(square(5), 6, more={"DienTich": 421.3}),
        Lot(square(6), 7, use="ODT=100+CLN=200"),
        Lot(square(7), 8, use="ODT+CLN"),
        Lot(square(8), 9, use="đất ở"),
        Lot(None, 10),
    ]
    found = counter.examine(_gpkg(tmp_path, *parcels))
    told = {(problem.code, problem.rows[0]) for problem in found.problems if problem.rows}
    assert told == {
        *(("no-number", 1), ("no-sheet", 2), ("no-use", 3), ("unknown-use", 4), ("old-use", 5), ("area-differs", 6)),
        *(("uses-do-not-add-up", 7), ("areas-of-uses-missing", 8), ("bad-uses", 9), ("no-geometry", 10)),
    }
    assert found.bad_rows == {1, 2, 3, 4, 9, 10}


def test_what_the_register_has_already(counter: Counter, desk: Desk, tmp_path: Path) -> None:
    """A number, and ground."""
    desk.parcel(square(0), 1, sheet_no=77)
    desk.parcel(translate(square(3), -5, 0), 90, sheet_no=78)
    found = counter.examine(_gpkg(tmp_path, Lot(square(6), 1), Lot(square(3), 3), Lot(square(8), 4)))
    assert found.counts == {"key-taken": 1, "overlap-register": 1}
    assert found.bad_rows == {1, 2}
    assert next(problem for problem in found.problems if problem.code == "overlap-register").params["parcels"] == "78/90"


def test_outside_of_the_unit(counter: Counter, tmp_path: Path) -> None:
    """The commune next door; a unit's code that is not this one."""
    east = WEST + 2_000
    there = shapely.box(east, SOUTH, east + 20, SOUTH + 20)
    found = counter.examine(_gpkg(tmp_path, Lot(square(0), 1, more={"maXa": "20341"}), Lot(there, 2, more={"maXa": "203410"})))
    assert found.counts == {"outside-unit": 1, "other-unit": 1}
    assert found.bad_rows == {2}


def test_the_wrong_zone_is_recognised(counter: Counter, tmp_path: Path) -> None:
    """Positions of zone 108° called 107°45'."""
    there = [lot.with_(shape=shapely.transform(lot.shape, lambda xy: _moved(xy, 5899, 5898))) for lot in lots()]
    found = counter.examine(_gpkg(tmp_path, *there))
    (problem,) = [problem for problem in found.problems if problem.code == "wrong-zone"]
    assert problem.params["srid"] == 5898
    assert found.is_hopeless
    right = counter.examine(files.gpkg(tmp_path / "b.gpkg", there, crs_="EPSG:5898"))
    assert right.bad_rows == set()
    assert not right.is_hopeless


def _moved(positions: Any, source: int, target: int) -> Any:
    import numpy as np

    return np.column_stack(crs.transformer(source, target).transform(positions[:, 0], positions[:, 1]))


@pytest.mark.parametrize(("shift", "code"), [((195.155, -112.936), "datum-ignored"), ((0.612, 0.160), "rotations-turned")])
def test_a_shift_of_the_datum_is_recognised(counter: Counter, desk: Desk, tmp_path: Path, shift: tuple[float, float], code: str) -> None:
    """Neighbours of what the register has, 225 m or 0.6 m beside it."""
    for lot in lots(4, 4):
        desk.parcel(lot.shape, lot.number or 0, sheet_no=76)
    beside = [Lot(translate(square(4, row), *shift), row + 1) for row in range(4)]
    corners = [Lot(translate(square(column, 4), *shift), 10 + column) for column in range(4)]
    assert counter.codes(_gpkg(tmp_path, *beside, *corners)).get(code) == 1
    (tmp_path / "a.gpkg").unlink()
    right = [lot.with_(shape=translate(lot.shape, -shift[0], -shift[1])) for lot in (*beside, *corners)]
    assert code not in counter.codes(_gpkg(tmp_path, *right))


def test_axes_on_another_datum_are_refused(counter: Counter, tmp_path: Path) -> None:
    """Everything would lie 225 m off; tests/importing/test_reference.py has the other strange systems."""
    definition = "+proj=tmerc +lat_0=0 +lon_0=107.75 +k=0.9999 +x_0=500000 +y_0=0 +datum=WGS84 +units=m"
    with pytest.raises(FileFault) as caught:
        counter.examine(_gpkg(tmp_path, *lots(), crs_=definition))
    assert caught.value.fault.code == "no-datum"


def test_swapped_axes_are_told_for_each_row(counter: Counter, tmp_path: Path) -> None:
    """North first in a GIS file."""
    turned = [lot.with_(shape=shapely.transform(lot.shape, lambda xy: xy[:, ::-1])) for lot in lots(2, 1)]
    assert counter.codes(_gpkg(tmp_path, *turned)) == {"swapped": 2}


def test_tcvn3_and_vni_become_unicode(counter: Counter, tmp_path: Path) -> None:
    """In attributes of a modern file, guessed; the report shows an example."""
    old = [lot.with_(address=files.tcvn3("12 đường Nguyễn Huệ, phường Tân Thạnh")) for lot in lots()]
    found = counter.examine(_gpkg(tmp_path, *old))
    assert (found.about.script, found.counts) == ("tcvn3", {"legacy-text": 1})
    assert set(found.rows.column("address").to_pylist()) == {"12 đường Nguyễn Huệ, phường Tân Thạnh"}
    vni = [lot.with_(address="12 ñöôøng Nguyeãn Hueä, phöôøng Taân Thaïnh") for lot in lots()]
    found = counter.examine(files.gpkg(tmp_path / "b.gpkg", vni))
    assert set(found.rows.column("address").to_pylist()) == {"12 đường Nguyễn Huệ, phường Tân Thạnh"}


def test_bytes_of_a_dbf_become_unicode(counter: Counter, tmp_path: Path) -> None:
    """No .cpg: TCVN3 is recognised, what is left is the code page 1258."""
    old = [lot.with_(address=files.tcvn3("Phường Hòa Hương, tổ dân phố số bốn")) for lot in lots()]
    path = files.shapefile(tmp_path, old, encoding="ISO-8859-1", says_encoding=False)
    assert set(counter.examine(path).rows.column("address").to_pylist()) == {"Phường Hòa Hương, tổ dân phố số bốn"}
    western = "Ph\xfd\xf5\xccng T\xe2n Tha\xf2nh"  # bytes of 1258
    path = files.shapefile(tmp_path, [lot.with_(address=western) for lot in lots()], "b", "ISO-8859-1", says_encoding=False)
    found = counter.examine(path)
    assert (found.about.script, set(found.rows.column("address").to_pylist())) == ("cp1258", {"Phường Tân Thạnh"})


def test_texts_of_drawings_become_unicode(counter: Counter, tmp_path: Path) -> None:
    """In DGN they are bytes of the font."""
    drawing = Drawing.of(lots())
    drawing.texts.append((46, files.tcvn3("Phường Tân Thạnh, đường số bốn"), (WEST + 5.0, SOUTH + 5.0)))
    found = counter.examine(drawing.dgn(tmp_path / "77.dgn"))
    assert (found.about.script, found.about.sheet, found.bad_rows) == ("tcvn3", 77, set())


def test_drawings_with_open_lines_and_lost_labels(counter: Counter, tmp_path: Path) -> None:
    """The free ends with the distance to the next line, ground without a number, two numbers in one parcel, a label outside."""
    drawing = Drawing.of(lots(3, 1))
    level, line = drawing.lines[0]
    drawing.lines[0] = (
        level,
        [line[0], (line[1][0] + 0.25 * (line[0][0] - line[1][0]) / 20, line[1][1] + 0.25 * (line[0][1] - line[1][1]) / 20)],
    )
    drawing.texts = [text for text in drawing.texts if text[1] != "2"] + [
        (13, "9", (WEST + 50.0, SOUTH + 3.0)),
        (13, "8", (WEST - 9.0, SOUTH)),
    ]
    found = counter.examine(drawing.dxf(tmp_path / "77.dxf", layer="LV_{}"))
    assert set(found.counts) == {"unclosed", "label-alone", "no-number", "two-numbers"}
    distances = sorted(problem.params["distance"] for problem in found.problems if problem.code == "unclosed")
    assert distances[0] == "0.250"


def test_a_drawing_without_boundaries(counter: Counter, tmp_path: Path) -> None:
    """Everything on other levels."""
    with pytest.raises(Unusable) as caught:
        counter.examine(Drawing.of(lots(), level=50).dxf(tmp_path / "77.dxf"))
    assert caught.value.code == "no-boundaries"


def test_lists_of_corners_with_faults(counter: Counter, tmp_path: Path) -> None:
    """Words in place of numbers, two corners only, unknown columns."""
    path = tmp_path / "a.csv"
    path.write_text(f"to,thua,x,y\n77,1,{SOUTH},{WEST}\n77,1,{SOUTH + 9},{WEST}\n77,2,không,{WEST}\n", encoding="utf-8")
    assert counter.codes(path) == {"corner-unreadable": 1, "few-corners": 1}
    path.write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    with pytest.raises(Unusable, match="a, b, c"):
        counter.examine(path)


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix in ("shp", "dbf"):
            archive.writestr(f"a.{suffix}", b"\0" * (64 << 20))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        (
            "a.gpkg",
            b"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
            "unknown-format",
        ),
        ("a.gpkg", b"MZ\x90\0" * 50, "unknown-format"),
        ("a.shp", b"not a shapefile at all, whatever its name says", "unknown-format"),
        ("a.geojson", b'{"type": "VRT"}', "unknown-format"),
        ("a.dgn", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "closed-drawing"),
        ("a.dxf", b"AC1032\0\0\0\0", "closed-drawing"),
        ("a.zip", b"PK\x03\x04 and nothing behind it", "archive-bad"),
        ("a.kml", b"<!DOCTYPE kml [<!ENTITY a 'b'>]><kml/>", "doctype"),
    ],
)
def test_what_a_file_is_called_proves_nothing(counter: Counter, tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """Virtual data sets, programs, drawings of closed formats, entities."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileFault) as caught:
        counter.examine(path)
    assert caught.value.fault.code == code


def test_zip_bombs_are_not_unpacked(counter: Counter, tmp_path: Path) -> None:
    """By what the archive says of itself."""
    path = tmp_path / "bomb.zip"
    _bomb(path)
    with pytest.raises(FileFault) as caught:
        counter.examine(path)
    assert caught.value.fault.code == "archive-too-large"


def test_a_heap_of_copies_is_given_up(counter: Counter, tmp_path: Path) -> None:
    """Thousands of parcels in one place would be millions of pairs: a sentence instead of a dead machine."""
    heap = [Lot(translate(square(0), index * 0.002, 0), index + 1) for index in range(2_500)]
    with pytest.raises(Unusable) as caught:
        counter.examine(_gpkg(tmp_path, *heap))
    assert caught.value.code == "too-tangled"
