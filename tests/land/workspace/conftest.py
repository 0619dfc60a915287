"""The desk's people at the workspace's pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gis_core.models import User

Opener = Callable[..., Any]


@pytest.fixture
def opened() -> Opener:
    """`opened(user, path)`: the answer to a GET in somebody's name (None: a visitor)."""

    def get(user: User | None, path: str) -> Any:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client.get(path)

    return get
