"""A change from its draft to the map, over HTTP."""

from typing import Any

import pytest

from gis_core.models import Role
from land.models import Parcel, ParcelChange
from tests import factories
from tests.land.api.caller import Caller, caller
from tests.land.desk import Desk, positions
from tests.land.ground import line, slanted

CUT = positions(line((20, -50), (20, 90)))
OTHER_CUT = positions(line((35, -50), (35, 90)))


@pytest.fixture
def parcel(desk: Desk) -> Parcel:
    """A parcel to divide."""
    return desk.parcel(slanted(), 1)


def _split(parcel: Parcel, cut: Any = CUT, **more: Any) -> dict[str, Any]:
    return {"reason": "Đơn số 12", "params": {"parcel": str(parcel.uid), "lines": [cut]}, **more}


def _published(officer: Caller, approver: Caller, body: dict[str, Any], kind: str = "split_lines") -> Any:
    uid = officer.post(f"/changes/{kind}", body).body["uid"]
    officer.post(f"/changes/{uid}/submit")
    approver.post(f"/changes/{uid}/approve")
    return approver.post(f"/changes/{uid}/publish")


def test_from_draft_to_map(desk: Desk, officer_api: Caller, approver_api: Caller, parcel: Parcel) -> None:
    """Each step answers with the change, its ETag, and at last with the state of the map that shows it."""
    draft = officer_api.post("/changes/split_lines", _split(parcel))
    assert (draft.status_code, draft.body["state"], draft.headers["ETag"]) == (201, "draft", '"1"')
    uid = draft.body["uid"]
    submitted = officer_api.post(f"/changes/{uid}/submit", if_match='"1"')
    assert (submitted.body["state"], submitted.body["report"]["violations"]) == ("checked", [])
    assert submitted.body["due_on"] > draft.body["effective_on"]
    assert [step["state"] for step in submitted.body["steps"]] == ["draft", "submitted", "checked"]
    approved = approver_api.post(f"/changes/{uid}/approve", {"note": "Đúng hồ sơ"})
    assert approved.body["state"] == "approved"
    done = approver_api.post(f"/changes/{uid}/publish", if_match=approved.headers["ETag"])
    assert (done.status_code, done.body["state"]) == (200, "published")
    assert int(done.headers["X-Change-Seq"]) == done.body["change_seq"] > 0
    assert done.body["before"] == [[str(parcel.uid), 1]]
    assert len(done.body["after"]) == 3
    assert approver_api.post(f"/changes/{uid}/publish").body == done.body


def test_a_trial_shows_what_would_be_and_writes_nothing(desk: Desk, officer_api: Caller, parcel: Parcel) -> None:
    """For the editor: new outlines, their areas, or the rules that forbid it."""
    seen = officer_api.post(
        "/changes/split_areas/trial", {"reason": "Thử", "params": {"parcel": str(parcel.uid), "areas": [120], "side": "west"}}
    )
    assert [round(born["area_m2"], 2) for born in seen.body["born"]] == [120.0, 2280.0]
    assert seen.body["retired"] == [str(parcel.uid)]
    assert not ParcelChange.objects.exists()
    assert len(desk.heads()) == 1


def test_the_same_key_gives_the_same_draft(officer_api: Caller, parcel: Parcel) -> None:
    """A request repeated after a broken line asks for nothing new; another request under the key is refused."""
    first = officer_api.post("/changes/split_lines", _split(parcel), idempotency_key="k1")
    again = officer_api.post("/changes/split_lines", _split(parcel), idempotency_key="k1")
    assert first.body["uid"] == again.body["uid"]
    other = officer_api.post("/changes/split_lines", _split(parcel, OTHER_CUT), idempotency_key="k1")
    assert (other.status_code, other.body["type"], other.body["field"]) == (409, "urn:ioc-map:error:key-reused", "Idempotency-Key")
    assert ParcelChange.objects.count() == 1


def test_another_version_of_the_change_is_412(officer_api: Caller, parcel: Parcel) -> None:
    """If-Match names what was seen."""
    uid = officer_api.post("/changes/split_lines", _split(parcel)).body["uid"]
    answer = officer_api.post(f"/changes/{uid}/submit", if_match='"7"')
    assert (answer.status_code, answer.body["version"], answer.body["state"]) == (412, 1, "draft")
    assert officer_api.post(f"/changes/{uid}/submit", if_match="yesterday").body["field"] == "If-Match"


def test_a_parcel_that_moved_on_is_409_with_both_states(desk: Desk, officer_api: Caller, approver_api: Caller, parcel: Parcel) -> None:
    """Two drafts on one parcel: the second is told what the first did."""
    late = officer_api.post("/changes/split_lines", _split(parcel, OTHER_CUT)).body["uid"]
    officer_api.post(f"/changes/{late}/submit")
    approver_api.post(f"/changes/{late}/approve")
    assert _published(officer_api, approver_api, _split(parcel)).status_code == 200
    answer = approver_api.post(f"/changes/{late}/publish")
    assert (answer.status_code, answer.body["type"]) == (409, "urn:ioc-map:error:stale-parcels")
    (both,) = answer.body["parcels"]
    assert (both["uid"], both["seen"]["version"], both["now"]["version"]) == (str(parcel.uid), 1, 2)
    assert (both["seen"]["live"], both["now"]["live"]) == (True, False)
    assert both["seen"]["wkt"].startswith("POLYGON")
    assert ParcelChange.objects.get(uid=late).state == "approved"


