"""Histories commit: what each of them wrote is put back at its end, not at the test's."""

import contextlib
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.conftest import Session


@pytest.fixture
def committed(_session: Session, django_db_blocker: DjangoDbBlocker) -> Iterator[Session]:
    """The session's world with what is needed to put it back."""
    with django_db_blocker.unblock():
        yield _session


@contextlib.contextmanager
def fresh(session: Session) -> Iterator[None]:
    """A block whose writes are put back."""
    from django.db import connection

    from tests import restore

    try:
        yield
    finally:
        connection.close()
        restore.put_back(session.tables)
