"""The chain over the audit log: each link is a keyed hash of the link before and of its entry.

Links are made once a minute, not with the entries: a chain in the entry's own transaction would make every audited request
wait for the slowest (docs/adr/0031). The key (AUDIT_KEY) lives outside the database; the newest link's hash goes to the log
and to `/metrics`, hence off this machine, so that cutting the chain's end shows too.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

BEGINNING = bytes(32)
_BATCH = 5_000
_COLUMNS = (
    "e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), e.actor, e.action, e.object, e.source, e.request, e.detail::text"
)
# Entries get their ids before they commit, so a later id may be sealed before an earlier one: hence the look back.
_UNSEALED = f"""
    SELECT {_COLUMNS} FROM audit_entry e
    WHERE e.id > coalesce((SELECT max(entry) FROM audit_seal), 0) - 100000 AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry = e.id)
    ORDER BY e.id LIMIT {_BATCH}
"""  # noqa: S608  constants of this file
_LINKS = f"""
    SELECT s.number, s.entry, s.hash, {_COLUMNS} FROM audit_seal s LEFT JOIN audit_entry e ON e.id = s.entry
    WHERE s.number > %s ORDER BY s.number LIMIT {_BATCH}
"""  # noqa: S608
_LEFT = """
    SELECT count(*), coalesce(extract(epoch FROM now() - min(e.at)), 0)
    FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry = e.id)
"""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed."""

    number: int
    what: str


@dataclass(frozen=True)
class Verdict:
    """How many links hold, the newest link's hash, entries that wait for their link (and the oldest one's age in seconds)."""

    links: int
    newest: str
    unsealed: int
    oldest_unsealed: float
    findings: tuple[Finding, ...]


def link(previous: bytes, entry: Sequence[Any]) -> bytes:
    """The hash of the link after `previous` over an entry's columns."""
    return hmac.new(_key(), previous + orjson.dumps(list(entry)), hashlib.sha256).digest()


def _key() -> bytes:
    return hashlib.sha256(b"ioc-map audit chain:" + settings.AUDIT_KEY.encode()).digest()


def seal() -> int:
    """Add links for all committed entries that have none; how many. One sealer at a time, others wait for it."""
    sealed = 0
    while made := _seal_batch():
        sealed += made
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit_seal'))")
        cursor.execute("SELECT number, hash FROM audit_seal ORDER BY number DESC LIMIT 1")
        number, previous = cursor.fetchone() or (0, BEGINNING)
        cursor.execute(_UNSEALED)
        made = []
        for entry in cursor.fetchall():
            number, previous = number + 1, link(bytes(previous), entry)
            made.append((number, entry[0], previous))
        cursor.executemany("INSERT INTO audit_seal (number, entry, hash) VALUES (%s, %s, %s)", made)
    return len(made)


def verify(expected: str = "") -> Verdict:
    """Compute every link anew. `expected` is the hash of a link noted elsewhere: it must still be part of the chain."""
    findings: list[Finding] = []
    previous, links, seen = BEGINNING, 0, not expected
    for row in _links():
        number, _entry, stored = row[0], row[1], bytes(row[2])
        links += 1
        if number != links:
            findings.append(Finding(links, "links are missing"))
            links = number
        if row[3] is None:
            findings.append(Finding(number, f"entry {row[1]} is gone"))
        elif link(previous, row[3:]) != stored:
            findings.append(Finding(number, f"entry {row[1]} is not what was sealed"))
        previous = stored
        seen = seen or stored.hex() == expected
    if not seen:
        findings.append(Finding(links, "the expected link is not in the chain: its end was cut or all of it was made anew"))
    with connection.cursor() as cursor:
        cursor.execute(_LEFT)
        unsealed, oldest = cursor.fetchone()
    return Verdict(links, previous.hex(), unsealed, float(oldest), tuple(findings))


def _links() -> Iterator[tuple[Any, ...]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_LINKS, [last])
            rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]
