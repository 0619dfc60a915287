"""An edit made in SQL is on an open screen within a second, and only the tiles that it touches are fetched again."""

import re
import time

from tests.browser.conftest import Visit, Visitor
from tests.cast import Person
from tests.contract.services import tile_of
from tests.sql import execute
from tests.world import World

_SHOWN = "([key, use]) => window.ioc.map.queryRenderedFeatures().some((f) => f.source === 'parcels' && f.id === key && f.properties.land_use === use)"  # noqa: E501
_TILE = re.compile(r"/tiles/(\w+)/(\d+)/(\d+)/(\d+)\.mvt")


def _refetched(seen: Visit, since: int) -> list[tuple[str, int, int, int]]:
    matches = [_TILE.match(url) for url in seen.tiles[since:]]
    return [(found[1], int(found[2]), int(found[3]), int(found[4])) for found in matches if found]


def test_an_update_in_sql_is_seen_within_a_second(visit: Visitor, officer: Person, scratch: World) -> None:
    """The issue's own measure: a parcel's land use."""
    row = scratch.row("parcels", "A")
    seen = visit(officer, at=(*row.at, 16)).until_idle()
    assert row.pk in seen.drawn("parcels")
    requests, counted = len(seen.tiles), seen.page.evaluate("window.ioc.tilesRefetched")
    execute("UPDATE land_parcel SET land_use = 'ODT' WHERE id = %s", row.pk)
    started = time.monotonic()
    seen.until(_SHOWN, 5, argument=[row.pk, "ODT"])
    assert time.monotonic() - started < 1.0
    seen.page.wait_for_timeout(400)
    again = _refetched(seen, requests)
    assert seen.page.evaluate("window.ioc.tilesRefetched") - counted == len(again)
    # The parcel lies in one tile at each zoom, or on the seam of a few; the screen shows dozens.
    assert 1 <= len(again) <= 4
    for layer, z, x, y in again:
        _z, column, line = tile_of(*row.at, z)
        assert layer == "parcels"
        assert abs(x - column) <= 1
        assert abs(y - line) <= 1
    seen.is_clean()


def test_an_edit_of_a_neighbours_row_asks_for_nothing(visit: Visitor, officer: Person, scratch: World) -> None:
    """What one may not see changes nothing on one's screen."""
    seen = visit(officer, at=(*scratch.row("parcels", "A").at, 15)).until_idle()
    requests = len(seen.tiles)
    execute("UPDATE land_parcel SET land_use = 'LUC' WHERE id = %s", scratch.row("parcels", "B").pk)
    seen.page.wait_for_timeout(800)
    assert _refetched(seen, requests) == []


def test_a_new_row_appears_and_a_deleted_one_goes(visit: Visitor, anonymous: Person, scratch: World) -> None:
    """On a visitor's screen, without a reload."""
    row = scratch.row("facilities", "A")
    seen = visit(anonymous, at=(*row.at, 15)).until_idle()
    assert row.pk in seen.drawn("facilities")
    there = "(key) => window.ioc.map.queryRenderedFeatures().some((f) => f.source === 'facilities' && f.id === key)"
    execute("DELETE FROM layers_facility WHERE id = %s", row.pk)
    seen.until(f"(key) => !({there})(key)", 5, argument=row.pk)
    execute(
        "INSERT INTO layers_facility (id, name, theme, kind, address, geom, is_demo, updated_at) "
        "VALUES (777001, 'Trạm y tế mới', 'health', '', '', ST_SetSRID(ST_MakePoint(%s, %s), 4326), false, now())",
        *row.at,
    )
    seen.until(there, 5, argument=777001)
    assert seen.drawn("facilities")[777001]["name"] == "Trạm y tế mới"
    seen.is_clean()


def test_the_stream_comes_back_after_the_network_was_gone(visit: Visitor, anonymous: Person, scratch: World) -> None:
    """What happened meanwhile is shown too."""
    row = scratch.row("facilities", "B")
    seen = visit(anonymous, at=(*row.at, 15)).until_idle()
    seen.page.context.set_offline(True)
    seen.page.wait_for_timeout(300)
    execute("UPDATE layers_facility SET name = 'Sau khi mất mạng' WHERE id = %s", row.pk)
    seen.page.wait_for_timeout(300)
    seen.page.context.set_offline(False)
    named = "(key) => window.ioc.map.queryRenderedFeatures().some((f) => f.source === 'facilities' && f.id === key && f.properties.name.startsWith('Sau'))"  # noqa: E501
    seen.until(named, 15, argument=row.pk)
