"""QGIS without a screen, as tests start it."""

import io
import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Person

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


def signed_in(content: bytes, person: Person) -> bytes:
    """The project with the person's token in place of the reference to QGIS's own store."""
    assert person.user is not None
    inside = zipfile.ZipFile(io.BytesIO(content)).read("ioc-map.qgs").decode()
    assert "authcfg=iocmap1" in inside
    assert person.secret not in inside
    credentials = f" username='{person.user.username}' password='{person.secret}'"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("ioc-map.qgs", inside.replace(" authcfg=iocmap1", credentials))
    return out.getvalue()
