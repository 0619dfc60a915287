"""An analyst's desk for analyses: asked over the API, the worker's step taken by hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client

from gis_core.models import Role, User
from layers.analysis import jobs
from layers.imports.watch import renew
from layers.models import AnalysisJob
from tests import factories
from tests.uploads.conftest import at_home
from tests.world import World


@dataclass
class Table:
    """Somebody's client of `/api/analyses`."""

    user: User
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user)

    def get(self, path: str = "", **query: Any) -> Any:
        """A reading; JSON as `.body`."""
        return _read(self.client.get(f"/api/analyses{path}", query))

    def send(self, path: str, body: Any = None) -> Any:
        """A writing."""
        return _read(self.client.post(f"/api/analyses{path}", orjson.dumps(body or {}), "application/json"))

    def ask(self, kind: str, **parameters: Any) -> Any:
        """A new analysis."""
        return self.send("", {"kind": kind, "parameters": parameters})

    def computed(self, kind: str, **parameters: Any) -> Any:
        """One that the worker has computed."""
        answer = self.ask(kind, **parameters)
        assert answer.status_code == 201, answer.body
        return self.worked(answer.body["uid"])

    def worked(self, uid: Any) -> Any:
        """The job after the worker's next step."""
        jobs.work(uid)
        renew()  # what the commit does, which a test never comes to
        return self.get(f"/{uid}").body

    def rows(self, uid: str) -> list[dict[str, Any]]:
        """The result's features."""
        answer = self.client.get(f"/api/analyses/{uid}/file", {"f": "geojson"})
        assert answer.status_code == 200
        features: list[dict[str, Any]] = orjson.loads(answer.content)["features"]
        return features


def _read(response: Any) -> Any:
    response.body = orjson.loads(response.content) if "json" in response.headers.get("Content-Type", "") else None
    return response


@pytest.fixture
def store(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files lie; the queue is a list that nobody works on."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("layers.analysis.office.queue_analysis", lambda uid: None)
    monkeypatch.setattr("layers.imports.load.opened", at_home)
    monkeypatch.setattr("pyogrio.list_drivers", dict)
    return tmp_path / "media"


@pytest.fixture
def tables(db: None, world: World, store: Path) -> Iterator[Callable[..., Table]]:
    """`tables(Role.ANALYST, "A")`: a new person's desk. Libraries load while the test's transaction waits."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")

    def made(role: str | None = Role.ANALYST, unit: str = "đà nẵng") -> Table:
        user = factories.user()
        if role is not None:
            factories.jurisdiction(user, role, world.units[unit])
        return Table(user)

    yield made


@pytest.fixture
def table(tables: Callable[..., Table]) -> Table:
    """An analyst of the province."""
    return tables()


def newest() -> AnalysisJob:
    """The last job."""
    return AnalysisJob.objects.latest("pk")
