"""Out of the register and in again: coordinates bit for bit, every attribute, several uses, holes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis_core.access import scope_of
from land.exporting.office import FORMATS, Wanted, export, export_of
from land.exporting.rows import FIELDS, rows_of
from land.layers import Parcels
from land.models import Parcel, ParcelLandUse
from land.rows import EVERYBODY, parcels
from tests.land.desk import Desk
from tests.land.importing.conftest import Counter
from tests.land.importing.files import SOUTH, WEST

ENDING = {"gpkg": "a.gpkg", "shp": "a.zip", "geojson": "a.geojson", "csv": "a.csv", "corners": "a.csv", "dxf": "77.dxf"}
LONG = (
    "Tổ dân phố số bốn, khối phố Hòa Hương, phường Tam Kỳ, thành phố Đà Nẵng; phía đông giáp đường Điện Biên Phủ, "
    "phía tây giáp kênh thủy lợi, "
)


def _slanted(column: int) -> shapely.Polygon:
    """Corners with all the digits that a rotation leaves."""
    angle, x = np.radians(17.0), 20.0 * column
    corners = np.array([(x, 0), (x + 20, 0), (x + 20, 30), (x, 30)]) @ np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )
    return shapely.Polygon(corners + np.array([WEST + 100.1, SOUTH + 400.7]))


def _fill(desk: Desk) -> None:
    """A parcel with two uses, a term, an origin, an old key, a long address; one with a hole; the pond in it; a disputed one."""
    pond = shapely.Polygon(shapely.get_coordinates(_slanted(1).centroid.buffer(3, quad_segs=3)))
    around = shapely.Polygon(_slanted(1).exterior.coords, [pond.exterior.coords])
    old = {"old_unit_id": None, "old_sheet_no": 5, "old_parcel_no": 12, "legal_area_m2": 598.7}
    first = desk.parcel(_slanted(0), 1, uses=(("ODT", 0.4), ("CLN", 0.6)), sheet_no=77, geohash="w6v0s7h6g3ky", **old)
    ParcelLandUse.objects.filter(parcel=first, code="CLN").update(term_until="2063-10-15", origin="4")
    ParcelLandUse.objects.filter(parcel=first, code="ODT").update(origin="2")
    parcels(EVERYBODY).filter(pk=first.pk).update(address=(LONG * 2)[:200])
    desk.parcel(around, 2, sheet_no=77, geohash="w6v0s7h6g3kz")
    desk.parcel(pond, 3, uses=(("LUC", 1.0),), sheet_no=77, geohash="w6v0s7h6g3kx")
    desk.parcel(_slanted(2), 4, sheet_no=77, status=Parcel.Status.DISPUTED, geohash="w6v0s7h6g3kv")


def _out(desk: Desk, name: str) -> bytes:
    return export_of(None, EVERYBODY, Wanted(name, desk.unit.code, 77))[0]


def _state(desk: Desk) -> list[dict[str, Any]]:
    return [row.named() | {"shape": shapely.normalize(row.shape)} for row in rows_of(EVERYBODY, [desk.unit], 77, desk_day())]


def desk_day() -> Any:
    """Today."""
    from django.utils import timezone

    return timezone.localdate()


@pytest.mark.parametrize("name", ["gpkg", "shp", "geojson", "csv"])
def test_everything_comes_back(counter: Counter, desk: Desk, tmp_path: Path, name: str) -> None:
    """Each value and each bit of each coordinate; versions begin anew."""
    _fill(desk)
    before = _state(desk)
    path = tmp_path / ENDING[name]
    path.write_bytes(_out(desk, name))
    _empty()
    counter.bring_in(path)
    after = _state(desk)
    assert len(before) == 4
    assert after == before


@pytest.mark.parametrize("name", ["dxf", "corners"])
def test_ground_and_numbers_come_back(counter: Counter, desk: Desk, tmp_path: Path, name: str) -> None:
    """What these formats can hold: outlines bit for bit, sheet, number, use."""
    _fill(desk)
    before = _state(desk)
    path = tmp_path / ENDING[name]
    path.write_bytes(_out(desk, name))
    _empty()
    counter.bring_in(path)
    kept = ("shape", "soTo", "soThua", "loaiDat") if name == "dxf" else ("shape", "soTo", "soThua", "mucDich", "dienTich", "diaChi")
    assert [[row[key] for key in kept] for row in _state(desk)] == [[row[key] for key in kept] for row in before]


def _empty() -> None:
    rows = parcels(EVERYBODY).filter(sheet_no=77)
    ParcelLandUse.objects.filter(parcel__in=rows).delete()
    rows.delete()


def test_degrees_have_nine_decimals(desk: Desk) -> None:
    """RFC 7946: no `crs` member; the positions come back within a millimetre."""
    import orjson

    from gis_core import crs

    desk.parcel(_slanted(0), 1, sheet_no=77)
    read = orjson.loads(_out(desk, "geojson-wgs84"))
    assert "crs" not in read
    (lon, lat), *_more = read["features"][0]["geometry"]["coordinates"][0]
    east, north = crs.transform(4326, 5899, lon, lat)
    assert (east, north) == pytest.approx(tuple(_slanted(0).exterior.coords[0]), abs=0.001)


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_is_what_the_layer_shows(desk: Desk, name: str) -> None:
    """The officer of the unit gets the file; the names of its columns fit a .dbf."""
    desk.parcel(_slanted(0), 1, sheet_no=77)
    content, form = export(desk.officer, Wanted(name, desk.unit.code, 77))
    assert content
    assert form is FORMATS[name]
    assert rows_of(Parcels().reach(scope_of(desk.officer)), [desk.unit], 77, desk_day())[0].values[4] == 1
    assert max(map(len, FIELDS)) <= 10


def test_formulas_do_not_leave_in_tables(desk: Desk) -> None:
    """An address that begins like one."""
    parcel = desk.parcel(_slanted(0), 1, sheet_no=77)
    parcels(EVERYBODY).filter(pk=parcel.pk).update(address="=HYPERLINK(1)")
    assert b",=HYPER" not in _out(desk, "csv")
