"""A database that was put back to another state: no old validator is honoured, and nothing that was kept survives."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from gis_core.changes.clock import ChangeClock
from gis_core.changes.follow import BEGINNING, HISTORY, READ, Change, goes_back, history_of
from gis_core.changes.hub import Hub
from gis_core.db import conninfo
from tests.world import World


def _rows(position: str, history: str, *changes: tuple[int, str]) -> list[tuple[Any, ...]]:
    """What `READ` returns: one row a change (seq, table), or one without."""
    told = [(position, seq, timezone.now(), table, "U", seq, None, False, 0.0, 0.0, 1.0, 1.0, history) for seq, table in changes]
    return told or [(position, *[None] * 11, history)]


@pytest.fixture
def hub() -> Hub:
    """A hub that knows three changes of one history."""
    hub = Hub(ChangeClock())
    hub.take_in(_rows("90:90:", "aaaaaaaaaa", (1, "t"), (2, "t"), (3, "u")))
    return hub


def test_the_first_read_is_the_beginning(hub: Hub) -> None:
    assert hub.clock.seq == 3
    assert hub.clock.epoch == "aaaaaaaa-"
    assert str(hub.clock.stamp("t")) == "aaaaaaaa-2.2"


@pytest.mark.parametrize(("position", "history"), [("95:95:", "bbbbbbbbbb"), ("80:80:", "aaaaaaaaaa"), ("80:80:", "bbbbbbbbbb")])
def test_no_stamp_of_another_history_is_one_of_this(hub: Hub, position: str, history: str) -> None:
    """Another copy, an older state of the same one, both; also for tables that never changed."""
    before = {str(hub.clock.stamp(table)) for table in ("t", "u", "never")}
    hub.take_in(_rows(position, history, (1, "t"), (2, "t"), (3, "u")))
    after = {str(hub.clock.stamp(table)) for table in ("t", "u", "never")}
    assert before.isdisjoint(after)
    assert hub.clock.position == position


def test_two_returns_to_one_state_differ(hub: Hub) -> None:
    stamps = {str(hub.clock.stamp("t"))}
    for position in ("80:80:", "70:70:", "60:60:"):
        hub.take_in(_rows(position, "aaaaaaaaaa", (1, "t")))
        stamps.add(str(hub.clock.stamp("t")))
    assert len(stamps) == 4


def test_what_was_not_put_back_goes_on(hub: Hub) -> None:
    hub.take_in(_rows("91:93:91", "aaaaaaaaaa", (4, "t")))
    assert str(hub.clock.stamp("t")) == "aaaaaaaa-4.3"


def test_everybody_who_keeps_something_is_told(hub: Hub) -> None:
    """Tables of both histories, each as a reload; the clock is new already when they hear it."""
    heard: list[Sequence[Change]] = []
    seqs: list[int] = []
    hub.when_history_breaks(lambda: seqs.append(hub.clock.seq))
    hub.subscribe(heard.append)
    hub.take_in(_rows("95:95:", "bbbbbbbbbb", (1, "t"), (2, "new")))
    assert seqs == [2]
    assert [(change.table, change.op, change.is_public) for change in heard[0]] == [("t", "R", True), ("u", "R", True), ("new", "R", True)]
    hub.take_in(_rows("96:96:", "cccccccccc"))
    assert len(heard) == 2, "also when the other history says nothing"


@pytest.mark.parametrize(
    ("earlier", "later", "back"),
    [("1:1:", "5:5:", False), ("5:9:6,7", "5:9:7", False), ("5:9:6", "8:8:", True), ("99:99:", "100:100:", False)],
)
def test_positions_are_numbers(earlier: str, later: str, back: bool) -> None:
    assert goes_back(earlier, later) is back


@pytest.fixture
def database(scratch: World) -> Iterator["psycopg.Connection[Any]"]:
    """A connection of its own."""
    with psycopg.connect(conninfo("test-history"), autocommit=True) as connection:
        yield connection


def test_a_log_that_was_made_anew_is_another_history(database: "psycopg.Connection[Any]") -> None:
    """A restored dump makes the table anew, a copy of the database has another number, `renew_validators` rewrites it."""
    before = database.execute(HISTORY).fetchone()
    rows = database.execute(READ, {"since": BEGINNING}).fetchall()
    assert before == (history_of(rows),)
    database.execute("VACUUM FULL change_log")
    assert database.execute(HISTORY).fetchone() != before
    assert len(database.execute(READ, {"since": BEGINNING}).fetchall()) == len(rows)


def test_rows_of_transactions_to_come_are_not_told_again_and_again(database: "psycopg.Connection[Any]") -> None:
    """A dump of a busy cluster restored in a young one: its log names transactions that do not exist yet."""
    database.execute("INSERT INTO change_log (txid, table_name, op) VALUES ('999999999999', 'relic', 'U')")
    try:
        rows = database.execute(READ, {"since": BEGINNING}).fetchall()
        assert "relic" not in {row[3] for row in rows}
    finally:
        database.execute("DELETE FROM change_log WHERE table_name = 'relic'")


def test_a_hub_notices_by_itself(scratch: World) -> None:
    """Through Django's connection, as commands do."""
    hub = Hub(ChangeClock())
    hub.catch_up()
    before = str(hub.clock.stamp("layers_facility"))
    hub.clock.position = "1:999999999999:"
    hub.catch_up()
    assert str(hub.clock.stamp("layers_facility")) != before
    assert str(hub.clock.stamp("layers_facility")).partition("-")[2] == before.partition("-")[2], "the same log, counted anew"
