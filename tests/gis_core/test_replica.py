"""Which reads go to a replica: those that it can answer as the primary would, for whoever asks."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import signing
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from gis_core.changes.hub import hub
from gis_core.middleware.replica import HEADER, ReplicaMiddleware, _read_after
from gis_core.models import User
from gis_core.serving import replica
from layers.models import Facility


class _Connections(dict[str, Any]):
    """Two databases of which only transactions matter."""


class _Database:
    in_atomic_block = False


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A replica that has replayed so far; the follower knows up to 100."""
    reached = [0]
    monkeypatch.setattr(replica, "connections", _Connections(default=_Database(), replica=_Database()))
    monkeypatch.setattr(replica.Replica, "has", lambda _self, position: reached[0] >= position)
    monkeypatch.setattr(hub, "running", True)
    monkeypatch.setattr(hub, "reached", 100)
    yield reached


def test_nothing_goes_there_unasked(far: list[int]) -> None:
    far[0] = 1_000
    assert replica.alias() == "default"


def test_only_a_replica_that_has_what_the_clock_knows(far: list[int]) -> None:
    """Else old rows would get a new validator."""
    with replica.reading(0) as reading:
        far[0] = 99
        assert replica.alias() == "default"
        assert not reading.happened
        far[0] = 100
        assert replica.alias() == "replica"
        assert reading.happened
        hub.reached = 101  # the clock runs on within the request
        assert replica.alias() == "default"


def test_only_a_replica_that_has_what_the_reader_wrote(far: list[int]) -> None:
    far[0] = 200
    with replica.reading(201):
        assert replica.alias() == "default"
    with replica.reading(200):
        assert replica.alias() == "replica"


def test_a_transaction_stays_where_it_began(far: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    far[0] = 200
    connections = vars(replica)["connections"]
    with replica.reading(0):
        monkeypatch.setattr(connections["default"], "in_atomic_block", True)
        assert replica.alias() == "default"
        monkeypatch.setattr(connections["default"], "in_atomic_block", False)
        monkeypatch.setattr(connections["replica"], "in_atomic_block", True)
        far[0] = 0
        assert replica.alias() == "replica"


def test_permissions_and_writes_are_the_primarys(far: list[int]) -> None:
    far[0] = 200
    router = replica.Router()
    with replica.reading(0):
        assert router.db_for_read(Facility) == "replica"
        assert router.db_for_read(User) == "default"
        assert router.db_for_write(Facility) == "default"
    assert router.allow_migrate("replica", "land") is False


@pytest.mark.parametrize(
    ("path", "headers", "there"),
    [
        ("/ogc/collections", {}, True),
        ("/ogc/collections", {"If-Match": '"1.2"'}, False),
        ("/ogc/collections?min_seq=999999999", {}, False),
        ("/accounts/tokens/", {}, False),
        ("/land/", {}, False),
    ],
)
def test_what_may_be_read_there(far: list[int], path: str, headers: dict[str, str], there: bool) -> None:
    far[0] = 200
    said = []

    def view(_request: Any) -> HttpResponse:
        said.append(replica.alias())
        return HttpResponse()

    middleware = ReplicaMiddleware(view)
    middleware.is_configured = True
    answer = middleware(RequestFactory().get(path, headers=headers))
    assert said == ["replica" if there else "default"]
    assert answer.headers.get("X-Read-From") == ("replica" if there else None)


@pytest.mark.django_db
def test_a_writer_takes_its_place_along(far: list[int]) -> None:
    """And whoever changes the text is a reader without one."""
    middleware = ReplicaMiddleware(lambda _request: HttpResponse())
    middleware.is_configured = True
    answer = middleware(RequestFactory().post("/api/land/changes"))
    sealed = answer.headers[HEADER]
    assert answer.cookies[HEADER].value == sealed
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")
        (now,) = cursor.fetchone()
    request = RequestFactory().get("/ogc/", headers={HEADER: sealed})
    assert 0 < _read_after(request) <= now
    for wrong in ("", "nonsense", sealed + "x", signing.dumps(5, salt="another")):
        assert _read_after(RequestFactory().get("/ogc/", headers={HEADER: wrong})) == 0


@pytest.mark.django_db
def test_a_failed_write_takes_nothing_along() -> None:
    middleware = ReplicaMiddleware(lambda _request: HttpResponse(status=409))
    middleware.is_configured = True
    assert HEADER not in middleware(RequestFactory().post("/api/land/changes")).headers
