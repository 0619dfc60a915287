"""DATABASE_URL: what is wrong with it is said before anything starts."""

import pytest
from django.conf import settings
from django.db import connection

from tests.scripts.run import module

fault = module("check_database").fault


@pytest.mark.parametrize("url", ["", "ioc", "mysql://host/ioc", "postgis:ioc"])
def test_another_kind_of_address(url: str) -> None:
    """Says which kind it takes."""
    assert fault(url) == "DATABASE_URL: use postgis://user:password@host:port/name."


def test_a_server_that_is_not_there() -> None:
    """Port 1 listens nowhere; the password stays unsaid."""
    said = fault("postgis://somebody:hidden@127.0.0.1:1/ioc")
    assert said.startswith("DATABASE_URL: cannot connect to 127.0.0.1: start that server or mend the address (")
    assert "hidden" not in said


@pytest.mark.django_db
def test_the_database_of_this_run_will_do() -> None:
    """PostGIS is there."""
    name = connection.settings_dict["NAME"]
    assert fault(f"{settings.DATABASE_URL.rpartition('/')[0]}/{name}\n") is None
