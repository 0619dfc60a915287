"""What plain ASGI applications share: the request as they need it, answers, errors, limits, cancellation.

The hot path answers without Django's handler (docs/adr/0002), so what that handler's middleware promises is kept here:
request numbers, security headers, limits on the address, readable errors, 405 with Allow.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import orjson
from django.conf import settings
from django.http import Http404
from django.http.request import split_domain_port, validate_host
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.auth.watch import watch
from gis_core.changes.memory import Kept, kept_answer, key_of, memory, next_number
from gis_core.errors import BadParameter, MethodNotAllowed, ServiceError, Unavailable, UnknownParameter, problem_of
from gis_core.headers import SECURITY_HEADERS
from gis_core.limits import refuse_long_address
from gis_core.logs import number_of, request_id
from gis_core.metrics import REQUESTS, method_label
from gis_core.serving.pulse import pulse

T = TypeVar("T")
log = logging.getLogger(__name__)
ASGIScope = Mapping[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """A request of the hot path; header names are lower-case bytes, parameters are unique by name."""

    method: str
    path: str
    parameters: Mapping[str, str]
    headers: Mapping[bytes, bytes]
    scheme: str
    receive: Receive

    @classmethod
    def parse(cls, scope: ASGIScope, receive: Receive) -> "Request":
        """From an ASGI scope.

        Raises TooLong for a long address, BadParameter for a foreign Host and for a query that is not UTF-8 or repeats a name.
        """
        query: bytes = scope.get("query_string", b"")
        refuse_long_address(query, scope["path"])
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if not _is_our_host(headers.get(b"host", b"localhost").decode("latin-1")):
            raise BadParameter(_("This service does not answer under the host name that was asked for."), field="Host")
        try:
            pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
        except ValueError:
            raise BadParameter(_("The query string is not valid percent-encoded UTF-8 with at most 50 parameters.")) from None
        parameters = dict(pairs)
        if len(parameters) != len(pairs):
            raise BadParameter(_("A parameter is given more than once."))
        return cls(scope["method"], scope["path"], parameters, headers, scope.get("scheme", "http"), receive)

    def header(self, name: bytes) -> str:
        """A header's value as text, "" when absent."""
        return self.headers.get(name, b"").decode("latin-1")

    def accepts(self, coding: str) -> bool:
        """Whether the caller takes a content coding (RFC 9110 12.5.3; `gzip;q=0` says no)."""
        for part in self.header(b"accept-encoding").lower().split(","):
            name, _semicolon, quality = part.partition(";")
            if name.strip() == coding:
                return quality.replace(" ", "").rstrip("0.") != "q="
        return False

    @property
    def origin(self) -> str:
        """Scheme and host as the caller named them (a proxy in front sets X-Forwarded-Proto)."""
        scheme = self.header(b"x-forwarded-proto") or self.scheme
        return f"{scheme if scheme in ('http', 'https') else 'http'}://{self.header(b'host') or 'localhost'}"

    def identify(self) -> Scope:
        """Who asks (gis_core/auth/watch.py)."""
        return watch.identify(dict(self.headers))

    def allow_only(self, *names: str) -> None:
        """Raises UnknownParameter for a parameter that the resource does not know: silence would hide a typing error."""
        for name in self.parameters:
            if name not in names:
                accepted = ", ".join(names) or "–"
                sentence = _("The parameter “%(name)s” is not known here; accepted are: %(accepted)s.")
                raise UnknownParameter(sentence % {"name": name[:80], "accepted": accepted}, field=name[:80])

    def integer(self, name: str) -> int | None:
        """A whole number ≥ 0, None when absent. Raises BadParameter."""
        value = self.parameters.get(name)
        if value is None:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > 18:
            raise BadParameter(_("%(name)s must be a whole number of at most 18 digits.") % {"name": name}, field=name)
        return int(value)


@lru_cache(maxsize=256)
def _is_our_host(host: str) -> bool:
    """Host names stand in links, so a foreign one must not get through (Django checks it on its side too)."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


@dataclass
class Answer:
    """A whole answer.

    `again` says that the same request gets the same answer until something changes (gis_core/changes/memory.py); it is called
    for each repetition, to count it.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    again: Callable[[], object] | None = None


Handler = Callable[[Request], Coroutine[Any, Any, Answer]]
# How a service tells a failure: the exception, and the scope of the request.
Failure = Callable[[Exception, ASGIScope], Answer]


