"""Which format a caller gets."""

import pytest

from gis_core.errors import BadParameter, NotAcceptable
from layers.ogc.media import GEOJSON, HTML, JSON, Media, choose

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", GEOJSON),
        ("*/*", GEOJSON),
        (BROWSER, HTML),
        ("application/geo+json", GEOJSON),
        ("application/json", GEOJSON),
        ("application/*", GEOJSON),
        ("text/*", HTML),
        ("TEXT/HTML", HTML),
        ("text/html;q=0.4, application/geo+json;q=0.5", GEOJSON),
        ("text/html, */*;q=0.1", HTML),
        ("application/geo+json;q=0, */*", HTML),
        ("image/png, text/html;q=0.1", HTML),
    ],
)
def test_accept_decides(accept: str, chosen: Media) -> None:
    assert choose((GEOJSON, HTML), None, accept) is chosen


def test_f_wins_over_accept() -> None:
    assert choose((GEOJSON, HTML), "html", "application/geo+json") is HTML
    assert choose((GEOJSON, HTML), "json", BROWSER) is GEOJSON
    assert choose((GEOJSON, HTML), "geojson", BROWSER) is GEOJSON


def test_an_unknown_f_names_the_known_ones() -> None:
    with pytest.raises(BadParameter, match="geojson, json, html"):
        choose((GEOJSON, HTML), "xml", "")


@pytest.mark.parametrize("accept", ["image/png", "application/geo+json;q=0, text/html;q=0", "text/html;q=x"])
def test_nothing_acceptable(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="application/geo\\+json"):
        choose((GEOJSON, HTML), None, accept)


def test_the_only_format_is_better_than_none() -> None:
    assert choose((JSON,), None, "text/html") is JSON
