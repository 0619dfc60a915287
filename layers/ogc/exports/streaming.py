"""Bytes of a file as they are made: from a thread, with the client's pace, and no longer than the client is there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import psycopg
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from layers.ogc.exports.reading import Reading

Writer = Callable[[Reading], Iterator[bytes]]


def streamed(request: HttpRequest, reading: Reading, write: Writer, kind: str) -> HttpResponseBase:
    """The answer. Its first piece is made before it starts, so that what fails at once is an error and not half a file."""
    pieces = _pieces(reading, write)
    first = next(pieces, b"")
    body = _asynchronous(first, pieces, reading) if isinstance(request, ASGIRequest) else _synchronous(first, pieces)
    return StreamingHttpResponse(body, content_type=kind)


def _pieces(reading: Reading, write: Writer) -> Iterator[bytes]:
    reading.open()
    try:
        yield from write(reading)
    finally:
        reading.close()


def _synchronous(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


async def _asynchronous(first: bytes, pieces: Iterator[bytes], reading: Reading) -> AsyncIterator[bytes]:
    done = False
    try:
        yield first
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece
        done = True
    finally:
        if not done:
            await asyncio.shield(asyncio.to_thread(_abandon, pieces, reading))


def _abandon(pieces: Iterator[bytes], reading: Reading) -> None:
    """The client is gone: end the statement, then the writer, as soon as its thread lets go."""
    with contextlib.suppress(psycopg.Error):
        reading.cancel()
    with contextlib.suppress(Exception):
        for _piece in pieces:
            break
    reading.close()
