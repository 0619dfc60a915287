"""What a process remembers of the log for clients that come back."""

from datetime import UTC, datetime

from pytest_django import DjangoDbBlocker

from gis_core.changes.follow import Change
from layers.live.hub import REMEMBERED, LiveHub
from tests.world import World


def test_changes_that_nobody_hears_of_are_forgotten_too(world: World, django_db_blocker: DjangoDbBlocker) -> None:
    """Of tables that are no layer only positions are remembered, and not for ever."""
    hub = LiveHub()
    with django_db_blocker.unblock():  # which layers there are, uploaded ones too, stands in the database
        for number in range(REMEMBERED + 100):
            hub.notice([Change(number, datetime.now(UTC), "gis_core_user", "U", None, None, is_public=False, bbox=None)])
    assert len(hub._batches) == REMEMBERED
