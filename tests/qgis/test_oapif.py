"""QGIS reads parcels, reports and roads over OGC API: pages, extents, windows, filters, with and without signing in."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from tests.contract import oracle
from tests.world import World

pytestmark = pytest.mark.qgis
_SCRIPT = Path(__file__).with_name("oapif.py")


def look(folder: Path, **task: Any) -> dict[str, Any]:
    """What QGIS sees, in a fresh profile."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "GDAL_", "OGR_"))}
    environment = {**kept, "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder), "QGIS_CUSTOM_CONFIG_PATH": str(folder)}
    done = subprocess.run(
        ["/usr/bin/python3", _SCRIPT, json.dumps(task)], env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    said = [line for line in done.stdout.splitlines() if line.startswith("SEEN ")]
    assert said, f"exit {done.returncode}: {done.stderr[-2000:]}"
    seen: dict[str, Any] = json.loads(said[0].removeprefix("SEEN "))
    return seen


@pytest.mark.parametrize("name", ["officer", "anonymous"])
@pytest.mark.parametrize("layer", ["parcels", "incidents", "roads"])
def test_qgis_reads_a_collection(server: str, world: World, cast: Cast, tmp_path: Path, layer: str, name: str) -> None:
    person = cast[name]
    rows = oracle.expected(world, person, layer) if oracle.exists_for(person, layer) else []
    lon, lat = rows[0].at if rows else (108.47, 15.57)
    label = {"parcels": "address", "incidents": "title", "roads": "name"}[layer]
    seen = look(
        tmp_path,
        url=f"{server}/ogc/",
        collection=layer,
        user=person.user.username if person.user else "",
        password=person.secret,
        bbox=[lon - 1e-5, lat - 1e-5, lon + 1e-5, lat + 1e-5],
        filter=f"\"{label}\" LIKE '{rows[0].label}%'" if rows else "1 = 1",
    )
    assert seen["valid"] == bool(rows)
    if not rows:
        return
    assert seen["count"] == seen["ids"] == len(rows)
    assert seen["inside"]
    assert label in seen["fields"]
    assert seen["in_box"] == 1
    assert seen["box_holds"]
    assert seen["filter_taken"]
    assert seen["filtered"] == 1
