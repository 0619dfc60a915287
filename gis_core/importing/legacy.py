"""Vietnamese text of the years before Unicode: bytes of the fonts TCVN3 (ABC) and VNI, and of the code page 1258, as letters.

The texts come as Latin-1 shows their bytes: "Ph­êng" is Phường in TCVN3, "Phöôøng" in VNI.
"""

import contextlib
import re
import unicodedata
from collections.abc import Sequence

from gis_core.importing.messages import Script
from gis_core.importing.text import legacy_encoding

SCRIPTS: tuple[Script, ...] = ("auto", "utf8", "tcvn3", "vni", "cp1258")

_TCVN3_BYTES = (
    "a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae b5 b6 b7 b8 b9 bb bc bd be c6 c7 c8 c9 ca cb cc ce cf d0 d1 d2 d3 d4 d5 d6 d7 d8 dc dd "
    "de df e1 e2 e3 e4 e5 e6 e7 e8 e9 ea eb ec ed ee ef f1 f2 f3 f4 f5 f6 f7 f8 f9 fa fb fc fd fe"
)
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TCVN3 = {int(code, 16): letter for code, letter in zip(_TCVN3_BYTES.split(), _TCVN3_LETTERS, strict=True)}

# VNI writes the plain letter and behind it the sign; with a circumflex, breve or horn the sign holds both.
_PLAIN, _CIRCUMFLEX, _BREVE = "øùûõï", "àáåãä", "èéúüë"
_TONES = "\u0300\u0301\u0309\u0303\u0323"
_VNI_SIGNS = {
    **dict(zip(_PLAIN, _TONES, strict=True)),
    "â": "\u0302",
    "ê": "\u0306",
    **{sign: "\u0302" + tone for sign, tone in zip(_CIRCUMFLEX, _TONES, strict=True)},
    **{sign: "\u0306" + tone for sign, tone in zip(_BREVE, _TONES, strict=True)},
}
_VNI_LETTERS = {"ñ": "đ", "ô": "ơ", "ö": "ư", "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_LETTERS |= {old.upper(): new.upper() for old, new in _VNI_LETTERS.items()}
_SIGNS = "".join(_VNI_SIGNS) + "".join(_VNI_SIGNS).upper()
# One pass: what a pair became must not be taken for a sign again.
_VNI_TEXT = re.compile(f"([aeouyôöAEOUYÔÖ])([{_SIGNS}])|([{''.join(_VNI_LETTERS)}])")


def recognised(texts: Sequence[str]) -> Script:
    """How some texts of one file are written; "utf8" when nothing speaks against Unicode."""
    found = legacy_encoding([text for text in texts if text and not text.isascii()])
    return {"TCVN3": "tcvn3", "VNI": "vni", "CP1258": "cp1258"}.get(found or "", "utf8")  # type: ignore[return-value]


def to_unicode(text: str, script: Script) -> str:
    """The text in composed Unicode (NFC). What the script does not know stays as it is."""
    if script == "tcvn3":
        text = text.translate(_TCVN3)
    elif script == "vni":
        text = _VNI_TEXT.sub(_joined, text)
    elif script == "cp1258":
        # Either Latin-1 or Windows' Western page showed the bytes.
        with contextlib.suppress(UnicodeError):
            text = text.encode("latin-1" if max(text, default=" ") <= "\xff" else "cp1252").decode("cp1258")
    return unicodedata.normalize("NFC", text)


def _joined(found: re.Match[str]) -> str:
    if found[3]:
        return _VNI_LETTERS[found[3]]
    letter, sign = _VNI_LETTERS.get(found[1], found[1]), _VNI_SIGNS[found[2].lower()]
    return unicodedata.normalize("NFC", letter + sign)
