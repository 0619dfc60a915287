"""What operators and their monitoring ask."""

import socket
from functools import partial

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from gis_core.changes.hub import hub
from gis_core.views import health
from tests import factories
from tests.cast import Person
from tests.service import Service


def test_healthz_asks_nothing(asgi: Service) -> None:
    """The process lives; a database's trouble must not restart it."""
    answer = asgi.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_readyz_names_what_was_checked(asgi: Service) -> None:
    """All is well."""
    body = asgi.get("/readyz").json()
    assert body.pop("change_seq") == hub.clock.seq
    # The disk is this machine's own matter; no worker seals the audit log or empties the queue while tests run.
    assert set(body.pop("impaired")) <= {"disk", "queue", "audit_log"}
    assert body == {"ready": True, "failed": [], "checked": ["database", "migrations", "follower", "data_dir"]}


@pytest.mark.parametrize("probe", ["database", "migrations", "follower", "data_dir"])
def test_readyz_names_what_failed(asgi: Service, monkeypatch: pytest.MonkeyPatch, probe: str) -> None:
    """503 with the name; an exception in a probe counts as a failure, and its text stays inside."""

    def broken() -> bool:
        raise RuntimeError("password=…")

    monkeypatch.setitem(health.PROBES, probe, broken)
    answer = asgi.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["failed"] == [probe]
    assert "password" not in answer.text


def test_a_silent_database_is_asked_once(asgi: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each further question would wait as long, and readiness would fall when the load balancer has given up."""
    asked: list[str] = []

    def probe(name: str) -> bool:
        asked.append(name)
        return name != "database"

    for probes in (health.PROBES, health.IMPAIRMENTS):
        for name in probes:
            monkeypatch.setitem(probes, name, partial(probe, name))
    body = asgi.get("/readyz").json()
    assert asked == ["database", "follower", "data_dir", "disk"]
    assert (body["failed"], body["checked"], body["impaired"]) == (["database"], ["database", "follower", "data_dir"], [])


def test_a_database_that_refuses_is_known_at_once(asgi: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without waiting for the pool: the follower has not read for a while, and nobody listens."""
    monkeypatch.setattr(health, "_HEARD_SECONDS", -1.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"host=127.0.0.1 port={free.getsockname()[1]}"
        monkeypatch.setattr(health, "conninfo", lambda _purpose: nobody)
        assert asgi.get("/readyz").json()["failed"] == ["database"]


def test_a_node_whose_follower_stands_still_is_not_ready(asgi: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would vouch for stale answers."""
    monkeypatch.setattr(health, "unready_after", lambda: -1.0)
    assert asgi.get("/readyz").json()["failed"] == ["follower"]


def test_metrics_are_prometheus_text(asgi: Service, officer: Person) -> None:
    """Parsable, with the numbers that the operators' pages show."""
    asgi.get("/tiles/parcels/14/13131/7461.mvt", officer)
    families = {family.name: family for family in text_string_to_metric_families(asgi.get("/metrics").text)}
    assert {"http_request_duration_seconds", "tile_requests", "sse_clients", "change_log_seq", "change_log_follower_age_seconds"} <= set(
        families
    )
    assert families["change_log_seq"].samples[0].value == hub.clock.seq


def test_no_person_and_no_feature_is_ever_a_label(asgi: Service, officer: Person) -> None:
    """Labels are patterns, layers, zooms, statuses."""
    asgi.get("/ogc/collections/parcels/items/424242", officer)
    asgi.get("/nowhere/at/all/7777777")
    text = asgi.get("/metrics").text
    assert "officer.world" not in text
    assert "424242" not in text
    assert "7777777" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "forwarded", "status"), [("127.0.0.1", "", 200), ("::1", "", 200), ("10.0.0.9", "", 404), ("127.0.0.1", "10.0.0.9", 404)]
)
def test_metrics_are_for_this_machine_and_for_staff(client: Client, address: str, forwarded: str, status: int) -> None:
    """Labels name layers that not everybody may know of."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == status
    client.force_login(factories.superuser())
    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == 200
