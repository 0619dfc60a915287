"""One door to rows and one door to answers: nothing goes round `restrict`, `within` and `layer.rows`."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from gis_core.models import SpatialRow
from tests.architecture import sources

_ROWS = frozenset({"restrict", "within"})
# What may stand between a manager and its rows without being a door: writing verbs.
_WRITING = frozenset({"create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "model", "none", "raw_copy"})
# The doors themselves, and work that is not done in anybody's name: loading the pilot, importing, checking declarations.
_EXEMPT = (
    *("gis_core/models/", "gis_core/pilot/", "land/pilot/", "incidents/pilot/", "layers/pilot/", "tiles/pilot/", "layers/imports/"),
    "layers/checks.py",
    "gis_core/management/commands/check_files.py",  # names of files of everybody's rows, for the operator
    "layers/ogc/render.py",  # code tables by key, in words
    "layers/qgis/fields.py",  # the same, for lists of values
    *("tiles/pyramid/build.py", "tiles/pyramid/cells.py"),  # blocks are made of everybody's rows, each unit's apart
)
_MODELS = frozenset(model.__name__ for model in apps.get_models() if issubclass(model, SpatialRow))


def _manager_uses(path: Path) -> list[tuple[int, str]]:
    """(line, first method) of every chain that starts at `<SpatialRow model>.objects` or at any `_default_manager`."""
    tree = sources.tree(path)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager") and _is_rows(node):
            parent = parents.get(node)
            found.append((node.lineno, parent.attr if isinstance(parent, ast.Attribute) else "itself"))
    return found


def _is_rows(node: ast.Attribute) -> bool:
    owner = node.value
    if isinstance(owner, ast.Name) and owner.id in _MODELS:
        return True
    if isinstance(owner, ast.Attribute) and owner.attr == "model":
        return True
    return node.attr in ("_default_manager", "_base_manager")


@pytest.mark.parametrize("path", sources.modules(), ids=sources.name)
def test_rows_are_reached_through_the_door(path: Path) -> None:
    """`.objects.all()` or `.filter()` on a layer's model forgets who asks."""
    if sources.name(path).startswith(_EXEMPT):
        return
    around = [f"line {line}: .{method}" for line, method in _manager_uses(path) if method not in _ROWS | _WRITING]
    assert around == []


@pytest.mark.parametrize("path", sources.modules(), ids=sources.name)
def test_django_never_writes_geojson(path: Path) -> None:
    """Its serializer is 36 times slower than the database's, and it knows nothing of published fields."""
    text = path.read_text(encoding="utf-8")
    assert 'serialize("geojson"' not in text
    assert "contrib.gis.serializers" not in text


@pytest.mark.parametrize("path", sources.modules(), ids=sources.name)
def test_no_repair_of_linework_in_process(path: Path) -> None:
    """`make_valid` on a stranger's geometry can take minutes and cannot be cancelled; only the killable child does it."""
    if "repair" in path.name or "pilot" in path.parts:  # the plan is our own drawing
        return
    calls = [
        node.lineno
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("make_valid", "MakeValid")
    ]
    assert calls == []


@pytest.mark.parametrize("path", sources.modules(), ids=sources.name)
def test_nothing_is_fetched_from_the_network(path: Path) -> None:
    """But by the one client with its allow-list."""
    if sources.name(path) == "gis_core/outbound/client.py":
        return
    names = {"requests", "urllib.request", "urllib3", "httpx", "aiohttp", "http.client", "ftplib", "smtplib"}
    imported = {alias.name for node in ast.walk(sources.tree(path)) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(sources.tree(path)) if isinstance(node, ast.ImportFrom)}
    assert imported & names == set()
