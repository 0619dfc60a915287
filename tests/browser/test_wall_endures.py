"""Half a day without a line, a night, a lost graphics context: the wall is there afterwards, by itself."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visit
from tests.sql import execute
from tests.world import World

VALUE = "() => document.querySelector(\"[data-metric='facilities.count'] .metric__value\")?.textContent"
SAYS = "(text) => document.querySelector(\"[data-metric='facilities.count'] .metric__value\")?.textContent === text"
LIVE = "() => document.body.dataset.link === 'live'"
AWAY = "() => ['offline', 'retrying'].includes(document.body.dataset.link)"
STAYS = "() => { window.stays = true }"
LOSE = """() => {
  const gl = window.ioc.map.getCanvas().getContext('webgl2').getExtension('WEBGL_lose_context');
  window.restore = () => gl.restoreContext();
  gl.loseContext();
}"""
DRAWN = "() => window.ioc && window.ioc.map.areTilesLoaded() && window.ioc.map.queryRenderedFeatures().length > 0"
LOST = "() => window.ioc.map.getCanvas().getContext('webgl2').isContextLost()"

Opening = Callable[[datetime], Visit]


@pytest.fixture
def wall_at(server: str, browser: Browser, browser_context_args: dict[str, Any], scratch: World) -> Iterator[Opening]:
    """`wall_at(moment)`: an operator's wall whose own clock starts at the moment."""
    context = browser.new_context(**{**browser_context_args, "viewport": {"width": 1920, "height": 1080}})
    cookies = scratch.cast["operator"].cookies
    context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items() if value])

    def start(moment: datetime) -> Visit:
        page = context.new_page()
        page.clock.install(time=moment)
        seen = Visit(page, server).open("/wall/").until_idle().until(LIVE)
        return seen.until("() => document.querySelectorAll('.metric__value.is-loading').length === 0")

    yield start
    context.close()


def test_twelve_hours_without_a_network(wall_at: Opening) -> None:
    """The last numbers stay, with their age counting up; afterwards the new ones come without a reload."""
    seen = wall_at(datetime(2026, 7, 1, 1, tzinfo=UTC))  # eight in the morning here
    before = seen.page.evaluate(VALUE)
    seen.page.evaluate(STAYS)
    seen.page.context.set_offline(True)
    seen.until(AWAY)
    for _hour in range(12):
        seen.page.clock.fast_forward("01:00:00")
        seen.page.wait_for_timeout(100)
    seen.until("() => document.querySelector('#age').textContent.includes('12 giờ')")
    assert seen.page.evaluate(VALUE) == before
    assert seen.page.locator("[data-metric='facilities.count'].is-stale").count() == 1
    assert seen.page.evaluate(DRAWN)
    execute("DELETE FROM layers_facility WHERE id = (SELECT min(id) FROM layers_facility)")
    seen.page.context.set_offline(False)
    seen.until(LIVE, 60).until(SAYS, 60, str(int(before) - 1)).until("() => document.querySelector('#age').hidden")
    assert seen.page.evaluate("() => window.stays")


def test_a_night(wall_at: Opening) -> None:
    """At midnight the date changes; the nightly reload waits for the line, and the wall is live again after it."""
    seen = wall_at(datetime(2026, 7, 1, 16, 59, tzinfo=UTC))  # a minute to midnight here
    assert "01/07/2026" in seen.page.locator("#today").inner_text()
    seen.page.evaluate(STAYS)
    seen.page.clock.fast_forward("02:00")
    seen.until("() => document.querySelector('#today').textContent.includes('02/07/2026')")
    seen.page.context.set_offline(True)
    seen.until(AWAY)
    seen.page.clock.fast_forward("04:00:00")
    seen.page.wait_for_timeout(500)
    assert seen.page.evaluate("() => window.stays")
    seen.page.context.set_offline(False)
    with seen.page.expect_navigation():
        seen.page.clock.fast_forward("02:00")
    seen.until(LIVE, 60).until(DRAWN, 60)


def test_a_lost_graphics_context_that_returns(wall_at: Opening) -> None:
    """The map is drawn again on the same page."""
    seen = wall_at(datetime(2026, 7, 1, 1, tzinfo=UTC)).until(DRAWN)
    seen.page.evaluate(STAYS)
    seen.page.evaluate(LOSE)
    seen.until(LOST)
    seen.page.evaluate("() => window.restore()")
    seen.until(f"() => !({LOST})() && ({DRAWN})()", 60)
    assert seen.page.evaluate("() => window.stays")


def test_a_lost_graphics_context_that_does_not_return(wall_at: Opening) -> None:
    """After ten seconds the page is loaded again."""
    seen = wall_at(datetime(2026, 7, 1, 1, tzinfo=UTC)).until(DRAWN)
    seen.page.evaluate(LOSE)
    seen.until(LOST)
    with seen.page.expect_navigation():
        seen.page.clock.fast_forward("00:11")
    seen.until(LIVE, 60).until(DRAWN, 60)
