"""Small files, short functions, words for everything public."""

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.architecture import sources

MAX_LINES = 400
MAX_MODULES_A_FOLDER = 25
TESTS = ("tests",)


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_file_is_longer_than_400_lines() -> None:
    """Python, TypeScript, styles, templates, SQL; tests too."""
    paths = sources.files("*.py", "*.ts", "*.css", "*.html", "*.sql", packages=(*sources.PACKAGES, *TESTS))
    assert [f"{sources.name(path)}: {_lines(path)}" for path in paths if _lines(path) > MAX_LINES] == []


def test_most_files_are_much_shorter() -> None:
    """95 of 100 have at most 250 lines; half of them at most 120."""
    lengths = [_lines(path) for path in sources.modules()]
    assert quantiles(lengths, n=20)[-1] <= 250
    assert median(lengths) <= 120


def test_functions_are_short() -> None:
    """95 of 100 have at most 35 lines, half of them at most 12; none more than 60."""
    lengths = {
        f"{sources.name(path)}:{function.name}": _length(function) for path in sources.modules() for function in sources.functions(path)
    }
    assert quantiles(lengths.values(), n=20)[-1] <= 35
    assert median(lengths.values()) <= 12
    assert {name: length for name, length in lengths.items() if length > 60} == {}


def test_no_folder_is_a_heap() -> None:
    """A folder that can be taken in at one look."""
    folders: dict[str, int] = {}
    for path in sources.modules():
        folders[sources.name(path.parent)] = folders.get(sources.name(path.parent), 0) + 1
    assert {folder: count for folder, count in folders.items() if count > MAX_MODULES_A_FOLDER} == {}


@pytest.mark.parametrize("path", sources.modules(), ids=sources.name)
def test_everything_public_says_what_it_is(path: Path) -> None:
    """Modules, public classes and public functions have a docstring (an empty `__init__` has nothing to say)."""
    tree = sources.tree(path)
    if not tree.body:
        assert path.name == "__init__.py"
        return
    silent = [node.name for node in _public(tree) if not ast.get_docstring(node)]
    assert ast.get_docstring(tree), "the module"
    assert silent == []


def _public(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    found: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            found.append(node)
            if isinstance(node, ast.ClassDef):
                found += [
                    member
                    for member in node.body
                    if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef)
                    and not member.name.startswith("_")
                    and not _is_inherited(member)
                ]
    return found


# What Django and the standard library define: their words hold.
_INHERITED = {
    "ready",
    "handle",
    "add_arguments",
    "filter",
    "format",
    "save",
    "delete",
    "clean",
    "has_add_permission",
    "has_change_permission",
}


def _is_inherited(member: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return member.name in _INHERITED or member.name.startswith(("has_", "get_"))


def test_tests_outweigh_the_code() -> None:
    """At least as many lines; the aim is 120 of 100."""
    code = sum(map(_lines, sources.modules()))
    tests = sum(map(_lines, sources.modules(TESTS)))
    assert tests / code >= 0.6, f"{tests} lines of tests for {code} of code"
