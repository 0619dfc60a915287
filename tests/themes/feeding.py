"""What the tests of themes share: sending rows in somebody's name, and reading them where clients do."""

from typing import Any

from tests.cast import Person
from tests.service import Service


def send(asgi: Service, person: Person | None, path: str, rows: Any, kind: str = "application/json") -> Any:
    """POST rows (JSON, or bytes of the media type `kind`); the answer."""
    headers = {"Authorization": f"Bearer {person.secret}"} if person else {}
    if isinstance(rows, bytes):
        return asgi.request("POST", path, None, content=rows, headers={**headers, "Content-Type": kind})
    return asgi.request("POST", path, None, json=rows, headers=headers)


def metric(asgi: Service, person: Person | None, name: str, **query: Any) -> dict[str, Any]:
    """One metric as the wall reads it."""
    answer = asgi.request("GET", "/query/metrics", person, params={"metrics": name, **query})
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["metrics"]
    assert isinstance(found, dict)
    return found


def items(asgi: Service, person: Person | None, layer: str, query: str = "") -> list[dict[str, Any]]:
    """The rows of a collection, as QGIS reads them."""
    answer = asgi.get(f"/ogc/collections/{layer}/items?limit=1000&f=json{query}", person)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["features"]
    return found
