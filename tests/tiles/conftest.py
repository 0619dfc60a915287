"""Tiles: everything here may run the engine's loops."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _warmed(warmed: None) -> None:
    """See `warmed`."""
