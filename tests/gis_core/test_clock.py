"""The change clock: two states of a place that differ have different stamps, for whoever asks and in whatever order changes came."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from gis_core.access import Reach
from gis_core.changes.clock import Box, ChangeClock, Stamp
from gis_core.changes.follow import Change

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_coordinate = some.integers(0, 40)
_units = some.one_of(some.none(), some.lists(some.integers(1, 5), min_size=0, max_size=2).map(tuple))


@some.composite
def _boxes(draw: some.DrawFn) -> Box:
    x, y, width, height = (draw(some.integers(0, limit)) for limit in (40, 40, 10, 10))
    return float(x), float(y), float(x + width), float(y + height)


@some.composite
def _logs(draw: some.DrawFn) -> list[Change]:
    """A log in the order in which some follower read it: numbers are unique and not in order."""
    seqs = draw(some.lists(some.integers(1, 10_000), unique=True, max_size=40))
    return [_change(draw, seq) for seq in seqs]


def _change(draw: some.DrawFn, seq: int) -> Change:
    op = draw(some.sampled_from("IUUUDR"))
    if op == "R":
        return Change(seq, _NOW, "t", op, None, None, True, None)
    box = draw(some.one_of(some.none(), _boxes()))
    return Change(seq, _NOW, "t", op, draw(some.integers(1, 9)), draw(_units), draw(some.booleans()), box)


def _clock(log: list[Change]) -> ChangeClock:
    clock = ChangeClock()
    clock.apply("1:1:", log)
    return clock


def _touches(change: Change, box: Box | None, reach: Reach | None) -> bool:
    """The same in words: the change lies in the box, and the reach may hear of it."""
    b = change.bbox
    near = box is None or b is None or (b[0] <= box[2] and b[2] >= box[0] and b[1] <= box[3] and b[3] >= box[1])
    # Without a box (a reload, a row without place) what was touched is unknown: everybody is told.
    return near and (reach is None or b is None or reach.hears(change.units, is_public=change.is_public))


_places = some.one_of(some.none(), _boxes())
_reaches = some.one_of(
    some.none(),
    some.just(Reach(everything=True)),
    some.builds(Reach, units=some.frozensets(some.integers(1, 5), max_size=3), public=some.booleans()),
)


@given(log=_logs(), box=_places, reach=_reaches)
def test_a_stamp_is_the_highest_change_and_their_number(log: list[Change], box: Box | None, reach: Reach | None) -> None:
    """Of the changes that touch the place as the reach may know it."""
    touching = [change.seq for change in log if _touches(change, box, reach)]
    assert _clock(log).stamp("t", box, reach) == Stamp(max(touching, default=0), len(touching))


@given(log=_logs(), more=_logs(), box=_places, reach=_reaches)
def test_nested_states_have_different_stamps(log: list[Change], more: list[Change], box: Box | None, reach: Reach | None) -> None:
    """A change that touches the place changes its stamp, even when its number is lower than one already known."""
    known = {change.seq for change in log}
    later = [change for change in more if change.seq not in known]
    before, after = (_clock(state).stamp("t", box, reach) for state in (log, log + later))
    assert (before != after) == any(_touches(change, box, reach) for change in later)


@given(log=_logs(), box=_places, reach=_reaches, data=some.data())
def test_the_order_of_arrival_does_not_matter(log: list[Change], box: Box | None, reach: Reach | None, data: some.DataObject) -> None:
    """Two processes that read the same changes agree, so an ETag of one is good at the other."""
    shuffled = data.draw(some.permutations(log))
    assert _clock(log).stamp("t", box, reach) == _clock(shuffled).stamp("t", box, reach)


@given(log=_logs(), cut=some.integers(0, 40))
def test_batches_do_not_matter(log: list[Change], cut: int) -> None:
    """One read of many changes or many reads of few."""
    clock = ChangeClock()
    for part in (log[:cut], log[cut:]):
        clock.apply("1:1:", part)
    assert clock.stamp("t") == _clock(log).stamp("t")


def test_many_changes_outgrow_the_first_arrays() -> None:
    """Columns grow."""
    log = [Change(seq, _NOW, "t", "U", 1, (1,), False, (0.0, 0.0, 1.0, 1.0)) for seq in range(1, 5001)]
    assert _clock(log).stamp("t", (0, 0, 2, 2), Reach(units=frozenset({1}))) == Stamp(5000, 5000)
    assert _clock(log).stamp("t", (5, 5, 6, 6)) == Stamp()


def test_many_changes_stand_in_blocks_and_say_the_same() -> None:
    """Twelve thousand changes over a province, among them rows without a place, read in two orders and partly pruned: every
    place has the stamp that all changes one by one give."""
    dice = random.Random(7)

    def one(seq: int) -> Change:
        x, y = dice.uniform(0, 1000), dice.uniform(0, 1000)
        box = None if dice.random() < 0.001 else (x, y, x + dice.uniform(0, 3), y + dice.uniform(0, 3))
        at = _NOW + timedelta(seconds=seq)
        return Change(seq, at, "t", "R" if box is None else "U", seq, (dice.randrange(9),), dice.random() < 0.3, box)

    log = [one(seq) for seq in range(1, 12_001)]
    late = [log[number] for number in (17, 6_000)]
    pruned = Change(20_000, _NOW, "t", "P", 3_500, None, True, None)
    whole = [*(change for change in log if change not in late), *late]
    mixed = dice.sample(log, len(log))
    for order, kept in ((whole, log), (mixed, log), ([*whole, pruned], [*log[3_500:], pruned])):
        clock = _clock([])
        for start in range(0, len(order), 997):
            clock.apply("1:1:", order[start : start + 997])
            clock.stamp("t", None, Reach(public=True))
        for _time in range(40):
            x, y, side = dice.uniform(0, 1000), dice.uniform(0, 1000), dice.choice((0.5, 5, 60))
            box = dice.choice((None, (x, y, x + side, y + side)))
            reach = dice.choice((None, Reach(everything=True), Reach(units=frozenset({2, 5})), Reach(public=True)))
            touching = [change for change in kept if _touches(change, box, reach)]
            found = clock.stamp("t", box, reach)
            assert found == Stamp(max((change.seq for change in touching), default=0), len(touching)), (box, reach)
            if reach is not None:
                heard = [change.at.timestamp() for change in kept if change.op != "P" and _touches(change, None, reach)]
                assert clock.changed_at("t", reach) == max(heard)


def test_tables_are_apart() -> None:
    """And an unknown one has the empty stamp."""
    clock = _clock([Change(1, _NOW, "t", "U", 1, None, True, None)])
    assert clock.stamp("u") == Stamp()
    assert str(clock.stamp("t")) == "1.1"


def test_pruning_touches_everything_and_forgets_what_is_older() -> None:
    """A process that started after the pruning and one that saw it agree."""
    log = [Change(seq, _NOW, "t", "U", 1, (1,), False, (0.0, 0.0, 1.0, 1.0)) for seq in (1, 2, 7)]
    pruned = Change(8, _NOW, "t", "P", 5, None, True, None)
    old = _clock([*log, pruned])
    new = _clock([log[2], pruned])
    for box in (None, (0.0, 0.0, 1.0, 1.0), (5.0, 5.0, 6.0, 6.0)):
        assert old.stamp("t", box) == new.stamp("t", box) != Stamp()


def test_the_last_change_is_told_of_ones_own_rows_alone() -> None:
    """When a neighbour's rows changed is the neighbour's matter; when the log was pruned is nobody's."""
    times = {number: _NOW + timedelta(hours=number) for number in range(4)}
    box = (0.0, 0.0, 1.0, 1.0)
    clock = _clock(
        [
            Change(1, times[0], "t", "U", 1, (1,), False, box),
            Change(2, times[1], "t", "U", 2, (2,), True, box),
            Change(3, times[2], "t", "U", 3, (3,), False, box),
            Change(4, times[3], "t", "P", 0, None, True, None),
        ]
    )
    asked = [Reach(units=frozenset({1})), Reach(public=True), Reach(units=frozenset({1, 3})), Reach(everything=True)]
    assert [clock.changed_at("t", reach) for reach in asked] == [times[hour].timestamp() for hour in (0, 1, 2, 2)]
    assert clock.changed_at("t", Reach(units=frozenset({9}))) is None
    assert clock.changed_at("u", Reach(everything=True)) is None
