"""Changes that are written, not drawn: each form from the menu to the register."""

import json
from pathlib import Path

import pytest

from land.models import Certificate, ParcelChange, ParcelLandUse, Party, PersonalDataRead, Restriction, Right
from land.workflow import steps
from tests.browser.conftest import Visitor
from tests.browser.land_office import Office, Screen
from tests.world import World

WIDE = {"width": 1920, "height": 1080}


@pytest.fixture
def office(scratch: World, visit: Visitor) -> Office:
    """Three parcels side by side."""
    return Office.open(scratch, visit)


def _carried_out(office: Office, uid: str) -> ParcelChange:
    """Approved and published, by the workflow itself."""
    change = ParcelChange.objects.get(uid=uid)
    steps.approve(office.desk.approver, change.uid)
    return steps.publish(office.desk.approver, change.uid)


def test_other_uses_by_the_keyboard_with_a_paper(office: Office, tmp_path: Path) -> None:
    """6, arrows, Enter; areas that do not add up are told before anybody is asked; the approver reads the paper."""
    screen = office.at_parcel(0, viewport=WIDE)
    page = screen.seen.page
    page.keyboard.press("6")
    page.wait_for_selector("dialog.kinds[open]")
    for _step in range(20):
        if page.evaluate("document.activeElement.dataset.form") == "change_use":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    screen.press("Thêm loại đất")
    rows = page.locator(".uses-form tbody tr")
    rows.nth(1).locator("select").first.select_option("CLN")
    rows.nth(1).locator("[inputmode=decimal]").fill("300")
    rows.nth(1).locator("[inputmode=decimal]").press("Tab")
    screen.seen.until("document.querySelector('.group .hint[data-state=open]') !== null")
    rows.nth(0).get_by_role("button", name="Phần còn lại").click()
    screen.rules_kept()
    scan = tmp_path / "quyet-dinh.pdf"
    scan.write_bytes(b"%PDF-1.4\n%%EOF\n")
    page.click("summary:has-text('Thêm giấy tờ')")
    screen.fill(number="1204/QĐ-UBND")
    page.set_input_files("#panel [name=scan]", str(scan))
    screen.press("Ghi nhận")
    screen.seen.until("document.querySelectorAll('.papers li').length === 1")
    screen.rules_kept()
    uid = screen.submitted()
    reader = office.at_change(office.approver, uid)
    assert "1204/QĐ-UBND" in reader.text()
    with reader.seen.page.expect_download() as download:
        reader.seen.page.click(".paper a")
    assert Path(download.value.path()).read_bytes() == scan.read_bytes()
    assert PersonalDataRead.objects.filter(user=office.desk.approver, purpose__startswith="document").count() == 1
    office.publish(uid)
    uses = ParcelLandUse.objects.filter(parcel=office.desk.head(office.parcels[0])).order_by("-area_m2")
    assert [(use.code_id, use.area_m2) for use in uses] == [("ODT", 900.0), ("CLN", 300.0)]
    screen.seen.is_clean()


def test_a_gift_to_a_holder_who_is_not_recorded_yet(office: Office) -> None:
    """Written down beside one who is found; equal shares; names stand in no storage of the browser."""
    office.desk.holder(office.parcels[0], "Trần Văn Cúc")
    screen = office.at_parcel(0).form("gift")
    page = screen.seen.page
    screen.fill(q="Trần Văn", **{"holder-purpose": "hồ sơ 12"})
    page.press('#panel [name="holder-purpose"]', "Enter")
    page.click(".results__line:has-text('Trần Văn Cúc')")
    page.click("summary:has-text('Người chưa có trong hồ sơ')")
    screen.fill(**{"new-name": "Lê Thị Sen", "new-id": "049190004321"}).press("Ghi nhận")
    screen.seen.until("document.querySelectorAll('.shares li').length === 2")
    screen.rules_kept()
    kept = json.dumps(page.evaluate("Object.values(localStorage)"), ensure_ascii=False)
    assert "gift" in kept
    assert not any(secret in kept for secret in ("Sen", "Cúc", "049190004321"))
    uid = screen.submitted()
    reader = office.at_change(office.approver, uid)
    assert "Sen" not in reader.text()
    reader.seen.page.fill('#panel [name="reveal-purpose"]', "duyệt hồ sơ 12")
    reader.press("Xem tên")
    reader.seen.until("document.querySelector('#panel').innerText.includes('Lê Thị Sen')")
    _carried_out(office, uid)
    rights = Right.objects.filter(parcel=office.desk.head(office.parcels[0]), valid_to=None).order_by("pk")
    assert [(right.party.name, right.numerator, right.denominator) for right in rights] == [("Trần Văn Cúc", 1, 2), ("Lê Thị Sen", 1, 2)]


