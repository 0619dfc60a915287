"""The viewer at `/`: it draws, in Vietnamese, each person's own rows, and asks nobody but us."""

import pytest

from tests.browser.conftest import Visitor
from tests.cast import Person
from tests.factories import PASSWORD
from tests.world import CELL, SOUTH, WEST, World


@pytest.mark.parametrize(("name", "width", "height"), [("anonymous", 390, 844), ("officer", 390, 844), ("leader", 1920, 1080)])
def test_it_draws_without_any_complaint(visit: Visitor, world: World, name: str, width: int, height: int) -> None:
    """No error in the console, no request outside the origin, nothing wider than the screen."""
    seen = visit(world.cast[name], viewport={"width": width, "height": height}).until_idle()
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.tiles
    seen.is_clean()


def test_labels_are_vietnamese(visit: Visitor, leader: Person) -> None:
    """Drawn with the font that came along: names with their marks, in NFC."""
    seen = visit(leader, at=(108.475, 15.565, 13)).until_idle()
    assert {"Phường Tam Kỳ", "Phường Hương Trà"} <= {row.get("name") for row in seen.drawn("admin_units").values()}
    fonts = seen.page.evaluate("[...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family)")
    assert any("Be Vietnam Pro" in font for font in fonts)
    assert seen.page.locator("html").get_attribute("lang") == "vi"
    seen.is_clean()


def test_two_officers_see_different_parcels(visit: Visitor, world: World) -> None:
    """Each the own unit's, on the same piece of ground."""
    keys = {}
    for name in ("officer", "sibling"):
        seen = visit(world.cast[name], at=(WEST + 2 * CELL, SOUTH + CELL, 14)).until_idle()
        keys[name] = set(seen.drawn("parcels"))
        seen.is_clean()
    home = {name: {row.pk for row in world.rows["parcels"] if row.home == unit} for name, unit in (("officer", "A"), ("sibling", "B"))}
    assert keys == home


def test_a_visitor_sees_no_parcel(visit: Visitor, anonymous: Person, world: World) -> None:
    """Neither on the map nor in the catalogue, and the page never asks for one."""
    seen = visit(anonymous, at=(*world.row("parcels", "A").at, 15)).until_idle()
    assert seen.drawn("parcels") == {}
    assert not [tile for tile in seen.tiles if "parcels" in tile]
    assert "Thửa đất" not in seen.page.locator("#catalogue").inner_text()
    seen.is_clean()


def test_signing_in_through_the_form(visit: Visitor, scratch: World) -> None:
    """The page that comes back is the officer's own."""
    seen = visit(None, "/accounts/login/?next=/")
    seen.page.fill("input[name=username]", "officer.world")
    seen.page.fill("input[name=password]", PASSWORD)
    seen.page.press("input[name=password]", "Enter")
    seen.until_idle()
    assert seen.page.url.partition("#")[0] == f"{seen.origin}/"
    assert "Thửa đất" in seen.page.locator("#catalogue").inner_text()
    seen.is_clean()


def test_a_wrong_password_gets_a_sentence(visit: Visitor, world: World) -> None:
    """In Vietnamese, on the same page."""
    seen = visit(None, "/accounts/login/")
    seen.page.fill("input[name=username]", "officer.world")
    seen.page.fill("input[name=password]", "sai")
    seen.page.press("input[name=password]", "Enter")
    seen.page.wait_for_selector("[role=alert], .errorlist, .notice--error")
    assert seen.page.url.startswith(f"{seen.origin}/accounts/login/")
