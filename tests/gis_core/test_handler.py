"""Django in threads of a pool: nothing of a request stays in its thread, and its connection goes back."""

import threading
import time
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.core import signals
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from gis_core.asgi import application
from tests.cast import Person
from tests.service import Service

PAGE = "/ogc/conformance"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    """(thread, language) of each request that Django answers from now on."""
    found: list[tuple[str, str | None]] = []
    handler: Any = application.django
    chain = handler._middleware_chain

    def note(request: HttpRequest) -> HttpResponse:
        found.append((threading.current_thread().name, get_language()))
        answer: HttpResponse = chain(request)
        return answer

    monkeypatch.setattr(handler, "_middleware_chain", note)
    return found


def test_requests_are_answered_in_the_pools_threads(asgi: Service, seen: list[tuple[str, str | None]]) -> None:
    for _time in range(12):
        assert asgi.get(PAGE).status_code == 200
    assert len(seen) == 12
    assert all(name.startswith("request") for name, _language in seen)


def test_a_language_ends_with_its_request(asgi: Service, seen: list[tuple[str, str | None]]) -> None:
    """Whoever comes next in the same thread is not spoken to in the language of the one before."""
    titles: Counter[tuple[str, str]] = Counter()
    for _time in range(6):
        for language in ("en", "vi"):
            titles[language, asgi.get("/ogc/?f=json", headers={"Accept-Language": language}).json()["title"]] += 1
    assert len(titles) == 2
    assert {language for _thread, language in seen} == {settings.LANGUAGE_CODE}


def test_the_signals_of_a_request_are_sent_in_its_thread(asgi: Service) -> None:
    """Django closes a connection where request_finished is heard: it must be the thread that opened it."""
    heard: list[tuple[str, str]] = []

    def start(**_more: object) -> None:
        heard.append(("started", threading.current_thread().name))

    def end(**_more: object) -> None:
        heard.append(("finished", threading.current_thread().name))

    signals.request_started.connect(start)
    signals.request_finished.connect(end)
    try:
        for _time in range(3):
            asgi.get(PAGE)
    finally:
        signals.request_started.disconnect(start)
        signals.request_finished.disconnect(end)
    assert [kind for kind, _thread in heard] == ["started", "finished"] * 3
    assert all(heard[number][1] == heard[number + 1][1] for number in (0, 2, 4))


@pytest.mark.parametrize("path", [PAGE, "/ogc/collections/parcels/items?f=csv", "/static/nothing.css", "/query/at-point?lon=0", "/nowhere"])
def test_connections_go_back(asgi: Service, leader: Person, path: str) -> None:
    """Answers, streams, files and refusals hold no connection when they are over."""
    held = _held()
    for _time in range(2 * settings.REQUEST_POOL):
        asgi.get(path, leader)
    deadline = time.monotonic() + 10
    while _held() > held:
        assert time.monotonic() < deadline, _held()
        time.sleep(0.05)


def _held() -> int:
    """Connections that somebody has taken from the pool; this thread's own is one of them."""
    connection.ensure_connection()
    stats = connection.pool.get_stats()  # type: ignore[attr-defined]
    return int(stats["pool_size"] - stats["pool_available"])


def test_an_address_that_is_no_text_is_refused(asgi: Service) -> None:
    """Before there is a request for middleware."""
    assert asgi.get("/ogc/%FF%FE").status_code in (400, 404)
