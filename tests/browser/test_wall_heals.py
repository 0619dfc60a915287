"""A server that dies under the page: the last picture stays with its age, and mends itself without a reload."""

from pathlib import Path

from tests.browser.conftest import Visit
from tests.server import free_port, serve
from tests.sql import execute
from tests.world import World

VALUE = "() => document.querySelector(\"[data-metric='facilities.count'] .metric__value\")?.textContent"
SAYS = "(text) => document.querySelector(\"[data-metric='facilities.count'] .metric__value\")?.textContent === text"


def test_a_killed_server_that_comes_back_is_found_again(
    scratch: World, browser: object, browser_context_args: dict[str, object], tmp_path: Path
) -> None:
    """The bar says how old the picture is, counting up; numbers that changed meanwhile are right again."""
    port = free_port()
    context = browser.new_context(**{**browser_context_args, "viewport": {"width": 1920, "height": 1080}})  # type: ignore[attr-defined]
    cookies = scratch.cast["operator"].cookies
    try:
        with serve(tmp_path / "first", port) as origin:
            context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies.items() if value])
            seen = Visit(context.new_page(), origin).open("/wall/").until_idle()
            seen.until("() => document.querySelectorAll('.metric__value.is-loading').length === 0")
            before = seen.page.evaluate(VALUE)
            seen.page.evaluate("() => { window.stays = true }")
        seen.until("() => document.body.dataset.link === 'retrying'", 30)
        seen.until("() => !document.querySelector('#age').hidden", 60)
        first = seen.page.locator("#age").inner_text()
        seen.until("(first) => document.querySelector('#age').textContent !== first", 30, first)
        assert seen.page.evaluate(VALUE) == before
        execute("DELETE FROM layers_facility WHERE id = (SELECT min(id) FROM layers_facility)")
        with serve(tmp_path / "second", port):
            seen.until("() => document.body.dataset.link === 'live'", 90)
            seen.until(SAYS, 60, str(int(before) - 1))
            seen.until("() => document.querySelector('#age').hidden", 30)
            assert seen.page.evaluate("() => window.stays")
    finally:
        context.close()
