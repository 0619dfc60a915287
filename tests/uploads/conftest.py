"""An analyst's desk: files go in, the worker's step is taken by hand, layers come out."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from gis_core.importing import formats
from gis_core.importing.messages import Description, Options, Request
from gis_core.importing.reader import serve
from gis_core.importing.sandbox import Limits
from gis_core.importing.source import Source, _batches
from gis_core.importing.text import as_utf8, checked_encoding
from gis_core.models import Role, User
from layers.models import ImportedLayer, Upload
from layers.uploads import jobs
from tests import factories
from tests.importing.conftest import collection, square
from tests.world import World

# In the units of the officer and of the sibling.
A, B = (108.472, 15.553), (108.482, 15.553)


@dataclass
class Desk:
    """Somebody's client of `/api/uploads`."""

    user: User
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user)

    def get(self, path: str = "", **query: Any) -> Any:
        """A reading; the answer carries its JSON as `.body`."""
        return _read(self.client.get(f"/api/uploads{path}", query))

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """A writing."""
        return _read(self.client.generic(method, f"/api/uploads{path}", orjson.dumps(body or {}), "application/json"))

    def bring(self, name: str, content: bytes | str | Path, **asked: str) -> Any:
        """A file; its job as the API tells it."""
        data = content.read_bytes() if isinstance(content, Path) else content.encode() if isinstance(content, str) else content
        return _read(self.client.post("/api/uploads", {"file": SimpleUploadedFile(name, data), **asked}))

    def examined(self, name: str, content: bytes | str | Path, **asked: str) -> Any:
        """A file that the worker has looked at."""
        answer = self.bring(name, content, **asked)
        assert answer.status_code == 201, answer.body
        return self.worked(answer.body["uid"])

    def worked(self, uid: Any) -> Any:
        """The job after the worker's next step."""
        jobs.work(uid)
        return self.get(f"/{uid}").body

    def decided(self, uid: Any, **plan: Any) -> Any:
        """The job after its author's decision and the worker's step."""
        answer = self.send("POST", f"/{uid}/confirm", plan)
        assert answer.status_code == 200, answer.body
        return self.worked(uid)

    def published(self, name: str, content: bytes | str | Path, **plan: Any) -> ImportedLayer:
        """From the file to the layer."""
        job = self.examined(name, content)
        done = self.decided(job["uid"], **{"title": "Thử", "leave_out": True, **plan})
        assert done["state"] == "done", done["failure"]
        return ImportedLayer.objects.get(name=done["layer"])


def _read(response: Any) -> Any:
    is_json = "json" in response.headers.get("Content-Type", "")
    response.body = orjson.loads(response.content) if is_json else None
    return response


class _Kept(BytesIO):
    """The reader closes what it has written."""

    content = b""

    def close(self) -> None:
        self.content = self.getvalue()


@contextlib.contextmanager
def at_home(path: Path, options: Options, limits: Limits) -> Iterator[Source]:
    """What the reading child does, without the child: its start takes longer than its work (suite/ takes it)."""
    kind = formats.recognise(path)
    encoding = checked_encoding(options.encoding) if options.encoding else None
    with contextlib.ExitStack() as stack:
        text = stack.enter_context(as_utf8(path, encoding)) if kind.is_text else path
        kept = _Kept()
        serve(Request(str(text), kind.key, options, limits.memory, limits.cpu_seconds, limits.seconds), True, kept)
        stream = pa.ipc.open_stream(BytesIO(kept.content))
        source = Source(Description.from_dict(json.loads(stream.schema.metadata[b"source"])), iter(()))
        source.batches = _batches(stream, source, lambda: None)
        yield source


@pytest.fixture
def store(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files lie; the queue is a list that nobody works on."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("layers.uploads.office.queue_upload", lambda uid: None)
    monkeypatch.setattr("layers.imports.load.opened", at_home)
    monkeypatch.setattr("pyogrio.list_drivers", dict)
    return tmp_path / "media"


@pytest.fixture
def desks(db: None, world: World, store: Path) -> Iterator[Callable[..., Desk]]:
    """`desks(Role.ANALYST)`: a new person's desk. Children read while the test's transaction waits."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")

    def made(role: str | None = Role.ANALYST, unit: str = "đà nẵng") -> Desk:
        user = factories.user()
        if role is not None:
            factories.jurisdiction(user, role, world.units[unit])
        return Desk(user)

    yield made


@pytest.fixture
def desk(desks: Callable[..., Desk]) -> Desk:
    """An analyst of the province."""
    return desks()


@pytest.fixture
def two() -> str:
    """One square in each of two units."""
    return collection([(square(*A), {"tên": "của A", "số": 1}), (square(*B), {"tên": "của B", "số": 2})])


def stored(folder: Path) -> list[str]:
    """Names of the files that are kept."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def uploads() -> int:
    """How many there are."""
    return Upload.objects.count()