async def answer_with(
    handler: Handler, scope: ASGIScope, receive: Receive, send: Send, *, route: str, failure: Failure | None = None
) -> None:
    """Run a handler and send what it says, or the problem that it raises; or repeat what still holds."""
    started = time.perf_counter()
    key = key_of(scope)
    if key and (kept := memory.find(key)):
        await _repeat(kept, send)
        _timer(route, "GET", kept.status).observe(time.perf_counter() - started)
        return
    turns = memory.turns
    number = (settings.SECURE_PROXY_SSL_HEADER and number_of(_header(scope, b"x-request-id"))) or next_number()
    token = request_id.set(number)
    try:
        answer = await _run(handler, scope, receive, failure or problem_answer)
        raw = _raw(answer)
        if key and answer.again:
            memory.keep(key, turns, kept_answer(answer.status, raw, answer.body, answer.again))
        await _send(answer.status, [*raw, (b"x-request-id", number.encode())], b"" if scope["method"] == "HEAD" else answer.body, send)
    finally:
        request_id.reset(token)
    _timer(route, method_label(scope["method"]), answer.status).observe(time.perf_counter() - started)


def _header(scope: ASGIScope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


# Finding a metric by its labels costs more than observing it.
_timer = lru_cache(maxsize=128)(REQUESTS.labels)


async def _repeat(kept: Kept, send: Send) -> None:
    kept.again()
    await send(kept.start())
    await send({"type": "http.response.body", "body": kept.body})


async def _run(handler: Handler, scope: ASGIScope, receive: Receive, failure: Failure) -> Answer:
    try:
        if scope["method"] == "OPTIONS":
            return Answer(204, headers={"Allow": "GET, HEAD, OPTIONS"})
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(_("Only GET and HEAD are possible here."), headers={"Allow": "GET, HEAD, OPTIONS"})
        return await handler(Request.parse(scope, receive))
    except (ServiceError, Http404) as error:
        return failure(error, scope)
    except ClientGone:
        return Answer(499)
    except Exception as error:
        if problem_of(error).status >= 500:
            log.exception("%s failed", scope["path"][:200])
        return failure(error, scope)


def problem_answer(error: Exception, scope: ASGIScope) -> Answer:
    """RFC 9457 problem+json in the caller's language (the sentence of a ServiceError is in the process's language)."""
    problem = problem_of(error)
    headers = {"Content-Type": "application/problem+json", "Cache-Control": "no-store", **dict(problem.headers)}
    return Answer(problem.status, orjson.dumps(problem.as_dict(f"urn:ioc-map:request:{request_id.get()}")), headers)


def language_of(request: Request) -> str:
    """The caller's language: the cookie that the page sets, else the first language of ours in Accept-Language."""
    for part in request.header(b"cookie").split(";"):
        name, _equals, value = part.strip().partition("=")
        if name == "django_language" and value in ("vi", "en"):
            return value
    for part in request.header(b"accept-language").lower().split(","):
        if part.strip()[:2] in ("vi", "en"):
            return part.strip()[:2]
    return translation.get_language() or "vi"


async def send_answer(answer: Answer, send: Send, *, head: bool = False) -> None:
    """Send an answer with the security headers; a HEAD keeps the length of the body that it leaves out."""
    await _send(answer.status, _raw(answer), b"" if head else answer.body, send)


def _raw(answer: Answer) -> list[tuple[bytes, bytes]]:
    headers = {**SECURITY_HEADERS, **answer.headers}
    if answer.status not in (204, 304):
        headers["Content-Length"] = str(len(answer.body))
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def _send(status: int, raw: list[tuple[bytes, bytes]], body: bytes, send: Send) -> None:
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


class ClientGone(Exception):
    """The caller closed the connection before its answer was ready."""


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Run `work`, but cancel it (and with it the query on the database) when the caller goes away or the database is silent.

    Raises ClientGone, Unavailable.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnect(request.receive))
    ends: set[asyncio.Future[Any]] = {task, gone, *pulse.lost()}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        task.cancel()
        if gone.done():
            raise ClientGone
        raise Unavailable(_("The database cannot answer at the moment. Try again in a few seconds."), headers={"Retry-After": "5"})
    finally:
        gone.cancel()


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