def test_a_mortgage_and_its_release(office: Office) -> None:
    """While it lives a transfer is refused by name."""
    bank = Party.objects.create(kind="organisation", name="Ngân hàng Mẫu", created_by=office.desk.officer)
    screen = office.at_parcel(1).form("mortgage")
    screen.fill(reference="HĐTC 07/2026", q="Ngân hàng", **{"holder-purpose": "hồ sơ 13"})
    screen.seen.page.press('#panel [name="holder-purpose"]', "Enter")
    screen.seen.page.click(".results__line:has-text('Ngân hàng Mẫu')")
    _carried_out(office, screen.rules_kept().submitted())
    restriction = Restriction.objects.get(parcel=office.desk.head(office.parcels[1]))
    assert (restriction.creditor, restriction.kind) == (bank, "mortgage")
    screen = office.at_parcel(1).form("recover").fill(decision="QĐ 15/2026")
    screen.seen.until("Boolean(document.querySelector('.violation[data-code=restricted]'))")
    screen = office.at_parcel(1).form("release").fill(**{"release-purpose": "hồ sơ 14"})
    screen.press("Xem các hạn chế đang có").rules_kept()
    assert "HĐTC 07/2026" in screen.text()
    _carried_out(office, screen.submitted())
    restriction.refresh_from_db()
    assert restriction.valid_to


def test_the_short_forms(office: Office) -> None:
    """A dispute, a certificate issued, replaced and revoked, a correction, a recovery: each from the menu, one after the other."""
    parcel = office.parcels[2]
    forms = [
        ("issue_certificate", {"serial": "DA 123456", "register_no": "CS 0001"}),
        ("replace_certificate", {"serial": "DA 123457", "register_no": "CS 0002"}),
        ("revoke_certificate", {"serial": "DA 123457", "decision": "QĐ 20/2026"}),
        ("correct", {"address": "Kiệt 9 Trần Cao Vân", "legal_area_m2": "1.199,5"}),
        ("recover", {"decision": "QĐ 21/2026"}),
        ("restrict", {"reference": "Đơn khiếu nại 3"}),
    ]
    for kind, values in forms:
        screen = office.at_parcel(2).form(kind).fill(**values).rules_kept()
        _carried_out(office, screen.submitted())
    certificates = Certificate.objects.filter(parcel__uid=parcel.uid).order_by("serial")
    assert [(one.serial, one.status) for one in certificates] == [("DA 123456", "replaced"), ("DA 123457", "revoked")]
    head = office.desk.head(parcel)
    assert (head.address, head.legal_area_m2, head.status) == ("Kiệt 9 Trần Cao Vân", 1199.5, "disputed")


def test_a_published_change_is_undone_from_its_panel(office: Office) -> None:
    """A change of its own, with a reason and an approver."""
    done = office.desk.done("split_areas", parcel=str(office.parcels[0].uid), areas=[500], side="west")
    screen = Screen(office.visit(office.officer, f"/land/#change={done.uid}")).in_state("published")
    screen.press("Hoàn tác biến động này").rules_kept()
    office.publish(screen.submitted("Nhập nhầm thửa"))
    head = office.desk.head(office.parcels[0])
    assert (head.status, head.valid_to, head.area_m2) == ("active", None, 1200.0)


def test_a_form_survives_a_closed_browser(office: Office) -> None:
    """What was filled in is offered again, in the same form."""
    screen = office.at_parcel(0).form("recover").fill(decision="QĐ 30/2026").rules_kept()
    page = screen.seen.page
    page.goto(f"{screen.seen.origin}/land/")
    screen.press("Vẽ tiếp").rules_kept()
    assert page.input_value('#panel [name="decision"]') == "QĐ 30/2026"
