"""TCVN3, VNI and the code page 1258 become composed Unicode."""

import unicodedata

import pytest

from gis_core.importing.legacy import recognised, to_unicode

ALL = "ăâêôơưđ àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ"
VNI = (
    "aêaâeâoâôöñ aøaûaõaùaï aèaúaüaéaë aàaåaãaáaä eøeûeõeùeï eàeåeãeáeä ìæóíò "
    "oøoûoõoùoï oàoåoãoáoä ôøôûôõôùôï uøuûuõuùuï öøöûöõöùöï yøyûyõyùî"
)
TCVN3 = (
    "a8 a9 aa ab ac ad ae 20 b5 b6 b7 b8 b9 20 bb bc bd be c6 20 c7 c8 c9 ca cb 20 cc ce cf d0 d1 20 d2 d3 d4 d5 d6 20 d7 d8 dc dd de 20 "
    "df e1 e2 e3 e4 20 e5 e6 e7 e8 e9 20 ea eb ec ed ee 20 ef f1 f2 f3 f4 20 f5 f6 f7 f8 f9 20 fa fb fc fd fe"
)


def test_every_letter_of_tcvn3() -> None:
    """By its byte; capitals with tones are small letters of a font of capitals."""
    assert to_unicode(bytes.fromhex(TCVN3.replace(" ", "")).decode("latin-1"), "tcvn3") == ALL
    assert to_unicode("§¦¥", "tcvn3") == "ĐƯƠ"


def test_every_letter_of_vni() -> None:
    """Letter and sign; signs of one letter are not taken twice."""
    assert to_unicode(VNI, "vni") == ALL
    assert to_unicode("PHÖÔØNG TAÂN THAÏNH, ÑÖÔØNG SOÁ 4", "vni") == "PHƯỜNG TÂN THẠNH, ĐƯỜNG SỐ 4"


@pytest.mark.parametrize("shown", ["latin-1", "cp1252"])
def test_the_code_page_1258(shown: str) -> None:
    """Tones stand behind their letters; either Western page may have shown the bytes."""
    assert to_unicode(b"Ph\xfd\xf5\xccng T\xe2n Tha\xf2nh".decode(shown), "cp1258") == "Phường Tân Thạnh"


def test_unicode_stays_but_for_its_composition() -> None:
    """NFD becomes NFC."""
    assert to_unicode(unicodedata.normalize("NFD", ALL), "utf8") == ALL


def test_the_script_is_told_by_its_signs() -> None:
    """Of a handful of texts; plain and Unicode ones are Unicode."""
    assert recognised(["Ph­êng T©n Th¹nh", "®­êng NguyÔn HuÖ"]) == "tcvn3"
    assert recognised(["Phöôøng Taân Thaïnh", "ñöôøng Nguyeãn Hueä"]) == "vni"
    assert recognised(["Phường Tân Thạnh"]) == recognised(["12", ""]) == recognised([]) == "utf8"
