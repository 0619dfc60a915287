"""Parcels as XML with the element names of the national land database (VBDLIS: DC_ThuaDat …), described by thua_dat.xsd.

ISO 19152: DC_ThuaDat is LA_SpatialUnit and LA_BAUnit, DC_QuyenSuDungDat LA_RRR, DC_Nguoi LA_Party, DC_GiayChungNhan
LA_AdministrativeSource. Holders are written only where they are given: land/exporting/office.py asks for the right.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from lxml import etree

from land.exporting.rows import Row

NAMESPACE = "urn:ioc-map:thua-dat:1"
GML = "http://www.opengis.net/gml/3.2"
_CRS = "urn:ogc:def:crs:EPSG::5899"
# Column of the export -> element.
_PLAIN = (
    *(("thuaDatId", "thuaDatId"), ("maThua", "maThua"), ("maXa", "xaId"), ("soTo", "soHieuToBanDo"), ("soThua", "soThuTuThua")),
    *(("maXaCu", "xaIdCu"), ("soToCu", "soHieuToBanDoCu"), ("soThuaCu", "soThuTuThuaCu"), ("dienTich", "dienTich")),
    *(("dtPhapLy", "dienTichPhapLy"), ("loaiDat", "kyHieuMucDichSuDung"), ("trangThai", "trangThai"), ("hieuLucTu", "hieuLucTu")),
)
Hands = Mapping[int, Mapping[str, Sequence[Mapping[str, Any]]]]


def xml(rows: Sequence[Row], on: date, hands: Hands | None = None) -> bytes:
    """The document; `hands` are rights, certificates and restrictions by primary key (land/holders.py), where they may be told."""
    out = io.BytesIO()
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        with file.element(_n("DuLieuDatDai"), nsmap={None: NAMESPACE, "gml": GML}, ngay=on.isoformat()):
            for row in rows:
                file.write(_parcel(row, hands.get(row.pk) if hands is not None else None))
    return out.getvalue()


def _n(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: Any, name: str, text: object) -> Any:
    element = etree.SubElement(parent, _n(name))
    element.text = repr(text) if isinstance(text, float) else str(text)
    return element


def _parcel(row: Row, hands: Mapping[str, Sequence[Mapping[str, Any]]] | None) -> Any:
    about = etree.Element(_n("ThongTinThuaDat"), nsmap={None: NAMESPACE, "gml": GML})
    parcel, named = etree.SubElement(about, _n("DC_ThuaDat")), row.named()
    for column, name in _PLAIN:
        if named[column] not in (None, ""):
            _add(parcel, name, named[column])
    _uses(parcel, row)
    if named["diaChi"]:
        address = etree.SubElement(etree.SubElement(parcel, _n("ListDiaChi")), _n("DC_DiaChi"))
        _add(address, "diaChiChiTiet", named["diaChi"])
    etree.SubElement(parcel, _n("geoVN")).append(_geometry(row))
    for right in (hands or {}).get("rights", ()):
        _right(about, right)
    for certificate in (hands or {}).get("certificates", ()):
        paper = etree.SubElement(about, _n("DC_GiayChungNhan"))
        _add(paper, "soPhatHanh", certificate["serial"])
        _add(paper, "soVaoSo", certificate["register_no"])
        _add(paper, "ngayVaoSo", certificate["issued_on"])
        _add(paper, "trangThai", certificate["status"])
    return about


def _uses(parcel: Any, row: Row) -> None:
    listed = etree.SubElement(parcel, _n("ListMucDichSuDung"))
    for part in row.uses:
        use = etree.SubElement(listed, _n("DC_MucDichSuDung"))
        _add(use, "maMucDichSuDung", part.code)
        _add(use, "dienTich", part.area)
        if part.term:
            _add(use, "thoiHanSuDung", part.term)
        if part.origin:
            _add(etree.SubElement(use, _n("ListNguonGocSuDungDat")), "maNguonGoc", part.origin)


def _right(about: Any, right: Mapping[str, Any]) -> None:
    element = etree.SubElement(about, _n("DC_QuyenSuDungDat"))
    _add(element, "loaiQuyen", right["kind"])
    _add(element, "tiLeSoHuu", right["share"])
    _add(element, "tuNgay", right["valid_from"])
    if right["valid_to"]:
        _add(element, "denNgay", right["valid_to"])
    person = etree.SubElement(element, _n("DC_Nguoi"))
    for name, key in (("hoTen", "name"), ("loaiDoiTuong", "kind"), ("soGiayTo", "id_number"), ("diaChi", "address")):
        if right["holder"][key]:
            _add(person, name, right["holder"][key])


def _geometry(row: Row) -> Any:
    """GML: east and north, the order of axes that EPSG gives 5899; all digits."""
    polygon = etree.Element(f"{{{GML}}}Polygon", {f"{{{GML}}}id": f"t{row.values[0]}", "srsName": _CRS})
    for side, ring in zip(("exterior", *["interior"] * len(row.shape.interiors)), (row.shape.exterior, *row.shape.interiors), strict=True):
        linear = etree.SubElement(etree.SubElement(polygon, f"{{{GML}}}{side}"), f"{{{GML}}}LinearRing")
        positions = etree.SubElement(linear, f"{{{GML}}}posList")
        positions.text = " ".join(f"{x!r} {y!r}" for x, y in shapely.get_coordinates(ring).tolist())
    return polygon
