"""The direction of dependency, and the purity of the modules that promise it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import sources


def test_the_contracts_of_import_linter_hold() -> None:
    """gis_core <- layers <- {tiles, land, incidents}; siblings never meet; pure modules stay pure (pyproject.toml)."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=sources.ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", sources.modules(), ids=sources.name)
def test_other_packages_are_not_named_where_they_must_not_be(path: Path) -> None:
    """Import-linter sees import statements; this sees strings: only the composition root may name other packages."""
    package = path.relative_to(sources.ROOT).parts[0]
    above = {"gis_core": ("layers", "tiles", "land", "incidents"), "layers": ("tiles", "land", "incidents")}
    below = above.get(package, tuple({"tiles", "land", "incidents"} - {package}))
    if sources.name(path) in ("gis_core/settings.py", "gis_core/urls.py"):
        return
    modules = {
        node.value
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isascii() and " " not in node.value
    }
    named = [text for text in modules for other in below if text.startswith(f"{other}.") and text.replace(".", "_").isidentifier()]
    # Loading the pilot reaches each package's part by its dotted name, which is what such names are for.
    assert [text for text in named if ".pilot" not in text] == []


# Loaded in the confined child alone, after its limits are set.
_CONFINED = ("gis_core/importing/", "gis_core/geometry_repair.py", "incidents/photos/develop.py", "land/importing/confined.py")


def test_no_import_is_hidden_in_a_function_to_dodge_a_cycle() -> None:
    """A late import is fine where Django is not ready yet; many of them are a cycle in disguise."""
    late = [
        f"{sources.name(path)}:{node.lineno}"
        for path in sources.modules()
        for function in sources.functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and function.name != "ready" and not sources.name(path).startswith(_CONFINED)
    ]
    assert len(late) <= 5, late
