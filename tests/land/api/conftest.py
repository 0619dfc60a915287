"""Clients of the desk's people."""

import pytest

from tests.land.api.caller import Caller, caller
from tests.land.desk import Desk


@pytest.fixture
def officer_api(desk: Desk) -> Caller:
    """The officer's."""
    return caller(desk.officer)


@pytest.fixture
def approver_api(desk: Desk) -> Caller:
    """The approver's."""
    return caller(desk.approver)
