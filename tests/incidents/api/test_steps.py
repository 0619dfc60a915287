"""Steps over HTTP: statuses, versions, keys, many at once, moderation, instructions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gis_core.models import User
from incidents.models import Incident, IncidentStep, Instruction, Notice, Photo
from tests import factories
from tests.incidents.api.caller import Caller, caller
from tests.incidents.post import HERE, Post
from tests.world import World


@pytest.fixture
def board(post: Post) -> Caller:
    """The dispatcher's."""
    return caller(post.dispatcher)


@pytest.fixture
def leader(post: Post) -> User:
    """A leader of the area."""
    person = factories.user()
    factories.jurisdiction(person, "leader", post.area)
    return person


def test_a_step_answers_with_the_new_state(post: Post, board: Caller) -> None:
    """Its version, the state of the map that shows it, and what may follow."""
    incident = post.incident()
    answer = board.post(f"/{incident.tracking_code}/steps/receive", {}, If_Match='"1"')
    assert (answer.status_code, answer.body["status"], answer.headers["ETag"]) == (200, "received", '"2"')
    assert int(answer.headers["X-Change-Seq"]) > 0
    assert "assign" in {offer["verb"] for offer in answer.body["offered"]}


def test_refusals(post: Post, board: Caller) -> None:
    """409 with the steps that are possible, 412 with the version, 400 with the field, 404 for what is not there."""
    code = post.incident().tracking_code
    illegal = board.post(f"/{code}/steps/confirm")
    assert (illegal.status_code, illegal.body["status"]) == (409, 409)
    assert illegal.body["allowed"] == ["receive", "assign", "reject", "duplicate", "ask", "annotate"]
    stale = board.post(f"/{code}/steps/receive", {}, If_Match='"7"')
    assert (stale.status_code, stale.body["version"]) == (412, 1)
    assert board.post(f"/{code}/steps/receive", {}, If_Match="x").body["field"] == "If-Match"
    assert board.post(f"/{code}/steps/assign").body["field"] == "unit"
    assert board.post(f"/{code}/steps/fly").body["field"] == "verb"
    assert board.post(f"/{code}/steps/assign", {"unit": "doi-a", "extra": 1}).status_code == 400
    assert board.post("/ZZZZZZZZZZZZ/steps/receive").status_code == 404


def test_the_same_key_is_one_step(post: Post, board: Caller) -> None:
    """Twice the same answer; another request under the key is refused."""
    code = post.incident().tracking_code
    first, again = (board.post(f"/{code}/steps/receive", {}, Idempotency_Key="k", If_Match='"1"') for _ in "ab")
    assert (first.status_code, again.status_code) == (200, 200)
    assert IncidentStep.objects.filter(incident__tracking_code=code).count() == 1
    assert board.post(f"/{code}/steps/annotate", {"note": "x"}, Idempotency_Key="k").status_code == 409


def test_one_step_for_many(post: Post, board: Caller) -> None:
    """What the rules forbid for one does not keep the others; a stale version neither."""
    fresh, done, stale = post.incident(), post.incident("confirmed"), post.incident()
    asked = {"codes": [row.tracking_code for row in (fresh, done, stale)], "unit": "doi-a", "versions": {stale.tracking_code: 9}}
    answer = board.post("/bulk/assign", asked)
    assert [one["ok"] for one in answer.body] == [True, False, False]
    fresh.refresh_from_db()
    assert (fresh.status, fresh.handling_unit) == ("assigned", post.unit)
    assert board.post("/bulk/assign", {"codes": []}).status_code == 400


def test_moderation_opens_and_closes(post: Post, board: Caller) -> None:
    """The texts that everybody reads may be cleaned; photos are decided one by one, never another incident's."""
    incident, other = post.incident(title="Gọi 0905 123 456"), post.incident()
    ready = Photo.objects.create(incident=incident, state="ready", size=1, original="a")
    raw = Photo.objects.create(incident=incident, state="stored", size=1, original="b")
    foreign = Photo.objects.create(incident=other, state="ready", size=1, original="c")
    path = f"/{incident.tracking_code}/moderation"
    for photo, status in ((foreign, 404), (raw, 400)):
        assert board.post(path, {"photos": {str(photo.uid): True}}).status_code == status
    answer = board.post(path, {"publish": True, "title": "Ổ gà", "photos": {str(ready.uid): True}}, If_Match='"1"')
    assert (answer.body["is_public"], answer.body["title"], answer.body["moderation"]) == (True, "Ổ gà", "approved")
    ready.refresh_from_db()
    assert ready.moderation == "approved"
    assert board.post(path, {"publish": False}).body["is_public"] is False
    assert [step.verb for step in incident.steps.all()] == ["moderate", "moderate"]


