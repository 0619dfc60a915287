"""The matrix: every address of land's API × everybody. Unknown and forbidden are the same answer."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from gis_core.models import Role, User
from land.models import Parcel, ParcelChange, ParcelImport, Party, PersonalDataRead
from land.workflow import steps
from tests import factories
from tests.land.api.caller import Caller, caller
from tests.land.desk import Desk
from tests.land.ground import slanted
from tests.world import World

NAME = "Nguyễn Thị Bưởi"
SECRETS = (NAME, "049180001234")
# Who draws, who approves, who reads parcels; everybody else is a stranger to the cadastre.
OUTSIDERS = ("sibling", "stranger", "anonymous", "field", "analyst", "leader", "operator")
# What whoever sees a parcel may read of it.
_OPEN = (
    *("parcels", "parcels/<uid>", "parcels/<uid>/history", "parcels/<uid>/extract"),
    *("sheets/<number>/plot", "statistics/areas", "exports/<format>"),
)
_STEPS = ("submit", "check", "approve", "withdraw", "publish")


@dataclass
class File:
    """A parcel with a holder, a checked change on it, and an import."""

    parcel: Parcel
    party: Party
    change: ParcelChange
    job: ParcelImport


@pytest.fixture
def file(desk: Desk) -> File:
    """In unit A."""
    parcel = desk.parcel(slanted(), 1)
    party = desk.holder(parcel, NAME)
    change = desk.draft("split_areas", parcel=str(parcel.uid), areas=[100], side="west")
    job = ParcelImport.objects.create(
        unit=desk.unit, author=desk.officer, name="tờ 900.gpkg", state="checked", report={"bad": [], "hopeless": True}
    )
    return File(parcel, party, steps.submit(desk.officer, change.uid), job)


def _people(desk: Desk, world: World) -> dict[str, Caller]:
    def engaged(role: str, unit: str) -> Caller:
        user = factories.user()
        factories.jurisdiction(user, role, world.units[unit])
        return caller(user)

    return {
        "officer": caller(desk.officer),
        "approver": caller(desk.approver),
        "sibling": engaged(Role.LAND_OFFICER, "B"),
        "field": engaged(Role.FIELD_STAFF, "A"),
        "analyst": engaged(Role.ANALYST, "đà nẵng"),
        "leader": engaged(Role.LEADER, "đà nẵng"),
        "operator": engaged(Role.OPERATOR, "đà nẵng"),
        "stranger": caller(factories.user()),
        "anonymous": caller(None),
    }


def _requests(file: File) -> dict[str, tuple[str, str, Any]]:
    """One request for each address."""
    parcel, change, job = file.parcel.uid, file.change.uid, file.job.uid
    correction = {"reason": "Đơn 1", "params": {"parcel": str(parcel), "address": "Kiệt 3"}}
    return {
        "parcels": ("GET", "/parcels?sheet=900&number=1", None),
        "parcels/<uid>": ("GET", f"/parcels/{parcel}", None),
        "parcels/<uid>/history": ("GET", f"/parcels/{parcel}/history", None),
        "parcels/<uid>/extract": ("GET", f"/parcels/{parcel}/extract", None),
        "parcels/<uid>/holders": ("GET", f"/parcels/{parcel}/holders?purpose=thử", None),
        "holders": ("GET", "/holders?q=Nguyễn&purpose=thử", None),
        "changes": ("GET", "/changes", None),
        "changes/<uid>": ("GET", f"/changes/{change}", None),
        "changes/<uid>/holders": ("GET", f"/changes/{change}/holders?purpose=thử", None),
        **{
            f"changes/<uid>/{step}": ("POST", f"/changes/{change}/{step}", {})
            for step in ("submit", "check", "approve", "withdraw", "publish")
        },
        "sheets/<number>/plot": ("GET", "/sheets/900/plot?unit=20341", None),
        "statistics/areas": ("GET", "/statistics/areas", None),
        "documents": ("POST", "/documents", {}),
        "documents/<uid>/scan": ("GET", f"/documents/{change}/scan", None),
        "changes/<uid>/return": ("POST", f"/changes/{change}/return", {"note": "Thiếu"}),
        "imports": ("GET", "/imports", None),
        "imports/<uid>": ("GET", f"/imports/{job}", None),
        "imports/<uid>/problems": ("GET", f"/imports/{job}/problems", None),
        "imports/<uid>/outlines": ("GET", f"/imports/{job}/outlines?bbox=1,1,2,2", None),
        "imports/<uid>/answers": ("POST", f"/imports/{job}/answers", {}),
        "imports/<uid>/submit": ("POST", f"/imports/{job}/submit", {}),
        "imports/<uid>/approve": ("POST", f"/imports/{job}/approve", {}),
        "imports/<uid>/return": ("POST", f"/imports/{job}/return", {"note": "Thiếu"}),
        "imports/<uid>/cancel": ("POST", f"/imports/{job}/cancel", {}),
        "exports/<format>": ("GET", "/exports/geojson?sheet=900", None),
        "changes/correct": ("POST", "/changes/correct", correction),
        "changes/correct/trial": ("POST", "/changes/correct/trial", correction),
    }


@pytest.mark.parametrize("name", OUTSIDERS)
def test_nobody_else_does_or_reads_anything(desk: Desk, world: World, file: File, name: str) -> None:
    """Neither a step nor a name; parcels themselves only as their layer shows them. An empty list where lists are, for whom they are."""
    person = _people(desk, world)[name]
    sees_parcels = name in ("field", "analyst", "leader", "operator")
    for address, (method, path, body) in _requests(file).items():
        answer = person.send(method, path, body)
        text = answer.content.decode(errors="replace")
        assert not any(secret in text for secret in SECRETS), address
        if name == "anonymous":
            assert answer.status_code == 401, address
        elif name == "stranger":
            assert answer.status_code == 404, address
        elif sees_parcels and address in _OPEN:
            assert answer.status_code == 200, address
        elif address == "documents":
            # Of another unit's parcel: tests/land/api/test_documents.py. What a form lacks is told to officers alone.
            assert answer.status_code == (400 if name == "sibling" else 404), address
        elif address == "statistics/areas":
            # The sibling's own unit may have parcels of the world's.
            assert all(line["path"] != "48/20341/" for line in answer.body), address
        elif address in ("parcels", "changes", "imports") or (address == "holders" and name == "sibling"):
            assert (answer.status_code, answer.body) == (200, []), address
        else:
            assert answer.status_code == 404, address
    file.change.refresh_from_db()
    assert file.change.state == "checked"
    assert not PersonalDataRead.objects.filter(party=file.party).exists()


@pytest.mark.parametrize(
    "path", ["/holders", "/parcels", "/sheets/1/plot", "/exports/x", "/documents", "/imports?x", "/statistics/areas?format=x"]
)
def test_what_is_wrong_with_a_request_is_told_to_whoever_may_send_it(desk: Desk, path: str) -> None:
    """An account without such work is not told of the address's fields, for there is no such address."""
    method = "POST" if path == "/documents" else "GET"
    assert caller(factories.user()).send(method, path).status_code == 404
    assert caller(None).send(method, path).status_code == 401
    assert caller(desk.officer).send(method, path).status_code in (200, 400), "an officer is"


