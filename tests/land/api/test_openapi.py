"""The document of the verbs."""

from typing import Any

import pytest
from django.test import Client

from land.models import ParcelChange
from tests.land.api.caller import Caller


@pytest.fixture
def document(anonymous_client: Any) -> Any:
    """`/api/openapi.json`, open to everybody: it shows no rows."""
    answer = anonymous_client.get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def anonymous_client(db: None) -> Any:
    """A visitor's."""
    return Client()


def test_every_verb_has_its_own_typed_address(document: Any) -> None:
    """With the parameters of its class, a summary, and a trial."""
    # Imports are no verb: they have addresses of their own.
    for kind in set(ParcelChange.Kind.values) - {ParcelChange.Kind.IMPORT}:
        drawn = document["paths"][f"/api/land/changes/{kind}"]["post"]
        assert drawn["operationId"] == f"land_{kind}"
        assert drawn["summary"]
        name = drawn["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        schema = document["components"]["schemas"][name]
        assert {"params", "reason"} <= set(schema["required"])
        assert f"/api/land/changes/{kind}/trial" in document["paths"]


def test_parameters_say_their_limits_and_units(document: Any) -> None:
    """Enough to write a client from."""
    areas = document["components"]["schemas"]["SplitByAreas"]["properties"]["areas"]
    assert (areas["minItems"], areas["maxItems"], areas["items"]["exclusiveMinimum"]) == (1, 50, 0)
    assert "EPSG:5899" in str(document["components"]["schemas"]["SplitByLines"])


def test_the_page_needs_nothing_from_elsewhere(anonymous_client: Any) -> None:
    """Its script and its style are our own files; the policy of the service allows nothing else."""
    page = anonymous_client.get("/api/docs").content.decode()
    assert "swagger" in page
    assert "http://" not in page
    assert "https://" not in page


def test_no_session_is_401_and_says_how(anonymous_client: Any) -> None:
    """In the format of programs."""
    answer = Caller(anonymous_client).get("/changes")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
