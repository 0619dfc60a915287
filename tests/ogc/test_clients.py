"""Programs that people use read the API over a real socket: OWSLib and GDAL."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.db import connections
from owslib.ogcapi.features import Features as Client
from owslib.util import Authentication
from pytest_django import DjangoDbBlocker

from tests.cast import Person
from tests.world import BOUNDS, World


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The landing page of a served instance."""
    from gis_core.wsgi import application

    with django_db_blocker.unblock(), make_server("127.0.0.1", 0, application, handler_class=_Quiet) as server:

        def serve() -> None:
            server.serve_forever(poll_interval=0.05)
            connections.close_all()

        thread = threading.Thread(target=serve, name="socket", daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/ogc/"
        server.shutdown()
        thread.join(10)


def test_owslib_finds_its_way(address: str, world: World) -> None:
    client = Client(address)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in client.conformance()["conformsTo"]
    assert {"roads", "facilities", "incidents"} <= set(client.feature_collections())
    assert "parcels" not in client.feature_collections()
    assert client.api()["openapi"].startswith("3.0")
    assert client.collection("roads")["id"] == "roads"
    assert "traffic_state" in client.collection_queryables("roads")["properties"]


def test_owslib_reads_and_pages(address: str, world: World) -> None:
    client = Client(address)
    keys = sorted(row.pk for row in world.rows["facilities"])
    assert [found["id"] for found in client.collection_items("facilities", limit=5)["features"]] == keys[:5]
    assert [found["id"] for found in client.collection_items("facilities", limit=5, offset=5)["features"]] == keys[5:10]
    assert client.collection_items("facilities", bbox=list(BOUNDS))["numberMatched"] == len(keys)
    assert client.collection_item("facilities", str(keys[0]))["id"] == keys[0]


def test_owslib_signs_in_with_a_token(address: str, world: World, officer: Person) -> None:
    assert officer.user is not None
    client = Client(address, auth=Authentication(username=officer.user.username, password=officer.secret))
    assert "parcels" in client.feature_collections()
    found = {feature["id"] for feature in client.collection_items("parcels")["features"]}
    assert found == {row.pk for row in world.rows["parcels"] if row.home == "A"}


@pytest.mark.qgis
@pytest.mark.skipif(not shutil.which("ogr2ogr"), reason="GDAL's programs are not installed")
class TestGdal:
    """GDAL's driver OAPIF, as in ogr2ogr and QGIS's browser."""

    def read(self, address: str, layer: str, *options: str) -> list[dict[str, Any]]:
        """Features as GDAL passes them on."""
        command = ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"OAPIF:{address}", layer, *options]
        # The service switches this driver off for itself (gis_core/settings.py); its clients have it.
        environment = {name: value for name, value in os.environ.items() if name not in ("OGR_SKIP", "GDAL_SKIP")}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=environment)
        assert "ERROR" not in done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)["features"]
        return found

    def test_every_row_page_by_page(self, address: str, world: World) -> None:
        for layer in ("roads", "facilities", "water", "tourism_places"):
            found = sorted(feature["properties"]["name"] for feature in self.read(address, layer, "-oo", "PAGE_SIZE=5"))
            assert found == sorted(f"{row.label} name" for row in world.rows[layer])

    def test_a_window(self, address: str, world: World) -> None:
        at = world.row("facilities", "A").at
        window = [str(value) for value in (at[0] - 1e-5, at[1] - 1e-5, at[0] + 1e-5, at[1] + 1e-5)]
        assert len(self.read(address, "facilities", "-spat", *window)) == 1

    def test_signed_in(self, address: str, world: World, officer: Person) -> None:
        assert officer.user is not None
        secret = f"{officer.user.username}:{officer.secret}"
        found = self.read(address, "parcels", "-oo", f"USERPWD={secret}", "--config", "GDAL_HTTP_USERPWD", secret)
        assert len(found) == 2
        assert {feature["properties"]["admin_unit"] for feature in found} == {"Phường Tam Kỳ"}
