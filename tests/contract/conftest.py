"""Further layers of a shape are read at few zooms (tests/contract/shapes.py)."""

import pytest

from tests.contract.shapes import FEW_ZOOMS, Reading


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the zooms that a layer of the same shape is read at."""
    left = [item for item in items if _is_left_out(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not _is_left_out(item)]


def _is_left_out(item: pytest.Item) -> bool:
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    reading = params.get("reader")
    return isinstance(reading, Reading) and not reading.full and params.get("z", 13) not in FEW_ZOOMS
