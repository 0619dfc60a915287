"""Names of columns and the notation of land uses."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from land.importing.columns import UsePart, decimal, of_holders, recognised, uses_of, whole, written
from land.importing.drawing import level_of


def test_columns_are_known_by_many_names() -> None:
    """Of VBDLIS, of map software, of people; cut by a .dbf; people's columns are set apart."""
    assert recognised(["SHBANDO", "SHTHUA", "KH2003", "DTICH"]) == {
        "sheet_no": "SHBANDO",
        "parcel_no": "SHTHUA",
        "label": "KH2003",
        "area": "DTICH",
    }
    assert recognised(["Số tờ", "Số thửa", "Diện tích"]) == {"sheet_no": "Số tờ", "parcel_no": "Số thửa", "area": "Diện tích"}
    assert recognised(["SoHieuToBa", "SoThuTuThu"]) == {"sheet_no": "SoHieuToBa", "parcel_no": "SoThuTuThu"}
    assert of_holders(["TenChu", "hoTen", "SoCCCD", "DienThoai", "DiaChi", "chu_su_dung"]) == [
        "TenChu",
        "hoTen",
        "SoCCCD",
        "DienThoai",
        "chu_su_dung",
    ]


_PART = st.builds(
    UsePart,
    st.sampled_from(["ONT", "CLN", "LUC", "ODT"]),
    st.none() | st.floats(0.01, 1e6).map(lambda value: round(value, 2)),
    st.sampled_from(["", "2", "11"]),
    st.none() | st.dates(date(2000, 1, 1), date(2099, 1, 1)),
)


@settings(max_examples=60)
@given(st.lists(_PART, min_size=1, max_size=4, unique_by=lambda part: part.code))
def test_uses_are_read_as_they_are_written(parts: list[UsePart]) -> None:
    """Digit by digit."""
    assert uses_of(written(parts)) == tuple(parts)


@pytest.mark.parametrize("text", ["đất ở", "ODT=", "ODT+ODT", "ODT=1/2/2063-13-40", "ODT,CLN", "+"])
def test_other_uses_are_not_guessed(text: str) -> None:
    """None: the report says how to write them."""
    assert uses_of(text) is None


def test_uses_as_people_write_them() -> None:
    """With areas, without, with a comma in the number."""
    assert uses_of("ONT 200 + CLN 421,3") == (UsePart("ONT", 200.0), UsePart("CLN", 421.3))
    assert uses_of("ONT+CLN") == (UsePart("ONT"), UsePart("CLN"))


def test_numbers_of_any_kind() -> None:
    """Whole numbers and areas from texts and floats; nothing from the rest."""
    assert [whole(value) for value in (12, 12.0, "12", " 012 ", "12.0", 0, -1, 1.5, "12a", None, True, float("nan"))] == [12] * 5 + [
        None
    ] * 7
    assert [decimal(value) for value in (12, "421,3", "421.3", 0, "x", None, float("inf"))] == [12.0, 421.3, 421.3, None, None, None, None]


def test_levels_by_any_name() -> None:
    """Of MicroStation, AutoCAD, and people."""
    assert [level_of(name) for name in (10, "10", "LV10", "Level 10", "10_RanhThua", "Lop-04", "0", "RANH", "")] == [
        10,
        10,
        10,
        10,
        10,
        4,
        0,
        None,
        None,
    ]
