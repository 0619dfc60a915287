"""Content codings of tiles (RFC 9110 8.4, 12.5.3): which one a caller wants, and its bytes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import brotli
import deflate
import zstandard
from isal import igzip

# Bytes whose compression would hold up others for milliseconds.
_THREAD_FROM = 256_000


@dataclass(frozen=True)
class Coding:
    """A content coding: its name in HTTP ("" for identity), its letters in validators, and how bytes get it."""

    name: str
    tag: str
    pack: Callable[[bytes], bytes]

    async def packed(self, body: bytes) -> bytes:
        """`body` in this coding; large bodies are packed in a thread."""
        if not self.name or not body:
            return body
        if len(body) < _THREAD_FROM:
            return self.pack(body)
        return await asyncio.to_thread(self.pack, body)


# A packed body that is larger is packed once more by libdeflate: four times as long for a fourteenth less.
_LARGE = 280_000


def gzipped(body: bytes) -> bytes:
    """`body` in gzip, quickly; a large one tighter."""
    packed = bytes(igzip.compress(body, compresslevel=1, mtime=0))
    return packed if len(packed) <= _LARGE else bytes(deflate.gzip_compress(body, 6))


IDENTITY = Coding("", "id", lambda body: body)
# In the order of preference among equals: gzip by isal is the quickest to make by far, and every browser offers all three.
CODINGS = (
    Coding("gzip", "gz", gzipped),
    Coding("zstd", "zs", lambda body: zstandard.ZstdCompressor(level=3).compress(body)),
    Coding("br", "br", lambda body: bytes(brotli.compress(body, quality=4))),
)


@lru_cache(maxsize=256)
def chosen(accept_encoding: str) -> Coding:
    """The coding for a header Accept-Encoding: of the highest quality, ours first among equals, identity without any."""
    wanted = _qualities(accept_encoding)
    rest = wanted.get("*", 0.0)
    best, quality = IDENTITY, wanted.get("identity", 0.0)
    for coding in reversed(CODINGS):
        offered = wanted.get(coding.name, rest)
        if offered > 0 and offered >= quality:
            best, quality = coding, offered
    return best


def _qualities(header: str) -> dict[str, float]:
    """Qualities by coding. What cannot be read is left out."""
    found: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if not name:
            continue
        found[name] = 1.0
        for parameter in parameters:
            key, _equals, value = parameter.partition("=")
            if key.strip() == "q":
                found[name] = _quality(value.strip())
    return found


def _quality(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0.0 <= number <= 1.0 else 0.0
