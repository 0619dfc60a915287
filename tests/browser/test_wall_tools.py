"""Search, the light theme, the table, counters from afar, names of the islands, cameras."""

from typing import Any

import pytest

from tests.browser.conftest import Visit, Visitor
from tests.world import World

WALL = {"width": 1920, "height": 1080}


def _wall(visit: Visitor, world: World, path: str = "/wall/", **options: Any) -> Visit:
    return visit(world.cast["operator"], path, viewport=WALL, **options).until_idle()


def test_search_goes_to_a_unit(visit: Visitor, world: World) -> None:
    """By keyboard alone; the numbers follow."""
    seen = _wall(visit, world)
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("ban thach", delay=5)
    seen.until("() => document.querySelector('#found').textContent.includes('Bàn Thạch')")
    hits = seen.page.locator("#found .hit")
    place = [hits.nth(index).locator("b").inner_text() for index in range(hits.count())].index(world.units["C"].name)
    for _step in range(place):
        seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("Enter")
    seen.until("(name) => document.querySelector('#path').textContent.includes(name)", argument=world.units["C"].name)
    seen.is_clean()


def test_the_light_theme_is_kept_by_the_screen(visit: Visitor, world: World) -> None:
    """By its address or its key; text stays readable on every panel."""
    seen = _wall(visit, world, "/wall/?theme=light")
    assert seen.page.evaluate("document.documentElement.dataset.theme") == "light"
    colour = "getComputedStyle(document.querySelector('.box')).color.match(/[0-9.]+/g).slice(0, 3).every((part) => part < 90)"
    assert seen.page.evaluate(colour)
    seen.is_clean()
    with seen.page.expect_navigation():
        seen.page.keyboard.press("t")
    seen.until("() => document.documentElement?.dataset.theme === 'dark'")
    seen.until_idle()


def test_the_map_is_a_table_too(visit: Visitor, world: World) -> None:
    """Every commune with every number that may colour it."""
    seen = _wall(visit, world)
    seen.page.keyboard.press("b")
    seen.until("() => document.querySelectorAll('#twin tbody tr').length > 0")
    table = seen.page.locator("#twin table")
    assert world.units["A"].name in table.inner_text()
    assert table.locator("thead th").count() == 1 + seen.page.locator("#maps button").count()
    seen.page.keyboard.press("Escape")
    seen.until("() => !document.querySelector('#twin').open")
    seen.is_clean()


def test_from_afar_reports_are_counted_not_drawn(visit: Visitor, world: World) -> None:
    """Below the detail zoom no tile of reports is asked for; a commune's number is that of the metric."""
    seen = _wall(visit, world)
    seen.page.evaluate("() => window.ioc.map.jumpTo({ zoom: 11 })")
    seen.until_idle()
    assert seen.drawn("incidents") == {}
    seen.until("() => window.ioc.map.queryRenderedFeatures({ layers: ['wall-counters'] }).length > 0")
    assert not [tile for tile in seen.tiles if tile.startswith("/tiles/incidents/11/")]
    seen.page.evaluate("() => window.ioc.map.jumpTo({ zoom: 14 })")
    seen.until_idle()
    assert seen.drawn("incidents") != {}
    seen.is_clean()


def test_small_scales_name_the_islands(visit: Visitor, world: World) -> None:
    """As maps of the State must."""
    seen = _wall(visit, world)
    seen.page.evaluate("() => window.ioc.map.jumpTo({ center: [111, 13], zoom: 4.2 })")
    seen.until_idle()
    script = "() => window.ioc.map.queryRenderedFeatures({ layers: ['islands'] }).map(({ properties }) => properties.name).sort()"
    seen.until(f"({script})().length === 2")
    assert seen.page.evaluate(script) == ["Đặc khu Hoàng Sa", "Đặc khu Trường Sa"]


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_motion_is_left_out_where_it_is_not_wanted(visit: Visitor, world: World, motion: str) -> None:
    """Nothing pulses, nothing runs."""
    seen = _wall(visit, world, reduced_motion=motion)
    name = "getComputedStyle(document.querySelector('.ticker__run')).animationName"
    assert (seen.page.evaluate(name) == "none") == (motion == "reduce")
    seen.is_clean()


def test_without_a_layer_of_cameras_there_is_no_trace_of_one(visit: Visitor, world: World) -> None:
    seen = _wall(visit, world)
    has_layer = seen.page.evaluate(
        "() => JSON.parse(document.querySelector('#page').textContent).layers.some(({ name }) => name === 'cameras')"
    )
    assert has_layer or seen.page.locator("#cameras").is_hidden()
    seen.is_clean()
