"""The test suite `ogctests` (features/core) against a served instance, where an environment with it is named.

Its dependencies contradict ours, so it lives in an environment of its own: OGCTESTS=/path/to/python bin/test tests/ogc/test_conformance.py
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.ogc.conftest import Ask
from tests.world import World

_PYTHON = os.environ.get("OGCTESTS", "")


@pytest.mark.skipif(not _PYTHON, reason="OGCTESTS names no Python with the package ogctests")
def test_features_core(server: str, world: World, tmp_path: Path) -> None:
    run = "from ogctests.main import run_ogctests; raise SystemExit(run_ogctests('features/core', {!r}, ['--tb=short']))"
    command = [_PYTHON, "-c", run.format(f"{server}/ogc")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    assert re.search(r"\d+ passed", done.stdout), done.stdout


def test_every_class_is_declared_once(ogc: Ask) -> None:
    declared = ogc("conformance").json()["conformsTo"]
    assert len(declared) == len(set(declared))
    for part in ("ogcapi-features-1/1.0/conf/core", "ogcapi-features-4/1.0/conf/create-replace-delete", "cql2/1.0/conf/arithmetic"):
        assert f"http://www.opengis.net/spec/{part}" in declared
