"""The XML: valid by its schema, exact, without people unless somebody with the right asks and is written down."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from lxml import etree

import land.exporting
from gis_core.errors import BadParameter, NotFound
from gis_core.models import Role
from land.exporting.office import Wanted, export
from land.models import Certificate, PersonalDataRead
from tests import factories
from tests.land.desk import Desk
from tests.land.importing.files import square
from tests.world import World

SCHEMA = Path(land.exporting.__file__).with_name("thua_dat.xsd")
NAMES = {"t": "urn:ioc-map:thua-dat:1", "gml": "http://www.opengis.net/gml/3.2"}


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A parcel with a holder, a certificate and two uses."""
    parcel = desk.parcel(square(0), 1, uses=(("ODT", 0.5), ("CLN", 0.5)), sheet_no=77, legal_area_m2=401.5, geohash="w6v0s7h6g3ky")
    desk.holder(parcel, "Nguyễn Thị Bưởi")
    Certificate.objects.create(parcel=parcel, serial="CH 123456", register_no="CS00012", issued_on="2015-03-02")
    return desk


def _read(content: bytes) -> Any:
    tree = etree.fromstring(content)
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    assert schema.validate(tree), schema.error_log
    return tree


def test_the_document_is_valid_and_exact(filled: Desk) -> None:
    """Element names of the national database; positions with all digits."""
    tree = _read(export(filled.officer, Wanted("xml", filled.unit.code))[0])
    assert tree.xpath("string(//t:DC_ThuaDat[t:soHieuToBanDo=77]/t:kyHieuMucDichSuDung)", namespaces=NAMES) == "ODT+CLN"
    assert tree.xpath("count(//t:DC_ThuaDat[t:soHieuToBanDo=77]//t:DC_MucDichSuDung)", namespaces=NAMES) == 2
    numbers = [float(text) for text in tree.xpath("string(//t:DC_ThuaDat[t:soHieuToBanDo=77]//gml:posList)", namespaces=NAMES).split()]
    assert shapely.Polygon(list(zip(numbers[::2], numbers[1::2], strict=True))).equals_exact(square(0), 0)


def test_people_stand_in_it_only_for_whoever_may_read_them(filled: Desk, world: World) -> None:
    """With a purpose, and logged; for a leader, who sees every parcel, there are none."""
    plain = export(filled.officer, Wanted("xml", filled.unit.code, 77))[0].decode()
    assert not any(secret in plain for secret in ("Bưởi", "049180001234", "CH 123456"))
    assert not PersonalDataRead.objects.exists()
    told = export(filled.officer, Wanted("xml", filled.unit.code, 77, purpose="chuyển hồ sơ 12"))[0]
    tree = _read(told)
    assert tree.xpath("string(//t:DC_QuyenSuDungDat/t:DC_Nguoi/t:hoTen)", namespaces=NAMES) == "Nguyễn Thị Bưởi"
    assert tree.xpath("string(//t:DC_GiayChungNhan/t:soPhatHanh)", namespaces=NAMES) == "CH 123456"
    (read,) = PersonalDataRead.objects.all()
    assert (read.user, read.purpose) == (filled.officer, "chuyển hồ sơ 12")
    leader = factories.user()
    factories.jurisdiction(leader, Role.LEADER, world.units["đà nẵng"])
    assert b"DC_ThuaDat" in export(leader, Wanted("xml", filled.unit.code))[0]
    with pytest.raises(NotFound):
        export(leader, Wanted("xml", filled.unit.code, purpose="xem thử"))
    with pytest.raises(BadParameter):
        export(filled.officer, Wanted("gpkg", filled.unit.code, purpose="xem thử"))
