"""Content codings: what a caller wants and what it gets (RFC 9110 12.5.3), each under a validator of its own."""

import gzip
import random
from typing import Any

import brotli
import pytest
import zstandard
from isal import igzip

from tests.contract.services import tile_of
from tests.service import Service
from tests.world import World
from tiles.coding import chosen, gzipped

UNPACK: dict[str, Any] = {
    "": lambda body: body,
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "br": brotli.decompress,
}


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "gzip"),
        ("gzip;q=0.5, br;q=0.8, zstd;q=0.9", "zstd"),
        ("gzip;q=0.5, br", "br"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "br"),
        ("*", "gzip"),
        ("*;q=0", ""),
        ("gzip;q=0", ""),
        ("gzip;q=0, *", "zstd"),
        ("gzip;q=0.3, identity;q=0.9", ""),
        ("GZIP", "gzip"),
        ("deflate", ""),
        ("gzip;q=nonsense", ""),
        ("gzip;q=nan", ""),
        (" , ;q=1, gzip", "gzip"),
    ],
)
def test_the_choice(header: str, coding: str) -> None:
    assert chosen(header).name == coding


def test_a_large_body_is_packed_tighter_and_equal_bodies_alike() -> None:
    """No time of packing in the bytes: a strong validator stands for them (RFC 9110 8.8.1)."""
    small, large = bytes(range(256)) * 400, random.Random(3).randbytes(200_000) * 2
    for body in (small, large):
        packed = gzipped(body)
        assert gzip.decompress(packed) == body
        assert packed == gzipped(body)
        assert packed[4:8] == bytes(4)
    assert len(gzipped(large)) <= len(igzip.compress(large, compresslevel=1))


def test_every_coding_is_the_same_tile_under_its_own_validator(asgi: Service, world: World) -> None:
    z, x, y = tile_of(*world.row("roads", "A").at, 13)
    path = f"/tiles/roads,facilities/{z}/{x}/{y}.mvt"
    tags, bodies = set(), set()
    for coding, unpack in UNPACK.items():
        with asgi.stream(path, headers={"Accept-Encoding": coding or "identity"}) as answer:
            headers = {name.decode(): value.decode() for name, value in answer.start["headers"]}
            bodies.add(unpack(answer.body()))
        assert headers.get("content-encoding", "") == coding
        assert "Accept-Encoding" in headers["vary"]
        tags.add(headers["etag"])
        again = asgi.get(path, headers={"Accept-Encoding": coding or "identity", "If-None-Match": headers["etag"]})
        assert again.status_code == 304
        assert again.headers["ETag"] == headers["etag"]
    assert (len(tags), len(bodies)) == (4, 1)


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd", "br"])
def test_head_tells_what_get_would_send(asgi: Service, world: World, coding: str) -> None:
    z, x, y = tile_of(*world.row("roads", "A").at, 14)
    path = f"/tiles/roads/{z}/{x}/{y}.mvt"
    with asgi.stream(path, headers={"Accept-Encoding": coding}) as answer:
        length = len(answer.body())
    head = asgi.request("HEAD", path, headers={"Accept-Encoding": coding})
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) == length
    assert asgi.request("HEAD", path, headers={"Accept-Encoding": coding, "If-None-Match": head.headers["ETag"]}).status_code == 304


def test_an_empty_tile_has_a_validator_in_every_coding(asgi: Service) -> None:
    path = "/tiles/roads/14/0/0.mvt"
    for coding in ("identity", "gzip", "zstd", "br"):
        first = asgi.get(path, headers={"Accept-Encoding": coding})
        assert (first.status_code, first.content) == (204, b"")
        assert "Content-Encoding" not in first.headers
        again = asgi.get(path, headers={"Accept-Encoding": coding, "If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
