"""A phone with the report form open, for browser tests."""

import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from PIL import Image
from playwright.sync_api import Page, Route

from incidents.models import Incident, Photo
from incidents.rows import EVERYBODY, incidents
from tests.browser.conftest import Visit, Visitor
from tests.incidents.reports import IN_A

PHONE = {"width": 390, "height": 844}
PATH = "/incidents/new/"
INTAKE = "**/incidents/intake/**"


@dataclass
class Phone:
    """One browser profile on a phone-sized screen."""

    seen: Visit

    @classmethod
    def open(cls, visit: Visitor, **options: Any) -> "Phone":
        """The form, ready and kept for times without a network."""
        place = {"latitude": IN_A.lat, "longitude": IN_A.lon, "accuracy": 12}
        given = {"viewport": PHONE, "has_touch": True, "geolocation": place, "permissions": ["geolocation"], **options}
        return cls(visit(None, PATH, **given)).ready()

    @property
    def page(self) -> Page:
        """Its page."""
        return self.seen.page

    def ready(self) -> Self:
        """The script runs and the shell is kept."""
        self.seen.until("document.body.dataset.ready === 'yes'")
        self.seen.until("document.body.dataset.offline === 'ready'")
        return self

    def offline(self, cut: bool = True) -> Self:
        """No network at all, or again one."""
        self.page.context.set_offline(cut)
        return self

    def cut(self, handler: Callable[[Route], None]) -> Self:
        """Something happens to requests to intake."""
        self.page.context.route(INTAKE, handler)
        return self

    def mend(self) -> Self:
        """Nothing happens to them any more."""
        self.page.context.unroute(INTAKE)
        return self

    def reload(self) -> Self:
        """The page is left and opened again."""
        self.page.reload()
        return self.ready()

    def fill(self, *photos: bytes, text: str = "Cây đổ chắn đường", name: str = "a.jpg", kind: str = "image/jpeg") -> Self:
        """Category, photos, text."""
        self.page.locator(".category:has([value=giao-thong])").click()
        if photos:
            files = [{"name": name, "mimeType": kind, "buffer": content} for content in photos]
            self.page.set_input_files("#gallery", files)  # type: ignore[arg-type]  # its own type is not exported
            self.seen.until(f"document.querySelectorAll('.photos__one').length === {len(photos)}")
        self.page.fill("#description", text)
        return self

    def located(self) -> Self:
        """The device told its position."""
        return self.until("document.querySelector('#accuracy').textContent.includes(' m')")

    def submit(self) -> Self:
        """Press the button; the report is on the device or sent."""
        self.page.click("#send")
        return self

    def until(self, condition: str) -> Self:
        """Wait for something in the page."""
        self.seen.until(condition)
        return self

    def saved(self) -> Self:
        """The report is on the device."""
        return self.until("!document.querySelector('#done').hidden")

    def waiting(self, number: int) -> Self:
        """So many reports wait, and nothing is being sent."""
        button = "document.querySelector('#queue-button').dataset"
        return self.until(f"{button}.waiting === '{number}' && {button}.state !== 'sending'")

    def send_now(self) -> Self:
        """The visible button."""
        if self.page.locator("#queue").is_hidden():
            self.page.click("#queue-button")
        # The form may be sending by itself at this moment: then the button is gone, and that is as good.
        self.page.evaluate("document.querySelector('.outbox__head .button')?.click()")
        return self

    def stored(self) -> list[dict[str, Any]]:
        """The reports that the device keeps."""
        script = """() => new Promise((settle) => { const open = indexedDB.open('ioc-reports');
            open.onsuccess = () => { const db = open.result; const all = db.transaction('reports').objectStore('reports').getAll();
            all.onsuccess = () => { db.close(); settle(JSON.stringify(all.result)); }; }; })"""
        found: list[dict[str, Any]] = json.loads(self.page.evaluate(script))
        return found


def arrived() -> list[Incident]:
    """What the office has that did not come with the world."""
    return list(incidents(EVERYBODY).filter(channel="form", reporter__isnull=False).order_by("pk"))


def photos_of(incident: Incident) -> list[Photo]:
    """Those that arrived."""
    return list(Photo.objects.filter(incident=incident).exclude(state="receiving"))


def until(condition: Callable[[], bool], page: Page, seconds: float = 30) -> None:
    """Wait for something in the database, while the page lives on."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        page.wait_for_timeout(30)


def noise(width: int = 320, height: int = 240, seed: int = 1) -> bytes:
    """A JPEG whose pixels no two seeds share."""
    image = Image.effect_noise((width // 8, height // 8), 60 + seed).resize((width, height)).convert("RGB")
    written = io.BytesIO()
    image.save(written, "JPEG", quality=90)
    return written.getvalue()
