"""Exact answers to "did this change?" for resources that Django serves (DESIGN section 4).

Rows are read after the clock was, from the primary or from a replica that has what the clock knows (gis_core/serving/replica.py): an
answer is never older than its validator says. The validator covers everything that shapes the bytes, the address with
`min_seq` included, so one that a client got for `min_seq=s` came with rows that contain s.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, connections, transaction
from django.db.models import Max
from django.utils import timezone

from gis_core.access import Reach
from gis_core.changes.clock import Box, clock
from gis_core.changes.hub import hub, unready_after
from gis_core.models import ChangeLog
from gis_core.serving import replica
from layers.attributes import attribute_names, joined_tables
from layers.layer import FeatureLayer

WAIT_SECONDS = 0.2
# Raise when the form of answers changes: what clients keep from before must not pass for the new form.
_FORM = "2"
_reading: ContextVar[bool] = ContextVar("one_state", default=False)


@dataclass(frozen=True)
class Standing:
    """Where this node stands: the number of the last change it knows, and whether it may answer "not modified"."""

    seq: int
    vouches: bool


def standing(min_seq: int | None = None) -> Standing:
    """The node's standing, after a wait of at most `WAIT_SECONDS` for `min_seq`."""
    hub.catch_up()
    if min_seq is not None and not _reached(min_seq):
        return Standing(_committed(), vouches=False)
    return Standing(clock.seq, vouches=not hub.running or hub.age < unready_after())


def _reached(seq: int) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS if hub.running else 0.0
    while not clock.holds(seq):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.004)
    return True


def _committed() -> int:
    last: int | None = ChangeLog.objects.aggregate(last=Max("seq"))["last"]
    return last or 0


@contextmanager
def one_state() -> Iterator[None]:
    """Everything read inside comes from one state of the data."""
    database = replica.alias()
    if connections[database].in_atomic_block:
        yield
        return
    with transaction.atomic(using=database), connections[database].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        token = _reading.set(True)
        try:
            yield
        finally:
            _reading.reset(token)


def is_writing() -> bool:
    """Whether a transaction is open that may have written: what it asks for must be read there, for memory holds what is committed."""
    return not _reading.get() and connection.in_atomic_block


def layer_state(layer: FeatureLayer, reach: Reach, boxes: Iterable[Box | None] = (None,), *, dated: bool = False) -> str:
    """What the bytes made of a layer depend on: its declaration, the reach, and all changes in `boxes` (EPSG:3857).

    `dated`: the request names a moment itself; without one a layer of validities changes at midnight without any change
    in the log.
    """
    stamps = ",".join(str(clock.stamp(layer.table, box, reach)) for box in boxes)
    joined = ",".join(str(clock.stamp(table)) for table in sorted(joined_tables(layer)))
    day = timezone.localdate() if layer.shows_present and not dated else ""
    return f"{declaration(layer)}|{reach.key}|{stamps}|{joined}|{day}"


def declaration(layer: FeatureLayer) -> str:
    """What the class itself contributes: a release with other fields must change every validator."""
    return f"{layer.name}:{layer.table}.{layer.geometry}:{layer.decimals}:{','.join(attribute_names(layer))}:{layer.title}"


def digest(parts: Iterable[str]) -> str:
    """The opaque part of an ETag."""
    return hashlib.blake2b("\x1f".join((_FORM, *parts)).encode(), digest_size=12).hexdigest()


def matches(if_none_match: str, etag: str) -> bool:
    """Whether a client holds `etag` (RFC 9110 13.1.2: weak comparison).

    `*` is not honoured: whether there is anything at all is known only after the query that a validator saves.
    """
    return etag.removeprefix("W/") in {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