def test_a_screen_that_is_out_of_date_is_409_at_submission(desk: Desk, officer_api: Caller, parcel: Parcel) -> None:
    """`seen` carries what the editor showed."""
    desk.done("correct", parcel=str(parcel.uid), address="14 Trần Cao Vân")
    uid = officer_api.post("/changes/split_lines", _split(parcel, seen={str(parcel.uid): 1})).body["uid"]
    answer = officer_api.post(f"/changes/{uid}/submit")
    assert answer.status_code == 409
    assert answer.body["parcels"][0]["now"]["version"] == 2


def test_a_vertex_that_a_neighbour_brought_is_no_conflict(desk: Desk, officer_api: Caller, approver_api: Caller) -> None:
    """Two officers on two sides of one boundary: both changes go through, and the boundary stays common."""
    whole = slanted(60, 80)
    first = desk.parcel(whole, 1)
    desk.done("split_areas", parcel=str(first.uid), areas=[2400], bearing=343.0)
    north, south = desk.heads()
    waiting = desk.approved("split_areas", parcel=str(north.uid), areas=[1000], bearing=73.0)
    _published(
        officer_api,
        approver_api,
        {"reason": "Đơn 13", "params": {"parcel": str(south.uid), "areas": [900], "bearing": 73.0}},
        "split_areas",
    )
    assert desk.head(north).version == 2
    assert approver_api.post(f"/changes/{waiting.uid}/publish").status_code == 200
    assert len(desk.heads()) == 4


def test_the_author_never_approves(desk: Desk, officer_api: Caller, parcel: Parcel) -> None:
    """Also with both roles."""
    factories.jurisdiction(desk.officer, Role.APPROVER, desk.unit)
    both = caller(type(desk.officer).objects.get(pk=desk.officer.pk))
    uid = both.post("/changes/split_lines", _split(parcel)).body["uid"]
    both.post(f"/changes/{uid}/submit")
    answer = both.post(f"/changes/{uid}/approve")
    assert (answer.status_code, answer.body["type"]) == (403, "urn:ioc-map:error:same-hands")


def test_a_returned_change_can_be_mended(desk: Desk, officer_api: Caller, approver_api: Caller, parcel: Parcel) -> None:
    """The note says why; a new content brings it back to a draft."""
    uid = officer_api.post("/changes/split_lines", _split(parcel)).body["uid"]
    officer_api.post(f"/changes/{uid}/submit")
    assert approver_api.post(f"/changes/{uid}/return").body["field"] == "note"
    returned = approver_api.post(f"/changes/{uid}/return", {"note": "Thiếu bản đo"})
    assert (returned.body["state"], returned.body["steps"][-1]["note"]) == ("returned", "Thiếu bản đo")
    mended = officer_api.send("PUT", f"/changes/{uid}", _split(parcel, OTHER_CUT))
    assert (mended.body["state"], mended.body["params"]["lines"][0][0][0]) == ("draft", OTHER_CUT[0][0])
    assert officer_api.post(f"/changes/{uid}/submit").body["state"] == "checked"
    assert officer_api.post(f"/changes/{uid}/withdraw").body["state"] == "withdrawn"
    assert officer_api.post(f"/changes/{uid}/submit").status_code == 409


@pytest.mark.parametrize(
    ("kind", "params", "field"),
    [
        ("split_areas", {"areas": [0], "side": "west"}, "params.areas.0"),
        ("split_areas", {"areas": [10]}, "params"),
        ("split_areas", {"areas": [10], "side": "up"}, "params.side"),
        ("split_areas", {"areas": ["x" * 10_000], "side": "west"}, "params.areas.0"),
        ("split_lines", {"lines": [[[577400, 1722500]]]}, "params.lines.0"),
        ("split_lines", {"lines": [[[108.4, 15.5], [108.5, 15.6]]]}, "params.lines.0"),
        ("split_lines", {"lines": []}, "params.lines"),
        ("split_lines", {"lines": [[[577400, 1722500], [577400, 1722500]]]}, "params.lines.0"),
        ("correct_corners", {"moves": []}, "params.moves"),
        ("change_use", {"uses": [{"code": "ODT", "area_m2": -1}]}, "params.uses.0.area_m2"),
        ("correct", {"color": "red"}, "params.color"),
    ],
)
def test_wrong_input_is_400_and_names_the_field(officer_api: Caller, parcel: Parcel, kind: str, params: dict[str, Any], field: str) -> None:
    """The sentence says the fault and what is accepted."""
    answer = officer_api.post(f"/changes/{kind}", {"reason": "Đơn 1", "params": {"parcel": str(parcel.uid), **params}})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.body["field"].startswith(field)
    assert answer.body["detail"]


def test_a_body_that_is_no_json_is_400(officer_api: Caller) -> None:
    """Never 500."""
    answer = officer_api.client.post("/api/land/changes/merge", b"{", content_type="application/json")
    assert answer.status_code == 400
    assert officer_api.post("/changes/merge", {"reason": "x" * 600}).status_code == 400
    assert officer_api.post("/changes/nonsense", {}).status_code in (404, 405)
