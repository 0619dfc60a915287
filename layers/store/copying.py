"""Reading a query as PostgreSQL's binary COPY stream: the fastest way for many rows out of the database.

psycopg's own reader of COPY is Python code for each row; the messages are taken from libpq here and joined, and what is in
them is read by compiled loops (intake.py).
"""

import select
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import pq

# Bytes that are handed on at a time.
CHUNK = 4_000_000
_SIGNATURE = b"PGCOPY\n\xff\r\n\x00"
_HEADER = len(_SIGNATURE) + 8


class Stopped(Exception):
    """The process ends."""


def chunks(db: "psycopg.Connection[Any]", sql: str, stop: threading.Event) -> Iterator[tuple[bytes, int]]:
    """(whole rows in the binary format, at most how many) of a query without parameters, about `CHUNK` bytes at a time.

    The connection is closed when the stream is not read to its end. Raises Stopped when `stop` is set, psycopg.Error when
    the query fails.
    """
    connection = db.pgconn
    result = connection.exec_(b"COPY (" + sql.encode() + b") TO STDOUT (FORMAT binary)")
    if result.status != pq.ExecStatus.COPY_OUT:
        raise psycopg.errors.error_from_result(result)
    messages: list[memoryview | bytes] = []
    size, ended = 0, False
    try:
        for message in _messages(connection):
            messages.append(message)
            size += len(message)
            if size >= CHUNK:
                if stop.is_set():
                    raise Stopped
                yield b"".join(messages), len(messages)
                messages.clear()
                size = 0
        ended = True
    finally:
        if not ended:
            db.close()  # what is on its way cannot be refused otherwise
    yield b"".join(messages), len(messages)


def _messages(connection: "pq.abc.PGconn") -> Iterator[memoryview]:
    """Each message of the stream, a row each; the header is cut off. Waiting is done without the interpreter's lock."""
    take = connection.get_copy_data
    first = True
    while True:
        size, message = take(1)
        if size == 0:
            select.select([connection.socket], [], [], 1.0)
            connection.consume_input()
            continue
        if size < 0:
            break
        if first:
            first = False
            extension = int.from_bytes(message[_HEADER - 4 : _HEADER], "big")
            message = message[_HEADER + extension :]
        yield message
    failed = None
    while (result := connection.get_result()) is not None:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            failed = result
    if failed is not None:
        raise psycopg.errors.error_from_result(failed)