@pytest.mark.parametrize("name", ["sibling", "stranger", "field"])
def test_forbidden_is_the_same_answer_as_unknown(desk: Desk, world: World, file: File, name: str) -> None:
    """Byte for byte, but for the request's number."""
    person = _people(desk, world)[name]
    for address in ("parcels/<uid>/holders", "changes/<uid>", "changes/<uid>/approve"):
        method, path, body = _requests(file)[address]
        known = person.send(method, path, body)
        unknown = person.send(method, re.sub(r"[0-9a-f-]{36}", str(uuid4()), path), body)
        assert (known.status_code, known.body["detail"]) == (unknown.status_code, unknown.body["detail"])


def test_steps_belong_to_their_roles(desk: Desk, world: World, file: File) -> None:
    """An officer does not approve, an approver does not draw or hand in."""
    people = _people(desk, world)
    requests = _requests(file)
    for step in ("approve", "return", "publish"):
        method, path, body = requests[f"changes/<uid>/{step}"]
        assert people["officer"].send(method, path, body).status_code == 404, step
    for address in ("changes/correct", "changes/correct/trial", "changes/<uid>/submit", "changes/<uid>/withdraw"):
        method, path, body = requests[address]
        assert people["approver"].send(method, path, body).status_code == 404, address


def test_an_officer_does_not_touch_a_colleagues_draft(desk: Desk, world: World, file: File) -> None:
    """In the same unit it is seen, but only its author hands it in."""
    colleague = factories.user()
    factories.jurisdiction(colleague, Role.LAND_OFFICER, world.units["A"])
    api = caller(colleague)
    assert api.get(f"/changes/{file.change.uid}").status_code == 200
    assert api.post(f"/changes/{file.change.uid}/withdraw").status_code == 403


