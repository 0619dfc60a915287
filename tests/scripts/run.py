"""The repository's scripts, run as a user runs them, and their Python parts."""

import importlib.util
import os
import subprocess
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
LIB = ROOT / "bin" / "lib"


def script(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`bin/NAME ARGUMENT…` from another folder; it has a minute."""
    known = {**os.environ, **environment}
    return subprocess.run(
        [ROOT / "bin" / name, *arguments],
        cwd="/",
        env=known,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def bash(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A piece of bash with the whole of bin/lib loaded."""
    known = {**os.environ, **environment}
    return subprocess.run(
        ["/bin/bash", "-c", f"source {LIB}/all.sh\n{code}", "bin/piece"],
        cwd="/",
        env=known,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def module(name: str) -> ModuleType:
    """bin/lib/NAME.py, which no package holds."""
    specification = importlib.util.spec_from_file_location(f"bin_lib_{name}", LIB / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    loaded = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(loaded)
    return loaded
