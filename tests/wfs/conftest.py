"""A WFS client, and what it writes to."""

import pytest

from tests.service import Service
from tests.wfs.client import Wfs


@pytest.fixture
def wfs(asgi: Service) -> Wfs:
    """The client."""
    return Wfs(asgi)
