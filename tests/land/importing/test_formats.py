"""The same block of parcels in each format: nothing wrong, the same parcels in the register."""

from collections.abc import Callable
from pathlib import Path

import pytest
import shapely

from land.models import ParcelChange
from tests.land.desk import shape_of
from tests.land.importing import files
from tests.land.importing.conftest import Counter

LOTS = files.lots()
CORNERS = "To;Thua;STT;X;Y;LoaiDat\n" + "".join(
    f"77;{lot.number};{at};{y};{x};{lot.use}\n"
    for lot in LOTS
    for at, (x, y) in enumerate(lot.shape.exterior.coords[:-1], start=1)  # type: ignore[union-attr]
)


def _corners(path: Path) -> Path:
    path.write_text(CORNERS, encoding="utf-8")
    return path


WRITERS: dict[str, Callable[[Path], Path]] = {
    "gpkg": lambda folder: files.gpkg(folder / "a.gpkg", LOTS),
    "shapefile": lambda folder: files.shapefile(folder, LOTS),
    "geojson": lambda folder: files.geojson(folder / "a.geojson", LOTS),
    "dxf": lambda folder: files.Drawing.of(LOTS).dxf(folder / "To 77.dxf"),
    "dgn": lambda folder: files.Drawing.of(LOTS).dgn(folder / "DC77.dgn"),
    "corners": lambda folder: _corners(folder / "a.csv"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_clean_block_comes_in_exactly(counter: Counter, tmp_path: Path, name: str) -> None:
    """Outlines to the last bit, numbers, uses, areas; one change in the journal names them."""
    found = counter.examine(WRITERS[name](tmp_path))
    assert [problem for problem in found.problems if problem.code != "converted"] == []
    change = counter.write(found)
    rows = counter.parcels()
    assert [row.parcel_no for row in rows] == [lot.number for lot in LOTS]
    for row, lot in zip(rows, LOTS, strict=True):
        assert shapely.equals_exact(shapely.normalize(shape_of(row)), shapely.normalize(lot.shape), tolerance=0)
        assert (row.land_use, row.land_use_label, row.area_m2, row.status, row.version) == ("ODT", "ODT", 400.0, "active", 1)
        assert [(use.code_id, use.area_m2) for use in row.land_uses.all()] == [("ODT", 400.0)]
        assert len(row.geohash) == 12
    assert (change.kind, change.state, change.author) == (ParcelChange.Kind.IMPORT, "published", counter.desk.officer)
    assert sorted(change.after) == sorted([str(row.uid), 1] for row in rows)
    assert change.change_seq


def test_attributes_come_in(counter: Counter, tmp_path: Path) -> None:
    """Several uses with areas, origin and term; the old key; the area on paper."""
    more = {"DienTichPhapLy": 399.5, "SoToCu": 5, "SoThuaCu": 12, "maXaCu": "20341", "mucDich": "ODT=300.0/2+CLN=100.0/4/2063-10-15"}
    counter.bring_in(files.gpkg(tmp_path / "a.gpkg", [files.lots()[0].with_(use="ODT+CLN", more=more)]))
    (row,) = counter.parcels()
    assert (row.legal_area_m2, row.old_sheet_no, row.old_parcel_no, row.land_use_label) == (399.5, 5, 12, "ODT+CLN")
    assert row.old_unit is not None and row.old_unit.name == "Phường An Mỹ"
    uses = {use.code_id: (use.area_m2, use.origin, str(use.term_until)) for use in row.land_uses.all()}
    assert uses == {"ODT": (300.0, "2", "None"), "CLN": (100.0, "4", "2063-10-15")}


def test_holders_are_not_read(counter: Counter, tmp_path: Path) -> None:
    """Their columns are named, their values come nowhere."""
    found = counter.examine(files.gpkg(tmp_path / "a.gpkg", [lot.with_(more={"TenChu": "Nguyễn Thị Bưởi"}) for lot in LOTS]))
    assert found.about.holders == ["TenChu"]
    assert "Bưởi" not in str(found.rows.to_pydict())


def test_a_corner_list_asks_for_its_axes(counter: Counter, tmp_path: Path) -> None:
    """The guess is told; the wrong answer is contradicted by the positions; without a heading it is read too."""
    path = _corners(tmp_path / "a.txt")
    found = counter.examine(path)
    assert (found.about.axes, "axes" in found.about.guesses) == ("ne", True)
    assert counter.codes(path, axes="en") == {"axes-contradict": 6}
    bare = tmp_path / "b.txt"
    bare.write_text("\n".join(line.rpartition(";")[0].replace(";", " ") for line in CORNERS.splitlines()[1:]), encoding="utf-8")
    assert set(counter.codes(bare)) == {"no-use"}


def test_holes_and_boundaries_on_roads(counter: Counter, tmp_path: Path) -> None:
    """A pond inside a parcel, and an edge that is drawn on the level of roads alone."""
    pond = shapely.box(files.WEST + 5, files.SOUTH + 5, files.WEST + 9, files.SOUTH + 9)
    around = shapely.Polygon(files.square(0).exterior.coords, [pond.exterior.coords])
    drawing = files.Drawing.of([files.Lot(around, 1), files.Lot(pond, 2, use="CLN"), files.Lot(files.square(1), 3)])
    drawing.lines = [(23 if at == 0 else level, line) for at, (level, line) in enumerate(drawing.lines)]
    counter.bring_in(drawing.dxf(tmp_path / "77.dxf"))
    rows = counter.parcels()
    assert [(row.parcel_no, row.land_use, row.area_m2) for row in rows] == [(1, "ODT", 384.0), (2, "CLN", 16.0), (3, "ODT", 400.0)]


def test_lines_close_within_a_millimetre(counter: Counter, tmp_path: Path) -> None:
    """Ends that miss each other by less are one corner; a T without a corner gets one."""
    drawing = files.Drawing.of(files.lots(2, 1))
    drawing.lines = [(level, [(x + 0.0004 * (at % 2), y - 0.0003) for x, y in line]) for at, (level, line) in enumerate(drawing.lines)]
    found = counter.examine(drawing.dxf(tmp_path / "77.dxf"))
    assert found.counts == {}
    assert found.rows.num_rows == 2