def test_reading_holders_is_written_down(desk: Desk, world: World, file: File) -> None:
    """Who, whose, of which parcel, for what; no purpose, no answer."""
    officer = _people(desk, world)["officer"]
    assert officer.get(f"/parcels/{file.parcel.uid}/holders").status_code == 400
    answer = officer.get(f"/parcels/{file.parcel.uid}/holders", purpose="hồ sơ 12/2026")
    assert answer.body["rights"][0]["holder"]["name"] == NAME
    (read,) = PersonalDataRead.objects.all()
    assert (read.user, read.party, read.parcel, read.purpose) == (desk.officer, file.party, file.parcel, "hồ sơ 12/2026")
    found = officer.get("/holders", q="nguyễn thị", purpose="tra cứu")
    assert found.body[0]["parcels"] == [str(file.parcel.uid)]
    assert PersonalDataRead.objects.count() == 2


def test_holders_stand_in_no_other_answer(desk: Desk, world: World, file: File) -> None:
    """Not in parcels, changes, reports or histories, even for those who may read them."""
    for name in ("officer", "approver"):
        person = _people(desk, world)[name]
        for address, (method, path, body) in _requests(file).items():
            if "holders" not in address and method == "GET":
                assert not any(secret in person.send(method, path, body).content.decode(errors="replace") for secret in SECRETS), address


def test_every_address_is_in_the_matrix(file: File) -> None:
    """A new one that nobody put into it fails here. Verbs have one rule, so one of them stands for all."""
    routes = {
        re.sub(r"<(?:uuid(?:str)?|int):(\w+)>", r"<\1>", route.removeprefix("api/land/"))
        for route in _routes()
        if route.startswith("api/land/")
    }
    verbs = {kind for kind, _label in ParcelChange.Kind.choices}
    routes = {re.sub(r"^changes/(\w+)", lambda found: "changes/correct" if found[1] in verbs else found[0], route) for route in routes}
    assert routes == set(_requests(file))


def _routes(resolver: URLResolver | None = None, prefix: str = "") -> list[str]:
    found: list[str] = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        found += [route] if isinstance(entry, URLPattern) else _routes(entry, route)
    return found


def test_a_foreign_page_cannot_write_with_the_session(desk: Desk, file: File) -> None:
    """Without the CSRF token of the session; an access token needs none."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.officer)
    path = f"/api/land/changes/{file.change.uid}/withdraw"
    assert strict.post(path, "{}", content_type="application/json").status_code == 403
    secret = factories.token(User.objects.get(pk=desk.officer.pk))
    bare = Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {secret}"}
    assert bare.post(path, "{}", content_type="application/json", headers=headers).status_code == 200
