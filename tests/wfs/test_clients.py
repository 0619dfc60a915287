"""Programs that people use, over a real socket: OWSLib and GDAL."""

import json
import os
import shutil
import subprocess

import pytest
from owslib.util import Authentication
from owslib.wfs import WebFeatureService

from tests.cast import Person
from tests.world import CELL, SOUTH, WEST, World

BOX = (WEST + CELL, SOUTH, WEST + 2 * CELL, SOUTH + 3 * CELL)


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_owslib(server: str, world: World, version: str) -> None:
    client = WebFeatureService(f"{server}/wfs", version=version)
    assert {"ioc:roads", "ioc:facilities"} <= set(client.contents)
    assert "ioc:parcels" not in client.contents
    west, south, east, north = client["ioc:roads"].boundingBoxWGS84
    assert west < WEST + CELL < east and SOUTH <= south < north < SOUTH + 3 * CELL
    assert client.get_schema("ioc:roads")["properties"]["lanes"] == "int"
    read = client.getfeature(typename=["ioc:roads"], maxfeatures=3).read()
    assert read.count(b"gml:id=") >= 3
    document = client.getfeature(typename=["ioc:facilities"], bbox=(*BOX, "EPSG:4326"), outputFormat="application/json").read()
    assert len(json.loads(document)["features"]) == len([row for row in world.rows["facilities"] if row.home in ("A", "an mỹ")])


def test_owslib_signs_in(server: str, officer: Person) -> None:
    client = WebFeatureService(f"{server}/wfs", version="2.0.0", auth=Authentication(username="officer.world", password=officer.secret))
    assert "ioc:parcels" in client.contents
    read = client.getfeature(typename=["ioc:parcels"]).read()
    assert read.count(b"<ioc:parcels ") == 2


def ogrinfo(server: str, name: str, *options: str, **environment: str) -> str:
    """What GDAL's WFS driver says of a type."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GDAL_", "OGR_"))}
    paging = {"OGR_WFS_PAGING_ALLOWED": "ON", "OGR_WFS_PAGE_SIZE": "5"}
    command = ["ogrinfo", "-ro", *options, f"WFS:{server}/wfs", name]
    done = subprocess.run(command, env=kept | paging | environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def count(said: str) -> int:
    return int(said.split("Feature Count: ")[1].split()[0])


@pytest.mark.qgis
@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="GDAL's programs are not installed")
def test_gdal(server: str, world: World, officer: Person) -> None:
    """Counts, pages of five, a box in the layer's system, a filter, and parcels with a token."""
    said = ogrinfo(server, "ioc:facilities", "-al", "-geom=NO")
    assert count(said) == said.count("OGRFeature(ioc:facilities)") == len(world.rows["facilities"])
    inside = ogrinfo(server, "ioc:facilities", "-so", "-spat", *map(str, BOX))
    assert count(inside) == len([row for row in world.rows["facilities"] if row.home in ("A", "an mỹ")])
    label = world.row("roads", "A").label
    assert count(ogrinfo(server, "ioc:roads", "-so", "-where", f"name LIKE '{label}%'")) == 1
    parcels = ogrinfo(server, "ioc:parcels", "-so", GDAL_HTTP_USERPWD=f"officer.world:{officer.secret}")
    assert count(parcels) == 2 and "5899" in parcels
