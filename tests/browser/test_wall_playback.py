"""Playback: one clock over every layer that knows moments, and back to now."""

from tests.browser.conftest import Visit, Visitor
from tests.sql import execute
from tests.world import World

WALL = {"width": 1920, "height": 1080}
DRAWN = "(layer) => window.ioc.map.querySourceFeatures(`play-${layer}`).length"
CLOCK = "() => Date.parse(document.body.dataset.clock || '')"


def _wall(visit: Visitor, world: World, **options: object) -> Visit:
    return visit(world.cast["leader"], "/wall/", viewport=WALL, **options).until_idle()


def _seek(seen: Visit, share: float) -> None:
    seen.page.locator("#moment").evaluate(
        "(slider, share) => { slider.value = String(1000 * share); slider.dispatchEvent(new Event('input')) }", share
    )


def _shown(seen: Visit, layer: str) -> int:
    """Features of a layer that the clock lets through, by what each says of itself."""
    script = (
        "(layer) => { const at = Date.parse(document.body.dataset.clock); return window.ioc.map.querySourceFeatures(`play-${layer}`)"
        ".filter(({ properties }) => properties.from_ms <= at && at < properties.to_ms).length }"
    )
    return int(seen.page.evaluate(script, layer))


def test_the_clock_moves_every_layer_with_moments(visit: Visitor, scratch: World) -> None:
    """Reports and instructions appear with their beginning and go with their end; live layers rest meanwhile."""
    execute(
        "UPDATE incidents_incident SET reported_at = now() - interval '20 hours',"
        " resolved_at = now() - interval '10 hours', status = 'resolved'"
    )
    execute("UPDATE incidents_instruction SET given_at = now() - interval '6 hours', answered_at = NULL")
    seen = _wall(visit, scratch)
    _seek(seen, 0.05)
    seen.until("() => document.body.dataset.playback === 'rests'")
    seen.until("() => window.ioc.map.getSource('play-incidents') && window.ioc.map.getSource('play-instructions')")
    seen.until_idle()
    filters = "(id) => JSON.stringify(window.ioc.map.getFilter(id))"
    before = seen.page.evaluate(filters, "play-incidents-circle")
    assert _shown(seen, "incidents") == 0
    _seek(seen, 0.4)
    seen.until("() => document.body.dataset.playback === 'rests'").until_idle()
    assert seen.page.evaluate(filters, "play-incidents-circle") != before
    assert seen.page.evaluate(filters, "play-instructions-circle") != before
    assert _shown(seen, "incidents") > 0
    assert _shown(seen, "instructions") == 0
    _seek(seen, 0.95)
    seen.until_idle()
    assert _shown(seen, "incidents") == 0
    assert _shown(seen, "instructions") > 0
    assert seen.page.evaluate("window.ioc.map.getLayoutProperty('incidents-circle', 'visibility')") == "none"
    seen.is_clean()


def test_it_plays_pauses_and_goes_back_to_now(visit: Visitor, scratch: World) -> None:
    """By keyboard, over a day and over a month."""
    execute("UPDATE incidents_incident SET reported_at = now() - interval '20 hours', resolved_at = NULL")
    seen = _wall(visit, scratch)
    seen.page.keyboard.press("p")
    seen.until("() => document.body.dataset.playback === 'runs'")
    first = seen.page.evaluate(CLOCK)
    seen.until("(first) => Date.parse(document.body.dataset.clock) > first", argument=first)
    seen.page.keyboard.press("p")
    seen.until("() => document.body.dataset.playback === 'rests'")
    seen.page.locator("[data-span='month']").click()
    seen.until("() => Date.now() - Date.parse(document.body.dataset.clock) > 20 * 86400000", 30)
    seen.page.keyboard.press("Escape")
    seen.until("() => !document.body.dataset.playback")
    assert not seen.page.evaluate("() => Boolean(window.ioc.map.getSource('play-incidents'))")
    seen.is_clean()
