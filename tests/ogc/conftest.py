"""A client of the OGC API in somebody's name."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from django.db import models

from tests.cast import Person
from tests.service import Service

Ask = Callable[..., httpx.Response]


@pytest.fixture
def ogc(asgi: Service) -> Ask:
    """`ogc("collections/roads/items", person, limit=1)`; a parameter's "_" stands for "-"; `headers` are headers."""

    def ask(path: str = "", person: Person | None = None, /, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        encoded = urlencode({name.replace("bbox_crs", "bbox-crs"): value for name, value in query.items()})
        return asgi.get(f"/ogc/{path}" + (f"?{encoded}" if encoded else ""), person, headers=headers or {})

    return ask


@pytest.fixture
def features(ogc: Ask) -> Callable[..., list[dict[str, Any]]]:
    """The features of a layer that a query selects."""

    def read(layer: str, person: Person | None = None, /, **query: Any) -> list[dict[str, Any]]:
        answer = ogc(f"collections/{layer}/items", person, **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["features"]
        return found

    return read


def link_of(document: dict[str, Any], rel: str) -> str:
    """The address of the only link with this relation."""
    (found,) = [link for link in document["links"] if link["rel"] == rel]
    return str(found["href"])


def change(model: type[models.Model], pk: int, **values: Any) -> None:
    """Write columns of one row, as any program with a connection to the database might."""
    assert model._default_manager.filter(pk=pk).update(**values) == 1
