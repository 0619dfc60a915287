"""The query at a point in somebody's name."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Person
from tests.service import Service

Asked = Callable[..., dict[str, Any]]


@pytest.fixture
def at_point(asgi: Service) -> Asked:
    """`at_point(lon, lat, person, layers="roads")`: the answer's document."""

    def ask(lon: float, lat: float, person: Person | None = None, /, **query: Any) -> dict[str, Any]:
        answer = asgi.request("GET", "/query/at-point", person, params={"lon": repr(lon), "lat": repr(lat), **query})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return ask


def ids(document: dict[str, Any], layer: str) -> list[int]:
    """The features of one layer in the order of the answer."""
    (result,) = [result for result in document["results"] if result["layer"] == layer]
    return [feature["id"] for feature in result["features"]]
