"""A Transaction that is sent twice, because its answer got lost, is carried out once.

`Idempotency-Key` says so for certain. Programs like QGIS send none, so an equal body of the same person is a repetition within ten
minutes as long as what it made is still there and what it ended is still gone; bodies of nothing but updates come to the same anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import Conflict
from gis_core.models import User
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.models import SentTransaction
from layers.wfs.transaction.answers import Done

WINDOW = timedelta(minutes=10)
# Writes that wait for somebody cannot be looked up; a repetition of them comes at once or not at all.
PENDING_WINDOW = timedelta(minutes=1)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Answered:
    """An answer that was given: its text, the position in the change log, where a waiting change is seen, the features touched."""

    text: str
    seq: int | None
    link: str
    made: list[list[Any]]
    ended: list[list[Any]]
    pending: bool

    @classmethod
    def of(cls, done: Sequence[Done], text: str, waits: Sequence[str]) -> "Answered":
        """What is to be kept of an answer."""
        receipts = [(one.action, receipt) for one in done for receipt in one.receipts]
        seqs = [receipt.seq for _action, receipt in receipts if receipt.seq is not None]
        return cls(
            text,
            max(seqs) if seqs else None,
            next((receipt.link for _action, receipt in receipts if receipt.link), ""),
            [[action.layer.name, receipt.pk] for action, receipt in receipts if action.kind == "Insert" and receipt.pk is not None],
            [[action.layer.name, receipt.pk] for action, receipt in receipts if action.kind == "Delete" and receipt.done],
            pending=bool(waits) or any(not receipt.done for _action, receipt in receipts),
        )


def serialise(user: User, digest: str) -> None:
    """Two equal requests at once: the second waits for the first, and then finds its answer. Hand SQL: Django has no such lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [f"{user.pk}:{digest}"])


def earlier(user: User, key: str, digest: str) -> Answered | None:
    """The answer that was given to the same request. Raises Conflict for a key that was used for another one."""
    sent = SentTransaction.objects.filter(user=user)
    if key:
        found = sent.filter(key=key).order_by("-at").first()
        if found is not None and found.digest != digest:
            raise Conflict(_("This Idempotency-Key was used for another request; take a new one."), field="Idempotency-Key")
        return Answered(**found.answer) if found else None
    found = sent.filter(digest=digest, key="", at__gt=timezone.now() - WINDOW).order_by("-at").first()
    if found is None:
        return None
    known = Answered(**found.answer)
    return known if _still_holds(known, user, found) else None


def keep(user: User, key: str, digest: str, answered: Answered) -> Answered:
    """Remember an answer for a day."""
    SentTransaction.objects.filter(user=user, at__lt=timezone.now() - KEPT).delete()
    SentTransaction.objects.create(user=user, key=key, digest=digest, answer=answered.__dict__)
    return answered


def _still_holds(known: Answered, user: User, found: SentTransaction) -> bool:
    if known.pending:
        return found.at > timezone.now() - PENDING_WINDOW
    if not known.made and not known.ended:
        return False
    return all(_is_there(name, pk, user) for name, pk in known.made) and not any(_is_there(name, pk, user) for name, pk in known.ended)


def _is_there(name: str, pk: int, user: User) -> bool:
    layer = next((layer for layer in catalogue.feature_layers() if layer.name == name), None)
    if not isinstance(layer, FeatureLayer):
        return False
    reach = layer.reach(scope_of(user))
    return bool(layer.rows(reach, (None, None)).filter(pk=pk).exists())