def test_some_categories_are_never_public(post: Post, board: Caller) -> None:
    """Whoever moderates."""
    incident = post.incident()
    type(incident.category).objects.filter(pk=incident.category_id).update(may_be_public=False)
    assert board.post(f"/{incident.tracking_code}/moderation", {"publish": True}).status_code == 409


def test_words_of_a_reporter_are_shown_once_somebody_looked(post: Post, board: Caller) -> None:
    """By the version of their step."""
    incident = post.incident("resolved")
    from incidents.workflow.steps import take_as_reporter

    taken = take_as_reporter(incident.tracking_code, str(incident.uid), "reopen", "Chưa xong")
    path = f"/{incident.tracking_code}/moderation"
    assert board.post(path, {"steps": {str(taken.step.version + 9): True}}).status_code == 404
    assert board.post(path, {"steps": {str(taken.step.version): True}}).status_code == 200
    taken.step.refresh_from_db()
    assert taken.step.is_moderated


def test_an_instruction_from_giving_to_accepting(post: Post, leader: User, board: Caller) -> None:
    """Given by the leader, answered by the dispatcher, accepted by the leader; each with its version."""
    incident = post.incident()
    order = {"title": "Xử lý trước 17 giờ", "incident": incident.tracking_code, "assignee": "doi-a"}
    due = (timezone.now() + timedelta(hours=3)).isoformat()
    given, again = (caller(leader).post("/instructions", {**order, "due_at": due}, Idempotency_Key="1") for _ in "ab")
    assert (given.status_code, again.body["uid"]) == (201, given.body["uid"])
    assert Notice.objects.filter(channel="instruct", unit=post.unit).count() == 1
    uid = given.body["uid"]
    assert board.post(f"/instructions/{uid}/close").status_code == 404, "a dispatcher does not accept the own answer"
    answered = board.post(f"/instructions/{uid}/answer", {"answer": "Đã cử đội A"}, If_Match='"1"')
    assert (answered.body["state"], answered.body["version"]) == ("answered", 2)
    assert caller(leader).post(f"/instructions/{uid}/close", {}, If_Match='"1"').status_code == 412
    assert caller(leader).post(f"/instructions/{uid}/close", {}, If_Match='"2"').body["state"] == "closed"
    assert board.post(f"/instructions/{uid}/answer", {"answer": "x"}).status_code == 409
    assert [one["uid"] for one in board.get("/instructions", incident=incident.tracking_code).body] == [uid]


def test_an_instruction_at_a_place(post: Post, leader: User, world: World) -> None:
    """Found in its unit; nowhere else than in the leader's own."""
    given = caller(leader).post("/instructions", {"title": "Kiểm tra cống", "lon": HERE[0], "lat": HERE[1]})
    assert given.status_code == 201
    assert Instruction.objects.get(uid=given.body["uid"]).admin_unit == world.units["A"]
    elsewhere: tuple[dict[str, object], ...] = (
        {"title": "Kiểm tra cống", "lon": HERE[0] + 0.01, "lat": HERE[1]},
        {"title": "Kiểm tra cống", "lon": 1, "lat": 1},
    )
    for body in elsewhere:
        assert caller(leader).post("/instructions", body).status_code == 404
    for wrong in ({"title": "Kiểm tra"}, {"title": "Kiểm tra", "lon": 1}, {"title": ""}, {"title": "Kiểm tra", "lon": 999, "lat": 1}):
        assert caller(leader).post("/instructions", wrong).status_code == 400


def test_dispatchers_give_no_instructions(post: Post, board: Caller) -> None:
    """They carry them out."""
    assert board.post("/instructions", {"title": "Xử lý ngay", "incident": post.incident().tracking_code}).status_code == 404


def test_overdue_is_marked_and_unmarked(post: Post) -> None:
    """By the worker each minute, so that maps show it by themselves."""
    from incidents.workflow.tasks import mark_overdue

    late = post.incident(due_at=timezone.now() - timedelta(minutes=1))
    moved = post.incident(due_at=timezone.now() + timedelta(days=1), is_overdue=True)
    assert mark_overdue() >= 2
    marks = dict(Incident.objects.restrict(post.dispatcher).filter(pk__in=[late.pk, moved.pk]).values_list("pk", "is_overdue"))  # type: ignore[misc]
    assert marks == {late.pk: True, moved.pk: False}
