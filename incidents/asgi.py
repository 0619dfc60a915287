"""`/incidents/intake/`: reports and photos come in here, as plain ASGI beside Django (docs/adr/0002, 0020).

`POST reports` takes a report as JSON; `PUT reports/<uid>/photos/<uid>` takes a photo as it is. Both may be repeated without
harm. Who knows the two uids, which the device made up, may add the photo: no session and no cookie is needed, so that a
report made offline a week ago still arrives.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.http.cookie import parse_cookie
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.auth import passes
from gis_core.auth.watch import watch
from gis_core.changes.memory import next_number
from gis_core.errors import MethodNotAllowed, NotFound, TooLarge, Unavailable, UnsupportedMedia
from gis_core.hot import Answer, ASGIScope, Receive, Request, Send, language_of, problem_answer, send_answer
from gis_core.logs import request_id
from gis_core.metrics import REQUESTS, method_label
from incidents.intake.batches import Batches, in_thread
from incidents.intake.reading import read_report, read_uid
from incidents.intake.source import source_of
from incidents.intake.take_in import Handed
from incidents.photos.take_in import MAX_BYTES, PhotoReceipt, add_photo

_ROUTES = {
    "POST": re.compile(r"/incidents/intake/reports"),
    "PUT": re.compile(r"/incidents/intake/reports/(?P<report>[^/]{36})/photos/(?P<photo>[^/]{36})"),
}
_REPORT_BYTES = 65_536
# Photos are held in memory while they are looked at.
_PHOTOS_AT_ONCE = 8
_batches = Batches()
_photos = asyncio.Semaphore(_PHOTOS_AT_ONCE)


async def application(scope: ASGIScope, receive: Receive, send: Send) -> None:
    """One request."""
    if scope["type"] != "http":
        return
    started = time.perf_counter()
    token = request_id.set(next_number())
    try:
        answer = await _answer(scope, receive)
        answer.headers["X-Request-Id"] = request_id.get()
        await send_answer(answer, send)
        REQUESTS.labels("/incidents/intake/", method_label(scope["method"]), answer.status).observe(time.perf_counter() - started)
    except ClientLeft:
        pass
    finally:
        request_id.reset(token)


async def _answer(scope: ASGIScope, receive: Receive) -> Answer:
    try:
        request = Request.parse(scope, receive)
        with translation.override(language_of(request)):
            return await _routed(request, _client(scope))
    except ClientLeft:
        raise
    except Exception as error:  # noqa: BLE001  problem_answer has the table; what nobody foresaw is logged there as 500
        return problem_answer(_foreseen(error), scope)


def _foreseen(error: Exception) -> Exception:
    """A store without room is an outage of ours, not the caller's fault: the device keeps the photo and tries again."""
    if isinstance(error, OSError):
        return Unavailable(
            _("The photo cannot be stored at the moment. It is kept on the device: try again later."), headers={"Retry-After": "60"}
        )
    return error


async def _routed(request: Request, client: str) -> Answer:
    if request.method == "OPTIONS":
        return Answer(204, headers={"Allow": "POST, PUT, OPTIONS"})
    matches = {method: found for method, pattern in _ROUTES.items() if (found := pattern.fullmatch(request.path))}
    if not matches:
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    if request.method not in matches:
        allowed = ", ".join(matches)
        raise MethodNotAllowed(_("Possible here: %(methods)s.") % {"methods": allowed}, headers={"Allow": allowed})
    request.allow_only()
    if request.method == "POST":
        return await _report(request, client)
    named = matches["PUT"].groupdict()
    return await _photo(request, named["report"], named["photo"])


async def _report(request: Request, client: str) -> Answer:
    if request.header(b"content-type").split(";")[0].strip().lower() != "application/json":
        raise UnsupportedMedia(_("A report is accepted as application/json."), field="Content-Type")
    report = read_report(await body_of(request, _REPORT_BYTES), _account(request))
    receipt = await _batches.take_in(Handed(report, source_of(request.headers, client)))
    content = {"uid": receipt.uid, "tracking_code": receipt.tracking_code, "missing": receipt.missing}
    return _json(201 if receipt.created else 200, content)


async def _photo(request: Request, report: str, photo: str) -> Answer:
    owner, uid = read_uid(report, "report"), read_uid(photo, "photo")
    async with _photos:
        content = await body_of(request, MAX_BYTES)
        receipt: PhotoReceipt = await in_thread(lambda: add_photo(owner, uid, content))
    return _json(201 if receipt.created else 200, {"uid": receipt.uid, "missing": receipt.missing})


def _json(status: int, content: Mapping[str, Any]) -> Answer:
    return Answer(status, orjson.dumps(content), {"Content-Type": "application/json", "Cache-Control": "no-store"})


async def body_of(request: Request, limit: int) -> bytes:
    """The whole body. Raises TooLarge, before it is read where its length is told; ClientLeft."""
    declared = request.header(b"content-length")
    if declared.isascii() and declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    parts, size, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(_("At most %(limit)d kB are accepted here.") % {"limit": limit // 1_000}, field="body")


class ClientLeft(Exception):
    """The caller closed the connection before its request was complete."""


def _client(scope: ASGIScope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _account(request: Request) -> int | None:
    """The signed-in person, for requests that our own page makes: a foreign page must not report in somebody's name."""
    origin = request.header(b"origin")
    if not origin or urlsplit(origin).netloc != request.header(b"host"):
        return None
    found = passes.unseal(parse_cookie(request.header(b"cookie")).get(passes.COOKIE, ""))
    directory = watch.directory
    return found.user if found and directory and directory.scope_of_pass(found).authenticated else None
