"""Every theme from its source to QGIS: rows are sent, the project of a leader is opened, and QGIS counts them."""

from pathlib import Path

import httpx
import pytest

from layers.models import Indicator
from tests.cast import Person
from tests.qgis.conftest import Qgis, signed_in
from tests.themes.cases import CASES, prepare
from tests.world import World, declared_layers

pytestmark = pytest.mark.qgis


def _sent(server: str, person: Person, path: str, rows: object) -> None:
    answer = httpx.post(f"{server}{path}", json=rows, headers=person.headers("bearer"), timeout=60)
    assert answer.status_code == 200, (path, answer.text)


def test_what_sources_send_is_in_the_project(qgis: Qgis, server: str, scratch: World, leader: Person, tmp_path: Path) -> None:
    """One more row in each layer that was fed; all layers of the leader are valid, drawn and counted by QGIS itself."""
    prepare(scratch)
    for case in CASES:
        _sent(server, scratch.cast[case.sender], f"/api/feeds/{case.layer}", case.rows())
    Indicator.objects.create(code="q", name="q")
    _sent(server, scratch.cast["analyst"], "/api/indicators", [{"indicator": "q", "unit": "20341", "period": "2026-10", "actual": 1}])
    path = tmp_path / "map.qgz"
    path.write_bytes(signed_in(httpx.get(f"{server}/qgis/project.qgz", headers=leader.headers("basic"), timeout=60).content, leader))
    layers = qgis(project=str(path))["project"]["layers"]
    fed = {case.layer for case in CASES} | {"indicators"}
    assert {name for name in fed if not layers[name]["valid"]} == set()
    assert {name: layers[name]["count"] for name in fed} == {name: len(scratch.rows[name]) + 1 for name in fed}
    assert set(layers) == {layer.name for layer in declared_layers()} - {"security_events"}
    assert layers["reports"]["count"] == len(scratch.rows["reports"])
