"""Parcels by Transaction: land's rules hold, their text reaches the person, and who holds a parcel is told."""

from typing import Any

import pytest

from gis_core.models import Role
from land.models import Parcel, ParcelChange
from land.workflow import steps
from tests import factories
from tests.cast import Person
from tests.wfs.bodies import by_fid, delete, first, insert, properties, update
from tests.wfs.client import NS, Wfs, fault, xml
from tests.world import World

RING = "578000,1720000 578010,1720000 578010,1720010 578000,1720000"
_BOUNDARY = f"<gml:LinearRing><gml:coordinates>{RING}</gml:coordinates></gml:LinearRing>"
TRIANGLE = f"<gml:Polygon><gml:outerBoundaryIs>{_BOUNDARY}</gml:outerBoundaryIs></gml:Polygon>"


@pytest.fixture
def clerk(scratch: World) -> Person:
    return scratch.cast["officer"]


def own(scratch: World) -> Parcel:
    found: Parcel = Parcel._default_manager.get(pk=scratch.row("parcels", "A").pk)
    return found


def message(answer: Any) -> str:
    root = xml(answer)
    assert root.find(".//wfs1:SUCCESS", NS) is not None, answer.text
    return root.findtext(".//wfs1:Message", namespaces=NS) or ""


def test_an_edit_becomes_a_change_that_waits(wfs: Wfs, clerk: Person, scratch: World) -> None:
    parcel = own(scratch)
    answer = wfs.post(first(update(f"parcels.{parcel.pk}", {"address": "5 Phan Bội Châu"})), clerk)
    assert len(message(answer)) > 10
    change = ParcelChange.objects.get()
    assert (change.kind, change.state, change.author) == ("correct", "checked", clerk.user)
    assert str(change.uid) in answer.headers["Link"]
    assert own(scratch).address == parcel.address  # until another person has approved it


def test_a_repeated_edit_is_one_change(wfs: Wfs, clerk: Person, scratch: World) -> None:
    body = first(update(f"parcels.{own(scratch).pk}", {"address": "5 Phan Bội Châu"}))
    assert message(wfs.post(body, clerk)) == message(wfs.post(body, clerk))
    assert ParcelChange.objects.count() == 1


@pytest.mark.parametrize(
    "inside",
    [
        insert("parcels", TRIANGLE, "<sheet_no>9</sheet_no>"),
        delete("parcels.{pk}"),
        update("parcels.{pk}", {"land_use": "ODT"}),
        update("parcels.{pk}", {"geom": TRIANGLE}),
    ],
    ids=["new ground", "vanished ground", "another use", "another shape"],
)
def test_what_has_no_verb_names_the_page(wfs: Wfs, clerk: Person, scratch: World, inside: str) -> None:
    answer = wfs.post(first(inside.replace("{pk}", str(own(scratch).pk))), clerk)
    assert answer.status_code == 200
    assert len(fault(answer)[2]) > 20
    assert not ParcelChange.objects.exists()


def test_a_parcel_of_the_neighbour_is_not_there(wfs: Wfs, clerk: Person, scratch: World) -> None:
    other, nowhere = scratch.row("parcels", "B").pk, 987_654_321
    told = [fault(wfs.post(first(update(f"parcels.{pk}", {"address": "x"})), clerk)) for pk in (other, nowhere)]
    assert told[0] == told[1]


def test_who_holds_a_parcel_is_told(wfs: Wfs, clerk: Person, scratch: World) -> None:
    """Checked out to a colleague's open change instead of locked: the sentence names the colleague."""
    parcel = own(scratch)
    colleague = factories.user("colleague.world")
    colleague.first_name, colleague.last_name = "Bình", "Trần"
    colleague.save()
    factories.jurisdiction(colleague, Role.LAND_OFFICER, scratch.units["A"])
    draft = steps.draft(colleague, steps.Draft("correct", {"parcel": str(parcel.uid), "address": "7 Phan Bội Châu"}, "đo lại"))
    body = first(update(f"parcels.{parcel.pk}", {"address": "5 Phan Bội Châu"}))
    text = fault(wfs.post(body, clerk))[2]
    assert "Bình" in text and f"{parcel.sheet_no}/{parcel.parcel_no}" in text
    assert ParcelChange.objects.filter(author=clerk.user).count() == 0
    steps.withdraw(colleague, draft.uid)
    message(wfs.post(body, clerk))


def test_a_filter_of_several_parcels_is_one_refusal(wfs: Wfs, clerk: Person, scratch: World) -> None:
    keys = [row.pk for row in scratch.rows["parcels"] if row.home == "A"]
    condition = by_fid(*(f"parcels.{key}" for key in keys))
    both = f'<Update typeName="ioc:parcels">{properties({"address": "x"})}{condition}</Update>'
    assert len(fault(wfs.post(first(both), clerk))[2]) > 20
    assert not ParcelChange.objects.exists()
