"""Tiles: everything here may run the engine's loops."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _compiled(compiled: None) -> None:
    """See `compiled`."""
