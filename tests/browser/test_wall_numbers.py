"""The wall's numbers: by unit and viewport, coloured communes, scenes, keyboard, a lost line."""

from typing import Any

import pytest

from layers.models import WallScene
from tests.browser.conftest import Visit, Visitor
from tests.cast import Person
from tests.sql import execute
from tests.world import World

WALL = {"width": 1920, "height": 1080}
VALUE = "(metric) => document.querySelector(`[data-metric='${metric}'] .metric__value`)?.textContent"
SAYS = "([metric, text]) => document.querySelector(`[data-metric='${metric}'] .metric__value`)?.textContent === text"
OPEN_REPORTS = """() => {
  const { maps } = JSON.parse(document.querySelector('#page').textContent).wall;
  const { title } = maps.find(({ metric }) => metric === 'incidents.open');
  return [...document.querySelectorAll('#maps button')].findIndex((button) => button.textContent === title);
}"""
CHOSEN = "(index) => document.querySelectorAll('#maps button')[index].getAttribute('aria-pressed') === 'true'"
COLOURED = "() => window.ioc.map.getLayoutProperty('wall-units', 'visibility') === 'visible'"


def _wall(visit: Visitor, person: Person | None, **options: Any) -> Visit:
    seen = visit(person, "/wall/", viewport=options.pop("viewport", WALL), **options).until_idle()
    return seen.until("() => document.querySelectorAll('.metric__value.is-loading').length === 0")


def test_a_unit_narrows_every_number(visit: Visitor, world: World) -> None:
    """From the ranking, by keyboard: tiles, breadcrumb and card follow; escape goes back."""
    seen = _wall(visit, world.cast["operator"])
    whole = seen.page.evaluate(VALUE, "facilities.count")
    assert whole == str(len(world.rows["facilities"]))
    chosen = seen.page.locator(f".rank[data-unit='{world.units['A'].pk}']")
    chosen.focus()
    seen.page.keyboard.press("Enter")
    seen.until(SAYS, argument=["facilities.count", "4"])
    seen.until("() => !document.querySelector('#card').hidden")
    assert world.units["A"].name in seen.page.locator("#path").inner_text()
    assert world.units["A"].name in seen.page.locator("#card").inner_text()
    seen.page.keyboard.press("Escape")
    seen.until(SAYS, argument=["facilities.count", whole])
    assert seen.page.locator("#card").is_hidden()
    seen.is_clean()


def test_the_viewport_narrows_every_number(visit: Visitor, world: World) -> None:
    """After a person moved the map."""
    seen = _wall(visit, world.cast["operator"])
    whole = seen.page.evaluate(VALUE, "facilities.count")
    seen.page.locator("#map canvas").focus()
    for _press in range(4):
        seen.page.keyboard.press("ArrowRight")
    seen.until(
        "(whole) => document.querySelector(\"[data-metric='facilities.count'] .metric__value\").textContent !== whole", argument=whole
    )
    seen.is_clean()


def test_communes_are_coloured_and_told_in_words(visit: Visitor, world: World) -> None:
    """Digits choose, or the pointer; the legend's ends and the table have the numbers."""
    seen = _wall(visit, world.cast["operator"])
    seen.until("() => document.querySelectorAll('#maps button').length > 1")
    seen.page.keyboard.press("2")
    seen.until(CHOSEN, argument=1)
    seen.until("() => !document.querySelector('#ramp').hidden")
    index = seen.page.evaluate(OPEN_REPORTS)
    seen.page.locator("#maps button").nth(index).click()
    seen.until(CHOSEN, argument=index)
    seen.until(COLOURED)
    seen.until("() => /\\d/.test(document.querySelector('#ramp .ramp__ends')?.textContent ?? '')")
    assert world.units["A"].name in seen.page.locator("#ranking-rows").inner_text()
    seen.is_clean()


def test_scenes_take_turns_until_they_are_held(visit: Visitor, scratch: World) -> None:
    """As administrators wrote them."""
    for number, layers in enumerate((["admin_units"], ["admin_units", "facilities"])):
        WallScene.objects.create(title=f"Cảnh {number}", position=number, dwell_s=2, layers=layers, map="")
    seen = _wall(visit, scratch.cast["operator"])
    visible = "(name) => window.ioc.map.getLayoutProperty(name, 'visibility')"
    seen.until("() => document.querySelector('#scene').dataset.scene === '1'")
    assert seen.page.evaluate(visible, "facilities-circle") == "visible"
    seen.until("() => document.querySelector('#scene').dataset.scene === '0'")
    assert seen.page.evaluate(visible, "facilities-circle") == "none"
    seen.page.keyboard.press(" ")
    seen.until("() => document.querySelector('#scene').getAttribute('aria-pressed') === 'true'")
    seen.is_clean()


def test_a_lost_line_is_said_and_mends_itself(visit: Visitor, scratch: World) -> None:
    """The last numbers stay, marked; afterwards the new ones come without a reload."""
    seen = _wall(visit, scratch.cast["operator"])
    before = seen.page.evaluate(VALUE, "facilities.count")
    seen.page.evaluate("() => { window.stays = true }")
    seen.page.context.set_offline(True)
    seen.until("() => ['offline', 'retrying'].includes(document.body.dataset.link)")
    assert seen.page.evaluate(VALUE, "facilities.count") == before
    execute("DELETE FROM layers_facility WHERE id = (SELECT min(id) FROM layers_facility)")
    seen.page.context.set_offline(False)
    seen.until("() => document.body.dataset.link === 'live'", 60)
    seen.until(SAYS, 30, argument=["facilities.count", str(int(before) - 1)])
    assert seen.page.evaluate("() => window.stays")


def test_a_station_over_its_threshold_is_listed_and_ringed(visit: Visitor, scratch: World) -> None:
    """A breach is on the wall before anybody asks."""
    pk = scratch.row("stations", "A").pk
    seen = _wall(visit, scratch.cast["operator"])
    rings = seen.page.locator(".ring").count()
    breach = "name = 'Cầu Kỳ Phú', state = 'alarm', alarm_at = 2, latest_result = 2.14, latest_at = now()"
    execute(f"UPDATE layers_station SET {breach} WHERE id = %s", pk)
    seen.until("() => document.querySelector('#open-list').textContent.includes('Cầu Kỳ Phú: 2,14')", 20)
    seen.until("(before) => document.querySelectorAll('.ring').length > before", argument=rings)
    seen.is_clean()


@pytest.mark.parametrize("size", [(3840, 2160), (3840, 1080), (390, 844)])
def test_one_layout_for_walls_and_phones(visit: Visitor, world: World, size: tuple[int, int]) -> None:
    """Nothing scrolls on a wall; on a phone nothing is wider than the screen."""
    seen = _wall(visit, world.cast["leader"], viewport={"width": size[0], "height": size[1]})
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert size[0] < 1280 or seen.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    seen.is_clean()


def test_a_visitors_numbers_are_the_public_ones(visit: Visitor, world: World) -> None:
    """No tile for a layer that does not exist for them."""
    seen = _wall(visit, None)
    assert seen.page.locator("[data-metric^='parcels']").count() == 0
    assert seen.page.locator("[data-metric='incidents.open']").count() == 1
    seen.is_clean()
