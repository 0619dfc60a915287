"""The life of a report on a phone, with the network cut at every step: exactly one report, all photos, always."""

import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pillow_heif
import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Route

from incidents.models import Incident, IncidentCategory, Reporter
from tests import factories
from tests.browser.conftest import Visitor
from tests.browser.report_form import Phone, arrived, noise, photos_of, until
from tests.incidents.reports import IN_A, category, jpeg
from tests.world import World


@pytest.fixture
def phone(scratch: World, visit: Visitor) -> Iterator[Phone]:
    category()
    yield Phone.open(visit)


def _one_with(phone: Phone, photos: int) -> None:
    """The office has one report and all of its photos; the device knows it."""
    phone.waiting(0)
    found = arrived()
    assert len(found) == 1
    assert len(photos_of(found[0])) == photos == found[0].photos_received == found[0].photos_expected
    assert [row["state"] for row in phone.stored()] == ["done"]


def test_with_a_network_it_is_sent_at_once(phone: Phone) -> None:
    phone.fill(noise(seed=1), noise(seed=2)).located().submit().saved()
    _one_with(phone, 2)
    (incident,) = arrived()
    assert incident.description == "Cây đổ chắn đường"
    assert incident.tracking_code in phone.page.inner_text("#done")
    assert incident.pin_distance_m == pytest.approx(0, abs=1)
    assert incident.accuracy_m == 12
    phone.seen.is_clean()


def test_without_a_network_before_the_form_is_opened(phone: Phone) -> None:
    phone.offline().reload()
    phone.fill(noise()).located().submit().saved().waiting(1)
    assert "Đã lưu trên máy" in phone.page.inner_text("#done")
    assert arrived() == []
    phone.reload().waiting(1)
    phone.offline(False)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    _one_with(phone, 1)


def _fail(route: Route) -> None:
    route.abort("connectionreset")


def _lose_answer(route: Route) -> None:
    """The office did it; the device never hears of it."""
    route.fetch()
    route.abort("connectionreset")


def _broken(route: Route) -> None:
    route.fulfill(status=503, headers={"Retry-After": "1"}, body="{}")


def _only(method: str, act: Callable[[Route], None]) -> Callable[[Route], None]:
    def handler(route: Route) -> None:
        act(route) if route.request.method == method else route.continue_()

    return handler


@pytest.mark.parametrize("act", [_fail, _lose_answer, _broken], ids=["no connection", "answer lost", "office down"])
@pytest.mark.parametrize("step", ["POST", "PUT"], ids=["the report", "a photo"])
def test_cut_while_sending(phone: Phone, step: str, act: Callable[[Route], None]) -> None:
    phone.fill(noise(seed=1), noise(seed=2)).located().cut(_only(step, act))
    phone.submit().saved().waiting(1)
    phone.reload().waiting(1)
    phone.mend().send_now()
    _one_with(phone, 2)


def test_cut_between_the_photos(phone: Phone) -> None:
    seen = []

    def second_fails(route: Route) -> None:
        seen.append(route.request.method)
        route.abort() if seen.count("PUT") == 2 else route.continue_()

    phone.fill(noise(seed=1), noise(seed=2), noise(seed=3)).located().cut(second_fails).submit().saved()
    # Before it sends at all the report waits as well: what is looked at is the time after the cut.
    until(lambda: seen.count("PUT") >= 2, phone.page)
    phone.waiting(1)
    (incident,) = arrived()
    assert incident.waits_for_photos
    phone.page.click("#queue-button")
    phone.until("document.querySelectorAll('.outbox__photo[data-state=sent]').length >= 1")
    phone.mend().send_now()
    _one_with(phone, 3)


def test_a_draft_with_its_photo_survives_a_reload(phone: Phone) -> None:
    phone.fill(noise(), text="Đang viết dở").offline().reload()
    phone.until("document.querySelectorAll('.photos__one').length === 1")
    assert phone.page.input_value("#description") == "Đang viết dở"
    assert phone.page.locator(".category input:checked").count() == 1
    phone.located().submit().saved().offline(False).send_now()
    _one_with(phone, 1)


def test_two_tabs_send_once_and_write_two_drafts(phone: Phone) -> None:
    phone.offline().fill(noise(seed=1), text="Tab một").located().submit().saved().waiting(1)
    other = phone.page.context.new_page()
    other.goto(phone.seen.origin + "/incidents/new/")
    phone.offline(False)
    for page in (phone.page, other):
        page.evaluate("dispatchEvent(new Event('online'))")
    _one_with(phone, 1)
    for page, text in ((phone.page, "A"), (other, "B")):
        if page.locator("#done button").is_visible():
            page.click("#done button")
        page.fill("#description", text)
    phone.reload()
    assert phone.page.input_value("#description") == "A"
    assert other.input_value("#description") == "B"


def test_a_large_photo_is_made_small_and_what_it_says_is_kept(phone: Phone) -> None:
    # 4,000 × 3,000, on its side, 1.1 km north of the pin.
    image = Image.open(io.BytesIO(noise(4000, 3000)))
    written, data = io.BytesIO(), Image.Exif()
    data[0x0112] = 6
    where = Image.open(io.BytesIO(jpeg(at=(IN_A.lon, IN_A.lat + 0.01)))).getexif().get_ifd(0x8825)
    data.get_ifd(0x8825).update(where)
    image.save(written, "JPEG", exif=data, quality=90)
    phone.fill(written.getvalue()).located().submit().saved()
    _one_with(phone, 1)
    (photo,) = photos_of(arrived()[0])
    assert (photo.width, photo.height) == (1200, 1600)
    assert photo.size < len(written.getvalue())
    assert photo.pin_distance_m == pytest.approx(1106, abs=3)
    assert photo.flags == ["photo_far_from_pin", "photo_far_from_device"]


