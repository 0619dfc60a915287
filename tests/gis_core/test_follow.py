"""Following the log: each committed change exactly once, in whatever order transactions commit."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import psycopg
import pytest

from gis_core import tasks
from gis_core.changes.clock import ChangeClock
from gis_core.changes.follow import BEGINNING, READ, Change, parse
from gis_core.changes.hub import Hub
from gis_core.db import conninfo
from gis_core.models import ChangeLog
from gis_core.tasks import prune_change_log
from tests.sql import execute
from tests.world import World

pytestmark = pytest.mark.usefixtures("scratch")


class Follower:
    """A follower that is asked to read when the test says so."""

    def __init__(self) -> None:
        self.database = psycopg.connect(conninfo("test-follower"), autocommit=True)
        self.position = BEGINNING
        self.read()

    def read(self) -> list[int | None]:
        """The features of the facilities' changes that are new since the last read."""
        self.position, changes = parse(self.database.execute(READ, {"since": self.position}).fetchall())
        self.last: list[Change] = changes
        return [change.fid for change in changes if change.table == "layers_facility"]


@pytest.fixture
def follower(scratch: World) -> Iterator[Follower]:
    """Stands at the end of the log."""
    follower = Follower()
    yield follower
    follower.database.close()


@pytest.fixture
def writers(scratch: World) -> Iterator[list[psycopg.Connection[tuple[object, ...]]]]:
    """Three programs that write at the same time."""
    made = [psycopg.connect(conninfo(f"test-writer-{number}")) for number in range(3)]
    yield made
    for writer in made:
        writer.close()


def _touch(writer: psycopg.Connection[tuple[object, ...]], fid: int) -> None:
    writer.execute("UPDATE layers_facility SET updated_at = now() WHERE id = %s", [fid])


def test_everything_once(follower: Follower, writers: list[psycopg.Connection[tuple[object, ...]]], scratch: World) -> None:
    """A second read brings nothing."""
    fid = scratch.row("facilities", "A").pk
    _touch(writers[0], fid)
    assert follower.read() == []
    writers[0].commit()
    assert follower.read() == [fid]
    assert follower.read() == []


def test_a_transaction_that_commits_late_is_not_missed(
    follower: Follower, writers: list[psycopg.Connection[tuple[object, ...]]], scratch: World
) -> None:
    """Its change has a lower number than one that was read already: "seq greater than the last" would lose it."""
    first, second = (row.pk for row in scratch.rows["facilities"][:2])
    _touch(writers[0], first)
    _touch(writers[1], second)
    writers[1].commit()
    assert follower.read() == [second]
    writers[0].commit()
    assert follower.read() == [first]
    assert follower.last[0].seq < max(change.seq for change in follower.last) + 1
    assert follower.read() == []


def test_a_long_transaction_does_not_hold_the_others_back(
    follower: Follower, writers: list[psycopg.Connection[tuple[object, ...]]], scratch: World
) -> None:
    """Nor are the others' changes read twice while it stays open (a bare `txid < xmin` would do one or the other)."""
    rows = [row.pk for row in scratch.rows["facilities"][:6]]
    _touch(writers[2], rows[0])
    for fid in rows[1:5]:
        _touch(writers[0], fid)
        writers[0].commit()
        assert follower.read() == [fid]
    _touch(writers[1], rows[5])
    assert follower.read() == []
    writers[2].commit()
    assert follower.read() == [rows[0]]
    writers[1].commit()
    assert follower.read() == [rows[5]]


def test_a_rolled_back_transaction_is_never_told(
    follower: Follower, writers: list[psycopg.Connection[tuple[object, ...]]], scratch: World
) -> None:
    """Its numbers are a gap."""
    _touch(writers[0], scratch.row("facilities", "A").pk)
    writers[0].rollback()
    assert follower.read() == []


def test_a_fresh_follower_reads_all_of_the_log(follower: Follower) -> None:
    """From the beginning, in the order of seq."""
    _position, changes = parse(follower.database.execute(READ, {"since": BEGINNING}).fetchall())
    count = follower.database.execute("SELECT count(*) FROM change_log").fetchone()
    assert (len(changes),) == count
    assert [change.seq for change in changes] == sorted(change.seq for change in changes)


def test_two_followers_tell_the_same(writers: list[psycopg.Connection[tuple[object, ...]]], scratch: World) -> None:
    """However often each of them reads."""
    often, seldom = Follower(), Follower()
    seen: list[int | None] = []
    for number, row in enumerate(scratch.rows["facilities"][:9]):
        _touch(writers[number % 3], row.pk)
        if number % 2:
            writers[(number + 1) % 3].commit()
        seen += often.read()
    for writer in writers:
        writer.commit()
    seen += often.read()
    later = seldom.read()
    assert sorted(filter(None, seen)) == sorted(filter(None, later)) == sorted(row.pk for row in scratch.rows["facilities"][:9])
    for follower in (often, seldom):
        follower.database.close()


def test_one_broken_listener_does_not_stop_the_others(scratch: World) -> None:
    """The follower feeds everybody."""
    hub = Hub(ChangeClock())
    heard: list[Sequence[Change]] = []

    @hub.subscribe
    def broken(changes: object) -> None:
        raise ValueError

    hub.subscribe(heard.append)
    hub.catch_up()
    assert len(heard) == 1
    assert hub.clock.seq == max(change.seq for change in heard[0])


def test_what_was_pruned_before_it_was_read_may_be_anything(scratch: World) -> None:
    """A process that was away for longer than the log is kept hears that the whole table changed; one that was not does not."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    heard: dict[str, list[str]] = {}
    for name, known in (("away", 5), ("here", 9)):
        hub = Hub(ChangeClock())
        hub.clock.apply("1:1:", [Change(known, now, "t", "U", 1, None, False, None)])
        told: list[Change] = []
        hub.subscribe(told.extend)
        hub.take_in([("1:99:", 11, now, "t", "P", 9, None, True, None, None, None, None)])
        heard[name] = [change.op for change in told]
    assert heard == {"away": ["P", "R"], "here": ["P"]}


def _aged(days: int, upto: int) -> None:
    """As if written long ago: what a transaction that still runs may have written stays, and other tests run beside this one."""
    change = "UPDATE change_log SET at = now() - make_interval(days => %s), txid = '3' WHERE table_name = 'layers_facility' AND seq <= %s"
    execute(change, days, upto)


def test_the_log_forgets_by_age_and_by_number(scratch: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each table one row says up to where; what is a day old goes earlier where there is too much, the last day never."""
    fid = scratch.row("facilities", "A").pk
    for number in range(12):
        execute("UPDATE layers_facility SET name = %s WHERE id = %s", f"Tên {number}", fid)
    seqs = list(ChangeLog.objects.filter(table_name="layers_facility").order_by("-seq").values_list("seq", flat=True)[:12])[::-1]
    _aged(2, seqs[6])
    _aged(31, seqs[2])
    assert prune_change_log.func(timestamp=0) >= 3
    rows = ChangeLog.objects.filter(table_name="layers_facility")
    assert list(rows.exclude(op="P").order_by("seq").values_list("seq", flat=True)) == seqs[3:]
    assert list(rows.filter(op="P").values_list("fid", flat=True)) == [seqs[2]]
    monkeypatch.setattr(tasks, "MOST_CHANGES", 3)
    monkeypatch.setattr(tasks, "FEWEST_CHANGES", 2)
    assert prune_change_log.func(timestamp=0) >= 4
    assert list(rows.exclude(op="P").order_by("seq").values_list("seq", flat=True)) == seqs[7:]
    assert prune_change_log.func(timestamp=0) == 0
