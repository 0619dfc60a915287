"""Transfers, mortgages, disputes and certificates."""

import pytest

from land.models import Certificate, Parcel, Party, Restriction, Right
from tests.land.desk import LONG_AGO, Desk
from tests.land.ground import slanted


@pytest.fixture
def parcel(desk: Desk) -> Parcel:
    """A parcel in one hand."""
    row = desk.parcel(slanted(), 1)
    desk.holder(row)
    return row


def _party(name: str) -> Party:
    return Party.objects.create(kind=Party.Kind.PERSON, name=name)


def _hands(parcel: Parcel) -> dict[str, str]:
    rights = Right.objects.filter(parcel=parcel, valid_to__isnull=True).select_related("party")
    return {right.party.name: f"{right.numerator}/{right.denominator}" for right in rights}


@pytest.mark.parametrize("kind", ["transfer", "inherit", "gift"])
def test_a_parcel_goes_to_new_hands(desk: Desk, parcel: Parcel, kind: str) -> None:
    """Old rights end on the day, new ones begin; the outline keeps its bytes, the version grows."""
    first, second = _party("Trần Văn Cam"), _party("Lê Thị Dâu")
    Certificate.objects.create(parcel=parcel, serial="BX 000001", register_no="1", issued_on=LONG_AGO)
    shares = [{"party": str(first.uid), "numerator": 2, "denominator": 3}, {"party": str(second.uid), "numerator": 1, "denominator": 3}]
    change = desk.done(kind, parcel=str(parcel.uid), holders=shares)
    assert _hands(parcel) == {"Trần Văn Cam": "2/3", "Lê Thị Dâu": "1/3"}
    head = desk.head(parcel)
    assert (head.version, bytes(head.geom.wkb)) == (2, bytes(parcel.geom.wkb))
    assert Certificate.objects.get(serial="BX 000001").status == "outdated"
    assert "Trần" not in str(change.params) + str(change.papers) + str(change.report)
    desk.done("undo", change=str(change.uid))
    assert _hands(parcel) == {"Nguyễn Thị Bưởi": "1/1"}
    assert Certificate.objects.get(serial="BX 000001").status == "valid"


def test_a_holder_nobody_knows_is_refused(desk: Desk, parcel: Parcel) -> None:
    """By number, never by name."""
    unknown = "00000000-0000-4000-8000-000000000000"
    assert desk.refused("transfer", parcel=str(parcel.uid), holders=[{"party": unknown}]) == ["unknown-party"]
    assert desk.refused("mortgage", parcel=str(parcel.uid), creditor=unknown, reference="HĐ 5/2026") == ["unknown-party"]


def test_a_mortgage_forbids_until_it_is_released(desk: Desk, parcel: Parcel) -> None:
    """To divide, to merge, to hand on; its release sets the parcel free."""
    bank = _party("Ngân hàng Thu Bồn")
    desk.done("mortgage", parcel=str(parcel.uid), creditor=str(bank.uid), reference="HĐ 5/2026")
    heir = _party("Trần Văn Cam")
    assert desk.refused("split_areas", parcel=str(parcel.uid), areas=[100], side="west") == ["restricted"]
    assert desk.refused("gift", parcel=str(parcel.uid), holders=[{"party": str(heir.uid)}]) == ["restricted"]
    restriction = Restriction.objects.get(parcel=parcel)
    desk.done("release", parcel=str(parcel.uid), restriction=restriction.pk)
    assert desk.refused("release", parcel=str(parcel.uid), restriction=restriction.pk) == ["unknown-restriction"]
    desk.done("gift", parcel=str(parcel.uid), holders=[{"party": str(heir.uid)}])
    assert _hands(parcel) == {"Trần Văn Cam": "1/1"}


def test_disputes_and_blocks_show_on_the_map(desk: Desk, parcel: Parcel) -> None:
    """The gravest restriction in force is the parcel's status."""
    desk.done("restrict", parcel=str(parcel.uid), restriction="dispute", reference="Đơn khiếu nại 3")
    assert desk.head(parcel).status == "disputed"
    desk.done("restrict", parcel=str(parcel.uid), restriction="block", reference="QĐ 7")
    assert desk.head(parcel).status == "blocked"
    block, dispute = (Restriction.objects.get(parcel=parcel, kind=kind) for kind in ("block", "dispute"))
    desk.done("release", parcel=str(parcel.uid), restriction=block.pk)
    assert desk.head(parcel).status == "disputed"
    desk.done("release", parcel=str(parcel.uid), restriction=dispute.pk)
    assert desk.head(parcel).status == "active"


def test_certificates_are_issued_replaced_and_revoked(desk: Desk, parcel: Parcel) -> None:
    """One that holds at a time; a serial number is given once."""
    issue = {"parcel": str(parcel.uid), "serial": "DA 111111", "register_no": "CH 7"}
    assert desk.refused("replace_certificate", **issue) == ["no-certificate"]
    desk.done("issue_certificate", **issue)
    assert desk.refused("issue_certificate", **issue) == ["serial-taken", "certificate-holds"]
    desk.done("replace_certificate", parcel=str(parcel.uid), serial="DA 222222", register_no="CH 8")
    old, new = (Certificate.objects.get(serial=serial) for serial in ("DA 111111", "DA 222222"))
    assert (old.status, old.replaced_by, new.status) == ("replaced", new, "valid")
    change = desk.done("revoke_certificate", parcel=str(parcel.uid), serial="DA 222222", decision="QĐ 9/2026")
    new.refresh_from_db()
    assert new.status == "revoked"
    assert desk.refused("revoke_certificate", parcel=str(parcel.uid), serial="DA 222222", decision="QĐ 9") == ["unknown-certificate"]
    desk.done("undo", change=str(change.uid))
    new.refresh_from_db()
    assert new.status == "valid"


def test_the_state_takes_a_parcel_back(desk: Desk, parcel: Parcel) -> None:
    """Rights end, certificates are revoked, the parcel stays."""
    Certificate.objects.create(parcel=parcel, serial="BX 000002", register_no="2", issued_on=LONG_AGO)
    desk.done("recover", parcel=str(parcel.uid), decision="QĐ 100/QĐ-UBND")
    assert _hands(parcel) == {}
    assert Certificate.objects.get(serial="BX 000002").status == "revoked"
    assert desk.head(parcel).valid_to is None


def test_an_undone_split_gives_rights_back_to_the_parent(desk: Desk, parcel: Parcel) -> None:
    """And takes them from the children; a transfer in between must be undone first."""
    change = desk.done("split_areas", parcel=str(parcel.uid), areas=[800], side="west")
    child = desk.heads()[0]
    sale = desk.done("transfer", parcel=str(child.uid), holders=[{"party": str(_party("Trần Văn Cam").uid)}])
    assert desk.refused_undo(change) == ["changed-since"]
    desk.done("undo", change=str(sale.uid))
    desk.done("undo", change=str(change.uid))
    assert _hands(parcel) == {"Nguyễn Thị Bưởi": "1/1"}
    assert _hands(child) == {}
