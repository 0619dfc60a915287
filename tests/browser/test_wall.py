"""The wall at `/wall/`: dark, full-screen, live."""

from tests.browser.conftest import Visitor
from tests.cast import Person
from tests.sql import execute
from tests.world import World


def test_it_draws_without_any_complaint(visit: Visitor, world: World) -> None:
    """For the operator who stands before it; nothing scrolls."""
    seen = visit(world.cast["operator"], "/wall/", viewport={"width": 1920, "height": 1080}).until_idle()
    assert seen.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    luminance = "getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3).every((part) => part < 70)"
    assert seen.page.evaluate(luminance)
    seen.is_clean()


def test_counts_follow_the_rows(visit: Visitor, world: World, scratch: World) -> None:
    """A new report raises its number without a reload."""
    seen = visit(world.cast["operator"], "/wall/").until_idle()
    before = len(scratch.rows["facilities"])
    has = "(count) => [...document.querySelectorAll('#metrics *')].some((element) => element.children.length === 0 && element.textContent.trim() === String(count))"  # noqa: E501
    execute(
        "INSERT INTO layers_facility (name, theme, kind, address, geom, is_demo, updated_at) "
        "SELECT 'Mới', 'health', '', '', ST_SetSRID(ST_MakePoint(108.475, 15.56), 4326), false, now() FROM generate_series(1, 87)"
    )
    seen.until(has, 10, argument=before + 87)
    seen.is_clean()


def test_a_visitors_wall_has_public_layers_alone(visit: Visitor, anonymous: Person) -> None:
    """The same rule as everywhere."""
    seen = visit(anonymous, "/wall/").until_idle()
    assert not [tile for tile in seen.tiles if "parcels" in tile]
    assert "Thửa đất" not in seen.page.locator("body").inner_text()
    seen.is_clean()
