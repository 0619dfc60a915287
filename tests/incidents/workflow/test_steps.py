"""Taking steps: what each writes, who may, what is refused with which words."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from gis_core.errors import BadParameter, NotFound
from incidents.errors import IllegalStep, KeyReused, StaleIncident
from incidents.models import Incident, IncidentStep, Photo
from incidents.rows import seen_by
from incidents.workflow import steps
from incidents.workflow.steps import Asked
from incidents.workflow.table import STEPS, Hand, offered
from tests import factories
from tests.incidents.post import ANSWER, GIVEN, NOTE, Post
from tests.world import World

S = Incident.Status


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Sentences are looked at in the language of the source."""
    with translation.override("en"):
        yield


def test_the_whole_life(post: Post) -> None:
    """From the report to the confirmed answer, each step with who, when, from where to where."""
    incident = post.incident()
    for verb in ("receive", "assign", "start", "resolve", "confirm"):
        post.take(incident, verb)
    incident.refresh_from_db()
    log = [(step.verb, step.before, step.after, step.actor_id) for step in incident.steps.all()]
    pk = post.dispatcher.pk
    assert log == [
        ("receive", "new", "received", pk),
        ("assign", "received", "assigned", pk),
        ("start", "assigned", "in_progress", pk),
        ("resolve", "in_progress", "resolved", pk),
        ("confirm", "resolved", "confirmed", pk),
    ]
    assert (incident.status, incident.version, incident.handling_unit) == ("confirmed", 6, post.unit)
    assert incident.resolved_at is not None


@pytest.mark.parametrize("status", S.values)
@pytest.mark.parametrize("verb", [step.verb for step in STEPS])
def test_the_table_decides_and_a_refusal_names_what_is_possible(post: Post, status: str, verb: str) -> None:
    """Each verb in each state, by the dispatcher."""
    incident = post.incident(status)
    original = post.incident()
    asked = {**GIVEN.get(verb, {}), **({"of": original.tracking_code} if verb == "duplicate" else {})}
    if status in ("assigned", "in_progress") and verb == "transfer":
        asked["unit"] = post.other.code
    allowed = [step.verb for step in offered(status, {Hand.DISPATCHER})]
    if verb in allowed:
        assert post.take(incident, verb, **asked).step.before == status
        return
    with pytest.raises(IllegalStep) as refused:
        post.take(incident, verb, **asked)
    assert refused.value.members["allowed"] == allowed
    assert refused.value.members["status"] == status
    assert not IncidentStep.objects.filter(incident=incident).exists()


@pytest.mark.parametrize("verb", ["assign", "transfer", "resolve", "reject", "reopen", "ask", "annotate", "duplicate"])
def test_what_a_step_needs(post: Post, verb: str) -> None:
    """An empty request names the missing field."""
    incident = post.incident("assigned" if verb in ("transfer", "resolve", "ask") else "resolved" if verb == "reopen" else "new")
    with pytest.raises(BadParameter) as refused:
        steps.take(post.dispatcher, incident.tracking_code, verb, Asked(note="  "))
    assert refused.value.field in ("unit", "note", "public_note", "of")


def test_an_unknown_verb_names_those_that_there_are(post: Post) -> None:
    """So that a program finds its way."""
    with pytest.raises(BadParameter, match="receive, assign"):
        post.take(post.incident(), "destroy")


def test_a_stale_version_is_refused_with_the_present_state(post: Post) -> None:
    """Somebody else was faster."""
    incident = post.incident()
    post.take(incident, "receive", version=1)
    with pytest.raises(StaleIncident) as refused:
        post.take(incident, "reject", version=1)
    assert refused.value.members == {"version": 2, "status": "received"}


def test_the_same_key_again_is_the_same_step(post: Post) -> None:
    """A client that lost the answer asks again, even though the state moved on."""
    incident = post.incident()
    first = post.take(incident, "receive", key="k1", version=1)
    again = post.take(incident, "receive", key="k1", version=1)
    assert (again.step.pk, again.repeated) == (first.step.pk, True)
    with pytest.raises(KeyReused):
        post.take(incident, "annotate", key="k1")


def test_strangers_find_nothing(post: Post, world: World) -> None:
    """A dispatcher of the neighbour, a visitor's account, an unknown code: one answer."""
    incident = post.incident()
    sibling = factories.user()
    factories.jurisdiction(sibling, "dispatcher", world.units["B"])
    for actor, code in ((sibling, incident.tracking_code), (factories.user(), incident.tracking_code), (post.dispatcher, "ZZZZZZZZZZZZ")):
        with pytest.raises(NotFound, match="no such incident"):
            steps.take(actor, code, "annotate", Asked(note="x"))


def test_seeing_is_not_acting(post: Post, world: World) -> None:
    """A public incident is open to everybody's eyes and to nobody's hands; a leader reads only."""
    incident = post.incident(is_public=True)
    leader = factories.user()
    factories.jurisdiction(leader, "leader", world.units["đà nẵng"])
    for actor in (factories.user(), leader):
        with pytest.raises(NotFound):
            post.take(incident, "annotate", actor)


def test_the_crew_works_on_its_own_incidents_alone(post: Post) -> None:
    """Start and resolve, not reject; and nothing on another unit's."""
    incident = post.incident("assigned")
    post.take(incident, "start", post.crew)
    with pytest.raises(IllegalStep):
        post.take(incident, "reject", post.crew)
    assert post.take(incident, "resolve", post.crew).step.hand == Hand.UNIT
    with pytest.raises(NotFound):
        post.take(post.incident("assigned", handling_unit=post.other), "start", post.crew)


