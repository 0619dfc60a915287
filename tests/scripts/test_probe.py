"""The questions of bin/up --check, put to a small server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.scripts.run import module

probe = module("probe")
MVT = "application/vnd.mapbox-vector-tile"
TILEJSON = {"bounds": [108.3, 15.4, 108.6, 15.7], "minzoom": 0, "maxzoom": 14}
GOOD: dict[str, tuple[int, str, bytes]] = {
    "/readyz": (200, "application/json", b"{}"),
    "/tiles/admin_units.json": (200, "application/json", json.dumps(TILEJSON).encode()),
    "/tiles/admin_units/11/1640/934.mvt": (200, MVT, b"tile"),
    "/ogc/collections/admin_units/items?limit=2": (200, "application/geo+json", b'{"features":[{},{}]}'),
    "/wall/": (200, "text/html", b'<script src="/static/wall.js"></script><link href="/static/wall.css">'),
    "/static/wall.js": (200, "text/javascript", b"1"),
    "/static/wall.css": (200, "text/css", b""),
}


@contextmanager
def _server(answers: dict[str, tuple[int, str, bytes]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, media, body = answers.get(self.path, (404, "text/plain", b"no such page"))
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_tile_in_the_middle() -> None:
    """108.45 E 15.55 N at zoom 11."""
    assert probe.tile_of(TILEJSON) == (11, 1640, 934)


def test_a_service_that_answers_passes() -> None:
    """A line for each thing asked."""
    with _server(GOOD) as base:
        assert len(probe.probe(base, demo=True)) == 4


@pytest.mark.parametrize("path", sorted(GOOD))
def test_whatever_is_missing_is_named(path: str) -> None:
    """Any one of them."""
    with _server({key: value for key, value in GOOD.items() if key != path}) as base, pytest.raises(probe.Unmet, match="answered 404"):
        probe.probe(base, demo=True)


def test_a_page_of_another_kind_does_not_pass() -> None:
    """An error page with status 200, say."""
    with (
        _server({**GOOD, "/readyz": (200, "text/html", b"")}) as base,
        pytest.raises(probe.Unmet, match="text/html instead of application/json"),
    ):
        probe.probe(base, demo=True)


def test_an_empty_service_passes_only_without_pilot_data() -> None:
    """204 for a tile with nothing in it."""
    empty = {
        **GOOD,
        "/tiles/admin_units/11/1640/934.mvt": (204, MVT, b""),
        "/ogc/collections/admin_units/items?limit=2": (200, "application/geo+json", b'{"features":[]}'),
    }
    with _server(empty) as base:
        assert len(probe.probe(base, demo=False)) == 4
        with pytest.raises(probe.Unmet, match="the pilot data is missing"):
            probe.probe(base, demo=True)
