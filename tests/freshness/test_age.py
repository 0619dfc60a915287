"""How old a node's knowledge is: counted from the asking, not from the taking in."""

import time

from gis_core.changes.clock import ChangeClock
from gis_core.changes.hub import Hub


def test_what_was_read_long_ago_does_not_make_a_node_young() -> None:
    """A process that was frozen between the database's answer and its taking in wakes up old (rule 3)."""
    hub = Hub(ChangeClock())
    hub.take_in([("5:5:", None, *[None] * 10)], asked=time.monotonic() - 60)
    assert hub.age > 59


def test_a_reading_of_now_does() -> None:
    """The usual case."""
    hub = Hub(ChangeClock())
    assert hub.age == float("inf")
    hub.take_in([("5:5:", None, *[None] * 10)])
    assert hub.age < 59