def test_a_photo_that_the_browser_cannot_read_goes_as_it_is(phone: Phone) -> None:
    pillow_heif.register_heif_opener()
    written = io.BytesIO()
    Image.new("RGB", (200, 150), "olive").save(written, "HEIF")
    phone.fill(written.getvalue(), name="IMG_1.HEIC", kind="image/heic").located().submit().saved()
    _one_with(phone, 1)
    (photo,) = photos_of(arrived()[0])
    assert (photo.content_type, photo.width) == ("image/heic", 200)


def test_a_file_that_is_no_photo_is_told_and_the_rest_goes(phone: Phone) -> None:
    phone.fill(noise(), b"<svg onload='alert(1)'/>").located().submit().saved().waiting(0)
    (incident,) = arrived()
    assert len(photos_of(incident)) == 1
    phone.page.click("#queue-button")
    assert phone.page.locator(".outbox__photo[data-state=refused]").count() == 1
    phone.reload().waiting(0)


def test_without_permission_the_pin_is_set_by_hand(scratch: World, visit: Visitor) -> None:
    category()
    phone = Phone.open(visit, permissions=[])
    phone.until("document.querySelector('#accuracy').textContent.includes('không cho biết')")
    phone.fill().submit().until("!document.querySelector('#fault').hidden")
    assert "kéo bản đồ" in phone.page.inner_text("#fault")
    phone.page.focus("#map")
    phone.page.keyboard.press("ArrowRight")
    phone.submit().saved()
    _one_with(phone, 0)
    (incident,) = arrived()
    assert incident.flags == ["no_device_position"]
    assert Reporter.objects.get(incident=incident).device_geom is None


def test_a_wrong_clock_does_not_matter(scratch: World, visit: Visitor) -> None:
    category()
    phone = Phone.open(visit)
    phone.page.clock.set_fixed_time("2001-01-01T12:00:00Z")
    phone.fill().located().submit().saved()
    _one_with(phone, 0)
    (incident,) = arrived()
    assert "clock_wrong" in incident.flags
    assert incident.reported_at.year > 2020


def test_with_full_storage_it_is_sent_from_memory(phone: Phone) -> None:
    phone.page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; }")
    phone.fill(noise()).located().cut(_fail).submit().saved()
    phone.until("!document.querySelector('#notice').hidden")
    assert "đầy" in phone.page.inner_text("#notice")
    phone.mend().send_now().waiting(0)
    (incident,) = arrived()
    assert len(photos_of(incident)) == 1


def test_an_old_unsent_report_is_warned_of(phone: Phone) -> None:
    phone.offline().fill().located().submit().saved().waiting(1)
    phone.page.evaluate(
        """() => new Promise((settle) => { const open = indexedDB.open('ioc-reports'); open.onsuccess = () => {
        const db = open.result, store = db.transaction('reports', 'readwrite').objectStore('reports'), all = store.getAll();
        all.onsuccess = () => { const row = all.result[0]; row.created -= 3 * 86400000;
        store.put(row).onsuccess = () => { db.close(); settle(); }; }; }; })"""
    )
    phone.reload().until("!document.querySelector('#notice').hidden")
    assert "3 ngày" in phone.page.inner_text("#notice")


def test_a_report_of_the_same_is_followed_instead(phone: Phone) -> None:
    factories.feature(
        Incident, None, (IN_A.lon + 0.0001, IN_A.lat), is_public=True, title="Cây đổ trước chợ",
        category=IncidentCategory.objects.get(code="giao-thong"), reported_at=timezone.now(), status="received",
    )  # fmt: skip
    phone.fill(noise()).located().submit()
    phone.until("document.querySelector('#similar').open")
    assert "Cây đổ trước chợ" in phone.page.inner_text("#similar")
    phone.page.click(".similar__card .button")
    phone.until("document.querySelector('#done').dataset.state === 'followed'")
    assert arrived() == []
    phone.page.click("#done button")
    phone.fill(noise(), text="Việc khác").submit().until("document.querySelector('#similar').open")
    phone.page.click("#not-same")
    phone.saved()
    _one_with(phone, 1)


def test_the_scripts_are_small(phone: Phone) -> None:
    """60 kB for everything that the page loads, as it travels."""
    base = Path(settings.BASE_DIR)
    names = ("incidents/static/incidents/dist/report.js", "incidents/static/incidents/dist/report_worker.js",
             "gis_core/static/gis_core/dist/base.js", "gis_core/static/gis_core/dist/theme.js")  # fmt: skip
    assert sum(len(gzip.compress((base / name).read_bytes())) for name in names) <= 60_000
    scripts = phone.page.evaluate("performance.getEntriesByType('resource').filter((e) => e.initiatorType === 'script').map((e) => e.name)")
    assert len(scripts) <= 4


def test_it_can_be_installed(phone: Phone) -> None:
    manifest = phone.page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((answer) => answer.json())")
    assert manifest["display"] == "standalone"
    assert manifest["start_url"] == manifest["scope"] == "/incidents/new/"
    assert phone.page.evaluate("fetch(arguments0).then((a) => a.ok)".replace("arguments0", repr(manifest["icons"][0]["src"])))
    until(lambda: phone.page.evaluate("navigator.serviceWorker.controller !== null"), phone.page)
