"""A desk in unit A, rolled back after each test."""

import pytest

from tests.land.desk import Desk
from tests.world import World


@pytest.fixture
def desk(db: None, world: World) -> Desk:
    """An officer and an approver of unit A."""
    return Desk.open(world.units["A"])
