"""The same resources as pages for people: words instead of codes, nothing from elsewhere, no markup from data."""

import re

import pytest

from tests.cast import Person
from tests.factories import feature
from tests.ogc.conftest import Ask, change
from tests.world import WEST, World

PLACES = (
    *("", "conformance", "functions", "api", "collections", "collections/parcels", "collections/parcels/queryables"),
    *("collections/parcels/sortables", "collections/parcels/schema", "collections/parcels/items"),
)


@pytest.mark.parametrize("path", PLACES)
def test_nothing_comes_from_elsewhere(ogc: Ask, leader: Person, path: str) -> None:
    page = ogc(path, leader, f="html").text
    for address in re.findall(r'(?:src|href|action)="([^"]+)"', page):
        assert address.startswith(("/", "#", "?", "http://testserver/")), address
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r' on\w+="', page)


@pytest.mark.parametrize("path", PLACES)
def test_each_page_links_to_its_data(ogc: Ask, leader: Person, path: str) -> None:
    page = ogc(path, leader, f="html").text
    assert 'rel="alternate"' in page
    assert "f=json" in page or "f=geojson" in page


def test_codes_become_words(ogc: Ask, world: World, leader: Person) -> None:
    page = ogc("collections/incidents/items", leader, f="html", headers={"Accept-Language": "en"}).text
    row = world.rows["incidents"][0]
    assert "Severity" in page
    assert ">low<" in page
    from incidents.models import Incident

    category = Incident.objects.get(pk=row.pk).category
    assert category.name in page


def test_dates_and_numbers_as_people_write_them(ogc: Ask, leader: Person) -> None:
    page = ogc("collections/incidents/items", leader, f="html").text
    assert "12:00" in page, "15 January 2026, 05:00 UTC, is noon in Việt Nam"
    assert "2026-01-15T05:00" not in page


def test_one_feature(ogc: Ask, world: World, leader: Person) -> None:
    row = world.row("parcels", "A")
    page = ogc(f"collections/parcels/items/{row.pk}", leader, f="html").text
    assert "Phường Tam Kỳ" in page
    assert row.label in page


def test_pages_of_a_list(ogc: Ask) -> None:
    page = ogc("collections/roads/items", f="html", limit=2).text
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    address = following[1].replace("&amp;", "&").removeprefix("http://testserver/ogc/")
    second = ogc(address)
    assert second.headers["Content-Type"].startswith("text/html")
    assert 'rel="prev"' in second.text


def test_markup_in_data_stays_text(ogc: Ask, scratch: World) -> None:
    from layers.themes.facilities import Facility

    row = feature(Facility, scratch.units["A"], (WEST, 15.56), name="<script>alert(1)</script>", address='"><img src=x onerror=alert(1)>')
    for path in ("collections/facilities/items", f"collections/facilities/items/{row.pk}"):
        page = ogc(path, f="html").text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_markup_in_the_address_stays_text(ogc: Ask) -> None:
    page = ogc("collections/facilities/items", f="html", name='"><script>alert(1)</script>').text
    assert "<script>alert" not in page


def test_an_empty_list_says_so(ogc: Ask) -> None:
    page = ogc("collections/facilities/items", f="html", name="there is none", headers={"Accept-Language": "en"}).text
    assert "No feature matches" in page


def test_missing_values_are_empty(ogc: Ask, scratch: World, leader: Person) -> None:
    from land.models import Parcel

    row = scratch.row("parcels", "A")
    change(Parcel, row.pk, address="", admin_unit=None)
    assert ">None<" not in ogc(f"collections/parcels/items/{row.pk}", leader, f="html").text


def test_the_page_speaks_the_readers_language(ogc: Ask) -> None:
    assert '<html lang="vi">' in ogc("", f="html").text
    assert '<html lang="en">' in ogc("", f="html", headers={"Accept-Language": "en"}).text
