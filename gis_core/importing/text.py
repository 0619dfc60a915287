"""Text in files: its encoding, and signs of the Vietnamese encodings before Unicode."""

import codecs
import contextlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gis_core.importing.faults import FileFault

_BLOCK = 1 << 20
# Vietnamese typed in TCVN3 or VNI and shown as Latin: "Ph­êng T©n Th¹nh", "Phöôøng Taân Thaïnh". Both use signs beside letters
# that no text in Unicode puts there.
_TCVN3 = re.compile(r"[A-Za-z][\u00a8-\u00bf]|[\u00a8-\u00bf][a-z]")
_VNI = re.compile(r"[aeouyAEOUYöôÖÔ][øùûõïáàåãäëéèâêÄÅÃÂÊÁÀØÙÛÕÏ]")
# The code page 1258 shown as Latin: the tone stands behind its vowel as a letter of its own ("PhýõÌng").
_CP1258 = re.compile(r"[aeiouyAEIOUYâãêôõýÂÃÊÔÕÝ][ÌìÒÞò]|[ýõ][õýaiu]")
_UNICODE = re.compile(r"[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
_ENOUGH, _SHARE = 3, 0.03  # French has a naïve word now and then


def checked_encoding(name: str) -> str:
    """Python's name of an encoding. Raises FileFault for an unknown one."""
    try:
        found = codecs.lookup(name)
    except LookupError:
        raise FileFault("unknown-encoding", encoding=name[:40]) from None
    if not found._is_text_encoding:
        raise FileFault("unknown-encoding", encoding=name[:40])
    return found.name


@contextlib.contextmanager
def as_utf8(path: Path, encoding: str | None) -> Iterator[Path]:
    """The path itself when the text is UTF-8, otherwise that of a copy in UTF-8 that lives as long as the block.

    Raises FileFault when the bytes are not in the encoding (UTF-8 unless another one is named).
    """
    name = checked_encoding(encoding or "utf-8")
    if name == "utf-8":
        for _block in _decoded(path, name, "not-utf8"):
            pass
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        copy = Path(folder) / path.name
        with copy.open("w", encoding="utf-8", newline="") as target:
            for block in _decoded(path, name, "wrong-encoding"):
                target.write(block)
        yield copy


def _decoded(path: Path, encoding: str, code: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                # The decoder's own count begins at what it kept of the block before.
                at = read + len(block) - len(error.object) + error.start
                raise FileFault(code, encoding=encoding, at=at) from None
            except UnicodeError:  # UTF-16 without its mark
                raise FileFault(code, encoding=encoding, at=read) from None
            yield text
            if not block:
                return
            read += len(block)


def legacy_encoding(texts: list[str]) -> str | None:
    """TCVN3, VNI or CP1258 when the texts look like Vietnamese in those bytes, otherwise None."""
    joined = "\n".join(texts)
    if _UNICODE.search(joined):
        return None
    signs = {"TCVN3": len(_TCVN3.findall(joined)), "VNI": len(_VNI.findall(joined)), "CP1258": len(_CP1258.findall(joined))}
    name, count = max(signs.items(), key=lambda item: item[1])
    return name if count >= max(_ENOUGH, _SHARE * len(joined)) else None
