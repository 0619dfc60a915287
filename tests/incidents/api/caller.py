"""JSON requests under `/api/incidents`."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.test import Client

from gis_core.models import User

BASE = "/api/incidents"


@dataclass
class Caller:
    """Somebody's client."""

    client: Client

    def get(self, path: str, **query: Any) -> Any:
        """A reading; the answer carries its JSON as `.body`."""
        return _read(self.client.get(BASE + (path or "/"), query))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """A writing; headers by their names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = orjson.dumps(body if body is not None else {})
        return _read(self.client.generic("POST", BASE + path, data, "application/json", headers=named))

    def put(self, path: str, content: bytes, **headers: str) -> Any:
        """A file as it is."""
        return _read(self.client.generic("PUT", BASE + path, content, "application/octet-stream", headers=headers))


def caller(user: User | None) -> Caller:
    """A signed-in client, or a visitor's."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return Caller(client)


def _read(response: Any) -> Any:
    response.body = (
        orjson.loads(response.content) if "json" in response.headers.get("Content-Type", "") and not response.streaming else None
    )
    return response
