"""Failures: one table from exception to status, and an answer in the caller's format that gives nothing away."""

import json
import time

import psycopg
import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation, ValidationError
from django.db import DataError, IntegrityError, InternalError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.test import Client, RequestFactory

from gis_core import errors
from gis_core.db import conninfo
from gis_core.errors import ServiceError, problem_of
from gis_core.http_errors import respond

SECRET = 'relation "gis_core_user" DETAIL: Key (password)=(…)'


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.BadParameter("x", field="bbox"), 400),
        (errors.UnknownParameter("x"), 400),
        (errors.NotFound("x"), 404),
        (errors.NotSignedIn("x"), 401),
        (errors.MethodNotAllowed("x"), 405),
        (errors.NotAcceptable("x"), 406),
        (errors.Conflict("x"), 409),
        (errors.TooLarge("x"), 413),
        (errors.TooLong("x"), 414),
        (errors.UnsupportedMedia("x"), 415),
        (errors.TooMany("x"), 429),
        (errors.Unavailable("x"), 503),
        (Http404(SECRET), 404),
        (PermissionDenied(SECRET), 403),
        (SuspiciousOperation(SECRET), 400),
        (BadRequest(SECRET), 400),
        (MultiPartParserError(SECRET), 400),
        (UnreadablePostError(SECRET), 400),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, SECRET), 400),
        (IntegrityError(SECRET), 409),
        (DataError(SECRET), 400),
        (OperationalError(SECRET), 503),
        (RuntimeError(SECRET), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_every_failure_has_its_status(error: Exception, status: int) -> None:
    """And no sentence carries a library's own text."""
    problem = problem_of(error)
    assert problem.status == status
    assert SECRET not in json.dumps(problem.as_dict())
    assert problem.detail


def test_every_kind_of_service_error_is_in_the_table_above() -> None:
    """One class a failure, one code a class."""
    kinds = [kind for kind in ServiceError.__subclasses__() if kind.__module__ == ServiceError.__module__]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert len(kinds) == 12


def test_validation_says_what_is_wrong() -> None:
    """A form's sentences are written for people."""
    assert problem_of(ValidationError(["Một câu.", "Hai câu."])).detail == "Một câu. Hai câu."


def test_a_process_that_stood_still_is_an_outage(db: None) -> None:
    """The database ends a transaction in which nothing happens for too long; Django names that an internal error."""
    with psycopg.connect(conninfo("test")) as other, pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout) as told:
        other.execute("SET idle_in_transaction_session_timeout = 100")
        time.sleep(0.5)
        other.execute("SELECT 1")
    failure = InternalError(SECRET)
    assert problem_of(failure).status == 500
    failure.__cause__ = told.value
    assert problem_of(failure).status == 503


def test_unavailable_says_when_to_come_back() -> None:
    """RFC 9110 10.2.3."""
    assert ("Retry-After", "5") in problem_of(OperationalError()).headers


def test_programs_get_problem_json() -> None:
    """RFC 9457, never cached."""
    answer = respond(RequestFactory().get("/ogc/x"), errors.BadParameter("bbox must …", field="bbox"))
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    body = json.loads(answer.content)
    assert {key: body[key] for key in ("type", "status", "title", "field", "detail")} == {
        "type": "urn:ioc-map:error:bad-parameter",
        "status": 400,
        "title": "Bad Request",
        "field": "bbox",
        "detail": "bbox must …",
    }
    assert body["instance"].startswith("urn:ioc-map:request:")


@pytest.mark.parametrize(
    ("path", "accept", "html"),
    [
        ("/nowhere", "text/html,*/*;q=0.8", True),
        ("/nowhere", "application/json", False),
        ("/nowhere", "", False),
        ("/ogc/nowhere", "text/html", False),
        ("/ogc/nowhere?f=html", "application/json", True),
        ("/query/nowhere", "text/html", False),
    ],
)
@pytest.mark.django_db
def test_people_get_a_page(client: Client, path: str, accept: str, html: bool) -> None:
    """A browser on a page's address; programs' addresses answer programs."""
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html" if html else "application/problem+json")


@pytest.mark.django_db
def test_the_sentence_is_vietnamese_unless_english_is_asked(client: Client) -> None:
    """The default language of the service."""
    vietnamese = client.get("/ogc/nowhere").json()["detail"]
    english = client.get("/ogc/nowhere", headers={"Accept-Language": "en"}).json()["detail"]
    assert "There is nothing at this address" in english
    assert vietnamese != english


@pytest.mark.django_db
def test_a_failure_of_ours_tells_its_number_alone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback is in the log under the same number."""
    from gis_core.views import health

    client.raise_request_exception = False
    monkeypatch.setattr(health, "generate_latest", lambda _registry: (_ for _ in ()).throw(RuntimeError(SECRET)))
    answer = client.get("/metrics")
    assert answer.status_code == 500
    assert SECRET not in answer.content.decode()
    assert answer.json()["instance"].endswith(answer["X-Request-Id"])


def test_who_asks_cannot_be_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away is an outage of ours for callers with tokens too: 503 with Retry-After, no 500."""

    def away(_presented: object) -> None:
        raise OperationalError

    monkeypatch.setattr("gis_core.middleware.identity.user_of", away)
    answer = Client().get("/ogc/collections", headers={"Authorization": "Bearer something"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