def test_a_transfer_changes_the_unit_and_says_why(post: Post) -> None:
    """Not to the unit that has it already, not to a closed one."""
    incident = post.incident("assigned")
    with pytest.raises(BadParameter, match="already"):
        post.take(incident, "transfer", unit=post.unit.code)
    taken = post.take(incident, "transfer")
    assert (taken.incident.handling_unit, taken.step.unit, taken.step.note) == (post.other, post.other, NOTE)
    type(post.unit).objects.filter(pk=post.unit.pk).update(is_active=False)
    with pytest.raises(BadParameter, match="no active"):
        post.take(incident, "transfer", unit=post.unit.code)


def test_duplicates_point_to_the_original_of_originals(post: Post) -> None:
    """Never to themselves, never in a ring; those that pointed here move along."""
    a, b, c = (post.incident() for _ in "abc")
    post.take(a, "duplicate", of=b.tracking_code)
    post.take(b, "duplicate", of=c.tracking_code)
    a.refresh_from_db()
    assert a.duplicate_of == c
    for other in (c, a):
        with pytest.raises(BadParameter, match="itself"):
            post.take(c, "duplicate", of=other.tracking_code)
    with pytest.raises(NotFound):
        post.take(c, "duplicate", of="ZZZZZZZZZZZZ")
    assert post.take(b, "reopen").incident.duplicate_of is None


def test_the_clock_stands_while_the_reporter_is_asked(post: Post) -> None:
    """The deadline moves by the time that it stood."""
    due = timezone.now() + timedelta(hours=5)
    incident = post.incident("assigned", due_at=due)
    post.take(incident, "ask")
    seen_by(post.dispatcher).filter(pk=incident.pk).update(paused_at=timezone.now() - timedelta(hours=2))
    taken = steps.take_as_reporter(incident.tracking_code, str(incident.uid), "reply", "Số 12")
    assert taken.incident.paused_at is None
    assert timedelta(hours=2) <= taken.incident.due_at - due < timedelta(hours=2, minutes=5)  # type: ignore[operator]
    assert 7200 <= taken.incident.paused_s < 7500


def test_a_reporter_proves_to_be_it(post: Post) -> None:
    """By the report's own key; the tracking code alone is public."""
    incident = post.incident("resolved")
    for key in ("", "x", "00000000-0000-0000-0000-000000000000", incident.tracking_code):
        with pytest.raises(NotFound):
            steps.take_as_reporter(incident.tracking_code, key, "confirm", "")
    with pytest.raises(IllegalStep):
        steps.take_as_reporter(incident.tracking_code, str(incident.uid), "reject", "Không")
    taken = steps.take_as_reporter(incident.tracking_code, str(incident.uid), "reopen", "Vẫn còn ổ gà")
    assert (taken.step.hand, taken.step.actor, taken.step.is_moderated) == (Hand.REPORTER, None, False)


def test_reopened_work_gets_its_time_again(post: Post) -> None:
    """As much as at first, from now."""
    reported = timezone.now() - timedelta(days=10)
    incident = post.incident("resolved", reported_at=reported, due_at=reported + timedelta(days=3), resolved_at=timezone.now())
    taken = post.take(incident, "reopen")
    assert taken.incident.resolved_at is None
    left = taken.incident.due_at - timezone.now()  # type: ignore[operator]
    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)


@pytest.mark.parametrize(("due_in", "late"), [(1, False), (-1, True), (None, None)])
def test_ends_know_whether_they_were_late(post: Post, due_in: int | None, late: bool | None) -> None:
    """For the statistics; a step that ends nothing knows nothing."""
    due = timezone.now() + timedelta(hours=due_in) if due_in is not None else None
    incident = post.incident("assigned", due_at=due)
    assert post.take(incident, "start").step.late is None
    assert post.take(incident, "resolve").step.late is late


def test_photos_of_the_work(post: Post) -> None:
    """Of this incident; another's photo is not there."""
    mine, foreign = post.incident("in_progress"), post.incident()
    photos = [Photo.objects.create(incident=row, state="stored", size=1, original=f"{row.pk}") for row in (mine, foreign)]
    with pytest.raises(NotFound, match="photo"):
        post.take(mine, "resolve", photos=(photos[1].uid,))
    assert list(post.take(mine, "resolve", photos=(photos[0].uid,)).step.photos.all()) == [photos[0]]
    assert post.take(foreign, "annotate").step.photos.count() == 0


def test_notes_are_trimmed_and_bounded(post: Post) -> None:
    """2,000 characters, no NUL."""
    incident = post.incident("in_progress")
    for text in ("x" * 2001, "a\x00b"):
        with pytest.raises(BadParameter, match="2000"):
            post.take(incident, "annotate", note=text)
    assert post.take(incident, "resolve", public_note=f"  {ANSWER}\n").step.public_note == ANSWER


def test_the_service_confirms_what_stood(post: Post) -> None:
    """And nothing that moved on meanwhile."""
    incident = post.incident("resolved")
    taken = steps.take_by_system(incident.pk, "confirm")
    assert taken is not None
    assert (taken.incident.status, taken.step.hand, taken.step.actor) == ("confirmed", Hand.SYSTEM, None)
    assert steps.take_by_system(incident.pk, "confirm") is None
