"""Settings from the environment: strict, and with a sentence that names the variable."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gis_core import env


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("true", True), ("Yes", True), ("0", False), ("no", False), ("FALSE", False), ("", True)]
)
def test_flag(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    """Two spellings of each, the default for an empty value."""
    monkeypatch.setenv("SOME_FLAG", value)
    assert env.flag("SOME_FLAG", default=True) is expected


@pytest.mark.parametrize("value", ["2", "on", "ja", "True!"])
def test_a_wrong_flag_is_a_mistake_and_not_a_false(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """The sentence names the variable."""
    monkeypatch.setenv("SOME_FLAG", value)
    with pytest.raises(ImproperlyConfigured, match="SOME_FLAG"):
        env.flag("SOME_FLAG", default=False)


def test_integer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole numbers alone."""
    assert env.integer("SOME_NUMBER", 7) == 7
    monkeypatch.setenv("SOME_NUMBER", "12")
    assert env.integer("SOME_NUMBER", 7) == 12
    monkeypatch.setenv("SOME_NUMBER", "1.5")
    with pytest.raises(ImproperlyConfigured, match="SOME_NUMBER"):
        env.integer("SOME_NUMBER", 7)


def test_integers_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the form name=number; anything else is a mistake."""
    assert env.integers("TEST_NUMBERS") == {}
    monkeypatch.setenv("TEST_NUMBERS", "parcels=900, roads = 50,")
    assert env.integers("TEST_NUMBERS") == {"parcels": 900, "roads": 50}
    for wrong in ("parcels", "parcels=", "=5", "parcels=many", "parcels=-1"):
        monkeypatch.setenv("TEST_NUMBERS", wrong)
        with pytest.raises(ImproperlyConfigured, match="TEST_NUMBERS"):
            env.integers("TEST_NUMBERS")


def test_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blanks and empty parts are dropped."""
    monkeypatch.setenv("SOME_NAMES", " a, b ,,c")
    assert env.names("SOME_NAMES") == ["a", "b", "c"]
    assert env.names("OTHER_NAMES") == []


def test_text_without_default_must_be_there() -> None:
    """Named in the sentence."""
    with pytest.raises(ImproperlyConfigured, match="NOT_THERE"):
        env.text("NOT_THERE")


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file wins; line ends do not count."""
    path = tmp_path / "secret"
    path.write_text("bí mật\n", encoding="utf-8")
    monkeypatch.setenv("SOME_SECRET", "plain")
    assert env.secret("SOME_SECRET") == "plain"
    monkeypatch.setenv("SOME_SECRET_FILE", str(path))
    assert env.secret("SOME_SECRET") == "bí mật"


def test_an_unreadable_or_empty_secret_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It never falls back to something weaker."""
    monkeypatch.setenv("SOME_SECRET", "plain")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "gone"))
    with pytest.raises(ImproperlyConfigured, match="SOME_SECRET_FILE"):
        env.secret("SOME_SECRET")
    (tmp_path / "gone").write_text("\n", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match="empty"):
        env.secret("SOME_SECRET")


def test_database_url() -> None:
    """Percent-encoding, port, name."""
    found = env.database("postgis://ng%C6%B0%E1%BB%9Di:m%40t@db.example:5433/b%E1%BA%A3n%20%C4%91%E1%BB%93")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "người",
        "m@t",
        "db.example",
        "5433",
        "bản đồ",
    )


def test_database_url_over_a_socket() -> None:
    """The directory goes into the query, and other parameters go on to libpq."""
    found = env.database("postgresql://ioc@/ioc?host=/run/postgresql&port=5433&sslmode=disable")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/postgresql", "5433", {"sslmode": "disable"})


@pytest.mark.parametrize("url", ["mysql://u@h/db", "postgis://u@h/", "postgis://u@h", "ioc", ""])
def test_a_wrong_database_url_is_refused(url: str) -> None:
    """With the accepted form in the sentence."""
    with pytest.raises(ImproperlyConfigured, match="postgis://user"):
        env.database(url)


@pytest.mark.parametrize("url", ["postgis://u@h:port/db", "postgis://u@h:99999/db", "postgis://[::1/db"])
def test_a_broken_host_or_port_is_refused_alike(url: str) -> None:
    """Python's own complaint names no variable."""
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        env.database(url)
