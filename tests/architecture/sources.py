"""The project's own sources, as the architecture tests read them."""

import ast
from functools import lru_cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("gis_core", "layers", "tiles", "land", "incidents")


def files(*patterns: str, packages: tuple[str, ...] = PACKAGES) -> list[Path]:
    """Source files of the packages: nothing generated, nothing built, no migration."""
    found = {path for package in packages for pattern in patterns for path in (ROOT / package).rglob(pattern)}
    return sorted(path for path in found if not {"migrations", "dist", "__pycache__", "node_modules"} & set(path.parts))


def modules(packages: tuple[str, ...] = PACKAGES) -> list[Path]:
    """Python modules."""
    return files("*.py", packages=packages)


@lru_cache(maxsize=512)
def tree(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name(path: Path) -> str:
    """As a person would say it: relative to the project."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
