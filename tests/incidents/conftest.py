"""The dispatch post."""

import pytest

from tests.incidents.post import Post
from tests.world import World


@pytest.fixture
def post(db: None, world: World) -> Post:
    """In unit A, rolled back afterwards."""
    return Post.open(world.units["A"])
