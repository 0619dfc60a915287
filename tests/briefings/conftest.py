"""A reader's desk for reports: asked over the API, made by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client

from gis_core.models import Role, User
from layers.briefings import jobs
from tests import factories
from tests.world import World


@dataclass
class Desk:
    """Somebody's client of `/api/briefings`."""

    user: User
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user)

    def get(self, path: str = "", **query: Any) -> Any:
        """A reading; JSON as `.body`."""
        return _read(self.client.get(f"/api/briefings{path}", query))

    def send(self, path: str = "", body: Any = None, method: str = "POST") -> Any:
        """A writing."""
        return _read(self.client.generic(method, f"/api/briefings{path}", orjson.dumps(body or {}), "application/json"))

    def made(self, kind: str, **parameters: Any) -> Any:
        """A finished report."""
        answer = self.send("", {"kind": kind, "parameters": parameters})
        assert answer.status_code == 201, answer.body
        jobs.work(answer.body["uid"])
        return self.get(f"/{answer.body['uid']}").body

    def file(self, report: Any, form: str) -> bytes:
        """One of its files."""
        answer = self.client.get(report["files"][form])
        assert answer.status_code == 200
        return bytes(answer.content)


def _read(response: Any) -> Any:
    response.body = orjson.loads(response.content) if response.content and "json" in response.headers.get("Content-Type", "") else None
    return response


@pytest.fixture
def desks(db: None, world: World, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Desk]:
    """`desks(Role.LEADER)`: a new person's desk; the queue is a list that nobody works on."""
    settings.MEDIA_ROOT = tmp_path / "media"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    monkeypatch.setattr("layers.briefings.office.queue_briefing", lambda uid: None)

    def made(role: str | None = Role.LEADER, unit: str = "đà nẵng") -> Desk:
        user = factories.user()
        if role is not None:
            factories.jurisdiction(user, role, world.units[unit])
        return Desk(user)

    return made


@pytest.fixture
def desk(desks: Callable[..., Desk]) -> Desk:
    """A leader."""
    return desks()
