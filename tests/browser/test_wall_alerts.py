"""Alerts on the wall: raised by a change elsewhere, listed, told, acknowledged by a person."""

import pytest

from layers.models import Alert, AlertRule
from tests.browser.conftest import Visit, Visitor
from tests.sql import execute
from tests.world import World

WALL = {"width": 1920, "height": 1080}


@pytest.fixture
def flooded(scratch: World) -> World:
    """A rule with a sound, and a station that will be over it."""
    AlertRule.objects.create(
        name="Nước cao", kind="threshold", layer="stations", measure="latest_result", limit=90, severity="critical", sounds=True
    )
    return scratch


def _breach(world: World) -> None:
    execute("UPDATE layers_station SET name = 'Cầu Kỳ Phú', latest_result = 99 WHERE id = %s", world.row("stations", "A").pk)


def _wall(visit: Visitor, world: World, name: str) -> Visit:
    return visit(world.cast[name], "/wall/", viewport=WALL).until_idle()


def test_a_breach_elsewhere_is_an_alert_here(visit: Visitor, flooded: World) -> None:
    """In the list, in the ticker as urgent, ringed on the map, told to screen readers; the last row for the sound."""
    seen = _wall(visit, flooded, "operator")
    seen.page.locator("#sound").click()
    rings = seen.page.locator(".ring").count()
    _breach(flooded)
    seen.until("() => document.querySelector('#alerts-list').textContent.includes('Cầu Kỳ Phú')", 30)
    assert seen.page.locator("#alerts-list .alert").first.get_attribute("data-severity") == "critical"
    seen.until("() => document.querySelector('#ticker').dataset.urgent === 'true'")
    seen.until("(before) => document.querySelectorAll('.ring').length > before", argument=rings)
    assert "Cầu Kỳ Phú" in (seen.page.locator("#said").text_content() or "")
    assert seen.page.locator("#sound").get_attribute("data-rang") == "1"
    seen.is_clean()


def test_a_person_acknowledges(visit: Visitor, flooded: World) -> None:
    """Every other screen shows who; a screen reader and a keyboard reach the button."""
    first, second = _wall(visit, flooded, "operator"), _wall(visit, flooded, "leader")
    _breach(flooded)
    for seen in (first, second):
        seen.until("() => document.querySelectorAll('.alert__answer').length > 0", 30)
    first.page.locator(".alert__answer").first.focus()
    first.page.keyboard.press("Enter")
    for seen in (first, second):
        seen.until("() => document.querySelector('#alerts-list').textContent.includes('operator.world')", 30)
        seen.is_clean()
    assert Alert.objects.get().acknowledged_by == flooded.cast["operator"].user


def test_what_is_over_leaves_the_list(visit: Visitor, flooded: World) -> None:
    seen = _wall(visit, flooded, "operator")
    _breach(flooded)
    seen.until("() => !document.querySelector('#alerts').hidden", 30)
    execute("UPDATE layers_station SET latest_result = 1")
    seen.until("() => document.querySelector('#alerts').hidden", 30)
    seen.is_clean()


def test_a_report_filed_elsewhere_pulses_at_once(visit: Visitor, flooded: World) -> None:
    """Less than a second from the commit to the pulse, as the page's own clock tells it."""
    seen = _wall(visit, flooded, "operator")
    seen.page.evaluate(
        "() => new MutationObserver((_list, watch) => { if (document.querySelector('.pulse'))"
        " { window.pulsed = Date.now(); watch.disconnect() } })"
        ".observe(document.querySelector('#map'), { childList: true, subtree: true })"
    )
    pk = flooded.row("incidents", "A").pk
    started = seen.page.evaluate("() => Date.now()")
    execute("UPDATE incidents_incident SET title = title || ' ' WHERE id = %s", pk)
    seen.until("() => window.pulsed > 0", 20)
    assert seen.page.evaluate("() => window.pulsed") - started < 1_000
    seen.is_clean()
