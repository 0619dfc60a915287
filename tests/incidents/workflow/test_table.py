"""The table of steps against the way of the work as the office describes it, written anew here."""

import pytest

from incidents.models import Incident
from incidents.workflow.table import BY_VERB, CLOSED, OPEN, STEPS, Hand, offered

S = Incident.Status
# state -> {verb: next state} for a dispatcher whose unit also handles the incident.
_WAY: dict[str, dict[str, str]] = {
    S.NEW: {"receive": "received", "assign": "assigned", "reject": "rejected", "duplicate": "duplicate"},
    S.RECEIVED: {"assign": "assigned", "resolve": "resolved", "reject": "rejected", "duplicate": "duplicate"},
    S.ASSIGNED: {"transfer": "assigned", "start": "in_progress", "resolve": "resolved", "reject": "rejected", "duplicate": "duplicate"},
    S.IN_PROGRESS: {"transfer": "assigned", "resolve": "resolved", "reject": "rejected", "duplicate": "duplicate"},
    S.RESOLVED: {"confirm": "confirmed", "reopen": "reopened"},
    S.CONFIRMED: {"reopen": "reopened"},
    S.REOPENED: {
        "receive": "received",
        "assign": "assigned",
        "start": "in_progress",
        "resolve": "resolved",
        "reject": "rejected",
        "duplicate": "duplicate",
    },
    S.REJECTED: {"reopen": "reopened"},
    S.DUPLICATE: {"reopen": "reopened"},
}
_ALL = frozenset({Hand.DISPATCHER, Hand.UNIT})


@pytest.mark.parametrize("status", S.values)
def test_the_way_of_the_work(status: str) -> None:
    """Every state, every step that leads on."""
    moving = {step.verb: str(step.to) for step in offered(status, _ALL) if step.to is not None}
    assert moving == _WAY[status]


@pytest.mark.parametrize("status", S.values)
def test_notes_are_always_possible(status: str) -> None:
    """Whatever the state."""
    assert "annotate" in {step.verb for step in offered(status, _ALL)}


def test_states_are_open_or_closed() -> None:
    """Nothing is both or neither."""
    assert set(S.values) == OPEN | CLOSED
    assert not OPEN & CLOSED


def test_every_state_is_reached_and_left() -> None:
    """No dead end and no state that nothing leads to (new is where one begins)."""
    assert {step.to for step in STEPS if step.to} == set(S.values) - {S.NEW}
    assert all(_WAY[status] for status in S.values)


def test_reporters_answer_confirm_and_reopen_and_nothing_else() -> None:
    """The rest is the office's."""
    assert {step.verb for step in STEPS if Hand.REPORTER in step.hands} == {"confirm", "reopen", "reply"}


def test_the_service_itself_only_confirms() -> None:
    """After the time in which nobody contradicted."""
    assert {step.verb for step in STEPS if Hand.SYSTEM in step.hands} == {"confirm"}


def test_a_crew_does_the_work_but_does_not_dispatch() -> None:
    """Nor does it reject."""
    assert {step.verb for step in STEPS if Hand.UNIT in step.hands} == {"transfer", "start", "resolve", "ask", "annotate"}


def test_one_question_at_a_time() -> None:
    """A reply needs a question."""
    running = {step.verb for step in offered(S.ASSIGNED, _ALL)}
    waiting = {step.verb for step in offered(S.ASSIGNED, _ALL, paused=True)}
    assert (running - waiting, waiting - running) == ({"ask"}, {"reply"})


def test_verbs_are_unique_and_fit_their_column() -> None:
    """`IncidentStep.verb`."""
    assert len(BY_VERB) == len(STEPS)
    assert all(len(verb) <= 12 for verb in BY_VERB)
