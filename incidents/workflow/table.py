"""The one table of steps: from which states, to which, by whom, and what must be said. Pure; no database.

Everything that offers, takes or refuses a step reads this table: the verb, the API, the board's buttons, the public page.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from incidents.models import Incident

S = Incident.Status


class Hand(StrEnum):
    """Who takes a step."""

    DISPATCHER = "dispatcher"
    UNIT = "unit"  # a member of the handling unit
    REPORTER = "reporter"
    SYSTEM = "system"


OPEN: frozenset[str] = frozenset({S.NEW, S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS, S.REOPENED})
"""Something is left to do; only here does a deadline mean anything."""
CLOSED: frozenset[str] = frozenset(S.values) - OPEN
FINISHED: frozenset[str] = frozenset({S.CONFIRMED, S.REJECTED, S.DUPLICATE})


@dataclass(frozen=True)
class Step:
    """A verb of the workflow. `to` is None where the state stays; `needs` names the fields that must be
    given; "text" is met by either note."""

    verb: str
    title: StrPromise
    sources: frozenset[str]
    to: str | None
    hands: frozenset[Hand]
    needs: tuple[str, ...] = ()
    # Notes that go to everybody who follows; else a step is told only when it changes the state.
    tells: bool = True


_STAFF = frozenset({Hand.DISPATCHER, Hand.UNIT})
_DISPATCH = frozenset({Hand.DISPATCHER})
_UNASSIGNED = frozenset({S.NEW, S.RECEIVED, S.REOPENED})
_HANDED_OUT = frozenset({S.ASSIGNED, S.IN_PROGRESS})

STEPS = (
    Step("receive", _("Receive"), frozenset({S.NEW, S.REOPENED}), S.RECEIVED, _DISPATCH),
    Step("assign", _("Assign"), _UNASSIGNED, S.ASSIGNED, _DISPATCH, ("unit",)),
    Step("transfer", _("Transfer to another unit"), _HANDED_OUT, S.ASSIGNED, _STAFF, ("unit", "note")),
    Step("start", _("Start work"), frozenset({S.ASSIGNED, S.REOPENED}), S.IN_PROGRESS, _STAFF),
    Step("resolve", _("Resolve"), frozenset({S.RECEIVED, *_HANDED_OUT, S.REOPENED}), S.RESOLVED, _STAFF, ("public_note",)),
    Step("confirm", _("Confirm"), frozenset({S.RESOLVED}), S.CONFIRMED, frozenset({Hand.DISPATCHER, Hand.REPORTER, Hand.SYSTEM})),
    Step(
        "reopen",
        _("Reopen"),
        frozenset({S.RESOLVED, S.CONFIRMED, S.REJECTED, S.DUPLICATE}),
        S.REOPENED,
        frozenset({Hand.DISPATCHER, Hand.REPORTER}),
        ("text",),
    ),
    Step("reject", _("Reject"), frozenset({*_UNASSIGNED, *_HANDED_OUT}), S.REJECTED, _DISPATCH, ("public_note",)),
    Step("duplicate", _("Mark as duplicate"), OPEN, S.DUPLICATE, _DISPATCH, ("of",)),
    Step("ask", _("Ask the reporter"), OPEN, None, _STAFF, ("public_note",)),
    Step("reply", _("Reply"), OPEN, None, frozenset({Hand.DISPATCHER, Hand.REPORTER}), ("text",), tells=False),
    Step("annotate", _("Add a note"), frozenset(S.values), None, _STAFF, ("text",)),
)
BY_VERB = MappingProxyType({step.verb: step for step in STEPS})


def offered(status: str, hands: Collection[Hand], *, paused: bool = False) -> list[Step]:
    """The steps that `hands` may take from a state. One waits for the reporter once, and a reply needs a question."""
    fitting = [step for step in STEPS if status in step.sources and step.hands & set(hands)]
    return [step for step in fitting if not (step.verb == "ask" and paused) and not (step.verb == "reply" and not paused)]
