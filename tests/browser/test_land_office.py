"""The office's work at `/land/`: what survives, what is refused, what others do meanwhile, and what fits a phone."""

import time

import pytest

from gis_core import crs
from tests.browser.conftest import Visitor
from tests.browser.land_office import Office, Screen
from tests.world import World


@pytest.fixture
def office(scratch: World, visit: Visitor) -> Office:
    """Three parcels side by side."""
    return Office.open(scratch, visit)


def _cut(office: Office, index: int, area: str = "500") -> Screen:
    screen = office.at_parcel(index).tool("split_areas")
    screen.seen.page.fill("#areas", area)
    screen.seen.page.press("#areas", "Enter")
    return screen.rules_kept()


def test_a_parcels_page_tells_its_neighbours_and_history(office: Office) -> None:
    """Read from the API; nothing is complained about."""
    screen = office.at_parcel(1)
    screen.seen.until("document.querySelectorAll('.kin__line').length >= 2 && document.querySelectorAll('.history__line').length >= 1")
    text = screen.text()
    assert "Thửa 2, tờ 900" in text
    assert {"Thửa 1, tờ 900", "Thửa 3, tờ 900"} <= {found.strip() for found in text.splitlines()}
    screen.seen.is_clean()


def test_holders_are_shown_on_demand_with_a_purpose(office: Office) -> None:
    """Never before."""
    office.desk.holder(office.parcels[1], "Nguyễn Thị Bưởi")
    screen = office.at_parcel(1)
    assert "Bưởi" not in screen.text()
    screen.seen.page.fill("#panel input[name=purpose]", "Hồ sơ 12")
    screen.press("Xem")
    screen.seen.until("document.querySelector('#panel').innerText.includes('Nguyễn Thị Bưởi')")


def test_search_by_sheet_and_number_opens_the_parcel(office: Office) -> None:
    """From the work list, by keyboard: slash, numbers, Enter."""
    seen = office.visit(office.officer, "/land/")
    seen.until("Boolean(window.land && document.querySelector('.segmented'))")
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("900")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.type("3")
    seen.page.keyboard.press("Enter")
    seen.until("document.querySelector('.panel-title')?.innerText === 'Thửa 3, tờ 900'")
    assert str(office.parcels[2].uid) in seen.page.url


def test_broken_rules_are_named_at_once(office: Office) -> None:
    """A line that ends inside the parcel."""
    centre = office.shape(0).centroid
    screen = office.at_parcel(0).tool("split_lines")
    screen.click((centre.x, centre.y)).click((centre.x + 5, centre.y + 5), twice=True)
    screen.seen.until("Boolean(document.querySelector('.violation[data-code=line-misses]'))")
    assert "không chia được thửa" in screen.text()


def test_what_is_drawn_survives_a_closed_window(office: Office) -> None:
    """Another window of the same browser offers it, with its reason; saved, it is gone from there."""
    screen = _cut(office, 0)
    screen.seen.page.fill("#reason", "Đơn dở dang")
    context = screen.seen.page.context
    screen.seen.page.close()
    seen = screen.seen
    seen.page = context.new_page()
    seen.open("/land/").until("Boolean(document.querySelector('.unfinished'))")
    again = Screen(seen).press("Vẽ tiếp").rules_kept()
    assert seen.page.input_value("#reason") == "Đơn dở dang"
    assert seen.page.input_value("#areas") == "500"
    again.press("Lưu nháp").in_state("draft")
    seen.page.goto(f"{seen.origin}/land/")
    seen.until("Boolean(document.querySelector('.work__line'))")
    assert seen.page.locator(".unfinished").count() == 0


def test_a_returned_change_is_drawn_again(office: Office) -> None:
    """The approver says why; the officer finds the drawing as it was and hands in another one."""
    uid = _cut(office, 0).submitted()
    approver = office.at_change(office.approver, uid)
    approver.seen.page.fill("#note", "Sai diện tích")
    approver.press("Trả lại").in_state("returned")
    seen = office.visit(office.officer, f"/land/#change={uid}")
    screen = Screen(seen).in_state("returned")
    assert "Sai diện tích" in screen.text()
    screen.press("Sửa bản vẽ").rules_kept()
    seen.page.fill("#areas", "450")
    seen.page.press("#areas", "Tab")
    seen.page.wait_for_timeout(300)
    screen.rules_kept()
    assert screen.submitted("Đơn số 12, sửa") == uid
    office.publish(uid)
    assert sorted(row.area_m2 for row in office.desk.heads() if row.parcel_no > 3)[0] == pytest.approx(450, abs=0.01)


def test_an_author_is_offered_no_approval(office: Office) -> None:
    """The steps of the other one are not even shown."""
    screen = _cut(office, 0)
    screen.submitted()
    assert "Phê duyệt" not in screen.text()
    assert "Rút hồ sơ" in screen.text()


def test_a_conflict_shows_both_shapes(office: Office) -> None:
    """Somebody publishes a change of the parcel under the pen."""
    screen = _cut(office, 0)
    office.desk.done("split_areas", parcel=str(office.parcels[0].uid), areas=[300], side="north")
    screen.seen.until("Boolean(document.querySelector('.conflict'))", seconds=10)
    text = screen.text()
    assert "Khi bạn vẽ" in text
    assert "Hiện nay" in text


def test_another_screen_follows_within_a_second(office: Office) -> None:
    """Published here, drawn there; measured from the answer of the publication."""
    other = office.at_parcel(2)
    uid = _cut(office, 1).submitted()
    screen = office.at_change(office.approver, uid)
    screen.press("Phê duyệt").in_state("approved")
    screen.press("Công bố").in_state("published")
    began = time.monotonic()
    other.seen.until("!window.land.parcels.includes(argument)".replace("argument", f"'{office.parcels[1].uid}'"), seconds=5)
    assert time.monotonic() - began < 1.0


def test_the_wall_follows(office: Office, world: World) -> None:
    """The operator's wall shows the new parcels in place of the old one, without a reload."""
    centre = office.shape(1).centroid
    place = crs.transform(5899, crs.WGS84, centre.x, centre.y)
    wall = office.visit(world.cast["operator"], "/wall/").until_idle()
    wall.page.evaluate("(center) => window.ioc.map.jumpTo({center, zoom: 18})", list(place))
    parent = office.desk.head(office.parcels[1]).pk
    shown = "(keys) => { const drawn = new Set(window.ioc.map.queryRenderedFeatures().filter((f) => f.source === 'parcels').map((f) => f.id)); return keys.every((key) => key > 0 ? drawn.has(key) : !drawn.has(-key)); }"  # noqa: E501
    wall.until(shown, argument=[parent])
    office.publish(_cut(office, 1).submitted())
    children = [row.pk for row in office.desk.heads() if row.parcel_no > 3]
    assert len(children) == 2
    wall.until(shown, 10, argument=[-parent, *children])
    wall.is_clean()


@pytest.mark.parametrize("path", ["/land/", "parcel"])
def test_it_can_be_read_on_a_phone(office: Office, path: str) -> None:
    """Nothing is wider than the screen, the facts can be scrolled to."""
    address = path if path.startswith("/") else f"/land/parcels/{office.parcels[0].uid}/"
    seen = office.visit(office.officer, address, viewport={"width": 390, "height": 844})
    seen.until("Boolean(window.land && window.land.idle > 0 && document.querySelector('.panel-title'))")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen.is_clean()
