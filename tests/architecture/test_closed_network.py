"""A closed network: no page, style, script or template names an address outside the origin."""

import re
from pathlib import Path

import pytest

from tests.architecture import sources

_ADDRESS = re.compile(r"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.IGNORECASE)
# Names of standards, which nobody fetches.
_NAMES = (
    "www.w3.org",
    "www.opengis.net",
    "schemas.opengis.net",
    "json-schema.org",
    "geojson.org",
    "spdx.org",
    "tools.ietf.org",
    "wiki.open311.org",
    "openrosa.org",
    "maplibre.org",
    "docs.qgis.org",
    "example.vn",
)
_FRONTEND = sources.files("*.html", "*.ts", "*.mjs", "*.css", "*.svg", "*.js", "*.json", "*.webmanifest")


def _addresses(text: str) -> list[str]:
    return [found for found in _ADDRESS.findall(text) if not found.rpartition("//")[2].lower().endswith(_NAMES)]


@pytest.mark.parametrize("path", _FRONTEND, ids=sources.name)
def test_sources_name_no_foreign_address(path: Path) -> None:
    """Comments count too: a link is a temptation."""
    assert _addresses(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sources.modules(), ids=sources.name)
def test_python_names_no_foreign_address(path: Path) -> None:
    """What Python writes into answers must stay at home as well."""
    found = [address for address in _addresses(path.read_text(encoding="utf-8")) if "localhost" not in address]
    assert found == []


def test_the_search_can_find_something() -> None:
    """It is not blind."""
    assert _addresses('<script src="https://cdn.example.com/x.js">') == ["https://cdn.example.com"]
    assert _addresses('<script src="//cdn.example.com/x.js">') == ["//cdn.example.com"]
    assert _addresses('xmlns="http://www.w3.org/2000/svg"') == []
