"""QGIS, without a screen, opens what we serve: collections with their permissions, vector tiles, and the style."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cast import Person
from tests.world import World

pytestmark = pytest.mark.qgis

Qgis = Callable[..., dict[str, Any]]
_PYTHON = "/usr/bin/python3"  # QGIS comes with the system's own


@pytest.fixture
def qgis(tmp_path: Path) -> Qgis:
    """`qgis(features=[…])`: run tests/qgis/smoke.py in a fresh profile and return what it saw."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "GDAL_", "OGR_"))},
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(tmp_path),
        "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path),
    }

    def run(**task: Any) -> dict[str, Any]:
        script = Path(__file__).with_name("smoke.py")
        done = subprocess.run(
            [_PYTHON, script, json.dumps(task)], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        said = [line for line in done.stdout.splitlines() if line.startswith("SEEN ")]
        assert said, f"exit {done.returncode}: {done.stderr[-2000:]}"
        seen: dict[str, Any] = json.loads(said[0].removeprefix("SEEN "))
        return seen

    return run


def test_a_public_collection_without_signing_in(qgis: Qgis, server: str, world: World) -> None:
    """All rows, in pages of five, with the published fields alone."""
    seen = qgis(features=[f"{server}/ogc/", "facilities", "", ""])["features"]
    assert seen["valid"], seen
    assert seen["count"] == len(world.rows["facilities"])
    assert seen["valid_geometries"]
    assert {"name", "theme"} <= set(seen["fields"])
    assert "updated_at" not in seen["fields"]


def test_an_officer_with_a_token_sees_the_own_parcels(qgis: Qgis, server: str, officer: Person) -> None:
    """The two of unit A."""
    seen = qgis(features=[f"{server}/ogc/", "parcels", "officer.world", officer.secret])["features"]
    assert seen["valid"], seen
    assert seen["count"] == 2


def test_a_visitor_is_told_that_there_are_no_parcels(qgis: Qgis, server: str) -> None:
    """The layer is not there."""
    assert not qgis(features=[f"{server}/ogc/", "parcels", "", ""])["features"]["valid"]


def test_vector_tiles_are_drawn(qgis: Qgis, server: str, world: World) -> None:
    """By the address in the TileJSON."""
    document = httpx.get(f"{server}/tiles/roads.json").json()
    centre = list(world.row("roads", "A").at)
    seen = qgis(tiles=[document["tiles"][0], document["minzoom"], document["maxzoom"], centre])["tiles"]
    assert seen["valid"]
    assert seen["drawn"] > 10


def test_the_style_is_understood(qgis: Qgis, server: str) -> None:
    """QGIS reads MapLibre styles; what it cannot draw must be a warning and not a failure."""
    text = httpx.get(f"{server}/tiles/style.json").text
    seen = qgis(style=text)["style"]
    assert seen["ok"], seen["error"]
