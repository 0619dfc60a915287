"""docs/analysts.md is run: what an analyst copies from it works."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cast import Person
from tests.ogc.test_clients import address
from tests.world import World

__all__ = ["address"]  # the fixture
_DOCUMENT = Path(__file__).parents[2] / "docs" / "analysts.md"
_BLOCKS = re.findall(r"```(python|sh)\n(.*?)```", _DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


def adapted(code: str, address: str, officer: Person) -> str:
    """The recipe against the served instance, in the officer's name."""
    assert officer.user is not None
    return code.replace("http://localhost:8000/ogc/", address).replace("account:token", f"{officer.user.username}:{officer.secret}")


@pytest.mark.parametrize("code", [code for kind, code in _BLOCKS if kind == "python"])
def test_python_recipes(address: str, world: World, officer: Person, code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", adapted(code, address, officer)],
        capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.qgis
@pytest.mark.skipif(not shutil.which("ogr2ogr"), reason="GDAL's programs are not installed")
@pytest.mark.parametrize("code", [code for kind, code in _BLOCKS if kind == "sh"])
def test_shell_recipes(address: str, world: World, officer: Person, code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-ec", adapted(code, address, officer)],
        capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "facilities.gpkg").exists()
