"""Habits that a machine can check: migrations, names, links, addresses."""

import io
import re
import unicodedata
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture import sources

_AUTO_NAMED = re.compile(r"\d{4}_(auto_|alter_|remove_|add_|delete_|rename_)|_and_more$")
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_TEXT = ("*.py", "*.ts", "*.css", "*.html", "*.sql", "*.po", "*.csv", "*.geojson", "*.json", "*.md", "*.toml")


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    """`makemigrations --check` has nothing to write."""
    said = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said, verbosity=1)
    assert "No changes detected" in said.getvalue()


def test_migrations_have_names() -> None:
    """Names that a person chose."""
    found = [path for package in sources.PACKAGES for path in (sources.ROOT / package / "migrations").glob("[0-9]*.py")]
    assert [sources.name(path) for path in found if _AUTO_NAMED.search(path.stem)] == []


def _documents() -> list[Path]:
    return sorted([*sources.ROOT.glob("*.md"), *(sources.ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("path", _documents(), ids=sources.name)
def test_links_of_the_documents_lead_somewhere(path: Path) -> None:
    """To a file that is there."""
    links = _LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", _documents(), ids=sources.name)
def test_files_that_the_documents_name_are_there(path: Path) -> None:
    """`gis_core/errors.py` in backticks is a promise."""
    named = re.findall(
        r"`((?:gis_core|layers|tiles|land|incidents|tests|bin|bench|docs|fixtures)/[\w./-]+\.\w+)`", path.read_text(encoding="utf-8")
    )
    assert [file for file in named if "<" not in file and not (sources.ROOT / file).exists()] == []


def test_coroutines_of_tests_have_a_loop_of_their_own() -> None:
    """Browser tests leave a loop running in the main thread; `loops.run` takes another one (tests/loops.py)."""
    folder = settings.BASE_DIR / "tests"
    direct = "asyncio." + "run("
    assert [path.name for path in folder.rglob("*.py") if direct in path.read_text(encoding="utf-8")] == []


def test_every_text_is_nfc() -> None:
    """Vietnamese letters have two spellings in Unicode; searching and comparing needs one."""
    paths = [*sources.files(*_TEXT, packages=(*sources.PACKAGES, "tests", "fixtures", "docs")), *sources.ROOT.glob("*.md")]
    texts = ((path, path.read_text(encoding="utf-8")) for path in paths)
    assert [sources.name(path) for path, text in texts if not unicodedata.is_normalized("NFC", text)] == []


@pytest.mark.parametrize("path", sources.files("*.po"), ids=sources.name)
def test_every_sentence_is_translated(path: Path) -> None:
    """The default language is Vietnamese: an empty translation shows English to everybody."""
    import polib

    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries() + catalogue.fuzzy_entries()] == []


# Every address of Django's is either held to the contract by a service of tests/contract/services.py, or stands in the
# short list of what has no rows to show.
_CONTRACT = (
    "", "wall/", "wall/counts", "ogc/tiles", "ogc/tiles/<matrix>", "ogc/styles",
    "ogc/collections", "ogc/collections/<name>", "ogc/collections/<name>/items",
    "ogc/collections/<name>/items/<fid>", "query/at-point", "query/nearest", "query/within",
    "query/aggregate", "query/metrics", "query/search", "wfs",
    # rasters: tests/coverages/test_contract.py
    "query/coverages/<name>/value", "query/coverages/<name>/profile", "query/coverages/<name>/zonal",
    "qgis/", "qgis/project.qgz", "qgis/project-with-token.qgz", "qgis/<name>.qlr",
)  # fmt: skip
_WITHOUT_ROWS = (
    "accounts/login/", "accounts/logout/", "accounts/password/", "accounts/password/done/", "accounts/tokens/", "accounts/two-factor/",
    "accounts/tokens/<int:pk>/revoke",
    "accounts/screens/", "accounts/screens/<int:pk>/revoke", "wall/screen", "language/", "healthz", "readyz", "metrics", "favicon.ico",
    "ogc/", "ogc/api", "ogc/conformance", "ogc/functions",
    "qgis/icons/<icon>/<colour>.svg",
    "ogc/tileMatrixSets", "ogc/tileMatrixSets/<matrix>", "query/", "api/", "api/docs", "api/openapi.json",
)  # fmt: skip
# Domain verbs and pages are held to matrices of their own: tests/land/api/test_permissions.py, tests/land/workspace/,
# tests/incidents/test_permissions.py, tests/incidents/form/test_queries.py, tests/incidents/photos/test_views.py,
# tests/uploads/test_permissions.py, tests/analysis/test_permissions.py, tests/briefings/, tests/layers/alerts/test_api.py,
# tests/layers/reporting/,
# tests/layers/ingestion/ (which show nothing: they answer with numbers of rows that their caller sent).
_VERBS = (
    *("api/analyses", "analysis/", "api/briefings", "briefings/"),
    *("api/uploads", "uploads/", "api/land/", "land/", "api/incidents/", "incidents/", "open311/", "openrosa/"),
    *("api/observations", "api/indicators", "api/traffic", "api/feeds", "api/reports", "reports/"),
    *("api/alerts",),
)
# What shows a layer's declaration without its rows is tested for absence (tests/contract/test_absence.py).
_DECLARATIONS = (
    "qgis/<name>.qml", "qgis/<name>.sld",
    "ogc/collections/<name>/queryables", "ogc/collections/<name>/sortables", "ogc/collections/<name>/schema",
    "ogc/collections/<name>/map/tiles", "ogc/collections/<name>/map/tiles/<matrix>",
    "ogc/collections/<name>/tiles", "ogc/collections/<name>/tiles/<matrix>", "ogc/collections/<name>/styles",
    "ogc/styles/<style>", "ogc/styles/<style>/metadata",
)  # fmt: skip


def _patterns(resolver: URLResolver, prefix: str = "") -> list[str]:
    found: list[str] = []
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found.append(route)
        elif not route.startswith("admin/"):
            found += _patterns(entry, route)
    return found


def test_every_address_is_in_the_contract_or_shows_no_rows() -> None:
    """A new address that nobody put into one of the lists fails here, not in production."""
    routes = {re.sub(r"<\w+:(?!pk)", "<", route) for route in _patterns(get_resolver())}
    shown = {route for route in routes if not route.startswith(_VERBS)}
    assert shown - {*_CONTRACT, *_WITHOUT_ROWS, *_DECLARATIONS} == set()


def test_every_hot_path_is_in_the_contract() -> None:
    """The dispatcher's prefixes."""
    # Intake shows nothing: it answers with what its caller made up (tests/incidents/intake/test_door.py).
    assert set(settings.HOT_PATHS) - {"/incidents/intake/"} == {"/tiles/", "/live/", "/wms", "/wmts"}
