"""JSON requests under `/api/land/`."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.test import Client

from gis_core.models import User

BASE = "/api/land"


@dataclass
class Caller:
    """Somebody's client."""

    client: Client

    def get(self, path: str, **query: Any) -> Any:
        """A reading; the answer carries its JSON as `.body`."""
        return _read(self.client.get(BASE + path, query))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A writing; headers by their names with underscores."""
        data = orjson.dumps(body if body is not None else {})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return _read(self.client.generic(method, BASE + path, data, "application/json", headers=named))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """A POST."""
        return self.send("POST", path, body, **headers)


def caller(user: User | None) -> Caller:
    """A signed-in client, or a visitor's."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return Caller(client)


def _read(response: Any) -> Any:
    is_json = "json" in response.headers.get("Content-Type", "")
    response.body = orjson.loads(response.content) if is_json else None
    return response
