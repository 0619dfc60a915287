"""Fixtures of every test: the committed world, its cast, the running application, and a way to write and put back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import hypothesis
import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from psycopg import sql
from pytest_django import DjangoDbBlocker

from gis_core.changes.memory import memory
from layers import summary
from layers.catalogue import catalogue
from tests import restore
from tests.cast import Cast, Person
from tests.server import serve
from tests.service import Service
from tests.world import World, build
from tiles.warm import warm

# The same examples on each machine, and no deadline: a loaded machine is no fault. HYPOTHESIS_PROFILE=explore looks further.
_SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=_SLOW)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

_NEVER = "would flush the world that the session shares: take `db` (rolled back) or `scratch` (committed, then put back)."


@pytest.fixture(autouse=True)
def _counts_of_what_was_never_committed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rows that a test rolls back have no number in the change log, by which others could tell that they are gone."""
    yield
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        summary._cache.clear()


@pytest.fixture(autouse=True)
def _layers_that_were_rolled_back() -> Iterator[None]:
    """An imported layer goes with its test, out of this process's catalogue too: others would ask for its table."""
    with _the_same_layers():
        yield


@pytest.fixture(autouse=True, scope="module")
def _layers_that_were_rolled_back_with_a_module() -> Iterator[None]:
    """Those that all tests of a module shared."""
    with _the_same_layers():
        yield


@contextmanager
def _the_same_layers() -> Iterator[None]:
    before = dict(catalogue._provided)
    yield
    if catalogue._provided != before:
        catalogue._provided = before
        catalogue.generation += 1
        memory.turn()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No test may flush the database."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        flushes = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if flushes or (mark and mark.kwargs.get("transaction")):
            raise pytest.UsageError(f"{item.nodeid} {_NEVER}")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> Iterator[None]:
    """The test database, whatever fixtures ask for it (pytest-django's own looks for `db` alone), made anew and dropped."""
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        _end_what_a_killed_run_left()
        made = setup_databases(verbosity=verbosity, interactive=False, aliases={"default": None})
    yield
    with django_db_blocker.unblock():
        _end_other_connections()
        teardown_databases(made, verbosity=verbosity)


def _end_what_a_killed_run_left() -> None:
    """Servers of a run that was killed may live on and hold its database open, which then cannot be made anew."""
    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user", [name])
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _end_other_connections() -> None:
    """Threads and pools of the application may hold connections still, or make new ones; the database cannot be dropped under them."""
    name = connection.settings_dict["NAME"]
    connection.close_pool()  # type: ignore[attr-defined]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user", [name])


@dataclass
class Session:
    """What lasts for the session: the world and the tables that its copy covers."""

    world: World
    tables: list[restore.Table]


@pytest.fixture(scope="session")
def _session(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Session]:
    with django_db_blocker.unblock():
        world = build()
        session = Session(world, restore.remember())
    yield session
    with django_db_blocker.unblock():
        left = restore.put_back(session.tables)
    assert not left, f"Tests committed rows ({left}) without the fixture `scratch`, which would have put the world back."


@pytest.fixture(scope="session")
def world(_session: Session) -> World:
    """The committed world (tests/world.py). Read it; to write, take `scratch` as well."""
    return _session.world


@pytest.fixture(scope="session")
def cast(world: World) -> Cast:
    """The seven people (tests/cast.py)."""
    return world.cast


@pytest.fixture(scope="session")
def officer(cast: Cast) -> Person:
    """Land officer and dispatcher of unit A."""
    return cast["officer"]


@pytest.fixture(scope="session")
def sibling(cast: Cast) -> Person:
    """Land officer and dispatcher of unit B, whose code begins with A's."""
    return cast["sibling"]


@pytest.fixture(scope="session")
def leader(cast: Cast) -> Person:
    """Sees everything."""
    return cast["leader"]


@pytest.fixture(scope="session")
def stranger(cast: Cast) -> Person:
    """Signed in, without any work."""
    return cast["stranger"]


@pytest.fixture(scope="session")
def anonymous(cast: Cast) -> Person:
    """A visitor."""
    return cast["anonymous"]


@pytest.fixture(scope="session")
def warmed() -> None:
    """The tile engine's loops, compiled before any transaction is open: cold, that may outlast the database's patience."""
    warm()


@pytest.fixture(scope="session")
def asgi(world: World, warmed: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Service]:
    """The whole application, hot path and Django, as a client over HTTP sees it (tests/service.py)."""
    from gis_core.asgi import application

    # Its threads live through tests that themselves may not touch the database, so from here on nothing is blocked.
    with django_db_blocker.unblock(), Service(application) as service:
        yield service


@pytest.fixture
def scratch(_session: Session, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world for tests that commit: what they changed is put back afterwards."""
    with django_db_blocker.unblock():
        yield _session.world
        connection.close()
        restore.put_back(_session.tables)


@pytest.fixture(scope="session")
def server(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server process over the test database (browsers, QGIS)."""
    with serve(tmp_path_factory.mktemp("server") / "log") as address:
        yield address
