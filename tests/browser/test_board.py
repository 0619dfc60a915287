"""The dispatch board and the public page in a real browser: live within a second, by keyboard, to the answer that everybody reads."""

import os
from pathlib import Path

from playwright.sync_api import FilePayload

from incidents.photos.tasks import develop_photo
from incidents.workflow import steps
from incidents.workflow.steps import Asked
from tests.browser.conftest import Visit, Visitor
from tests.cast import Person, sign_in
from tests.incidents.post import ANSWER, HERE, Post
from tests.incidents.reports import jpeg
from tests.world import World

SHOTS = os.environ.get("BOARD_SCREENSHOTS", "")
READY = "document.querySelectorAll('#list .row').length >= {least} && Boolean(window.ioc)"


def _board(visit: Visitor, post: Post, least: int = 1, path: str = "/incidents/", **options: object) -> Visit:
    person = Person("dispatcher", post.dispatcher, cookies=sign_in(post.dispatcher))
    # The suite's usual window is as narrow as the board's layout for phones, which keeps the tools with the map.
    return visit(person, path, **{"viewport": {"width": 1440, "height": 900}, **options}).until(READY.format(least=least), 60)


def _shot(seen: Visit, name: str) -> None:
    if SHOTS:
        seen.page.wait_for_timeout(1500)
        seen.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_a_report_appears_within_a_second_and_its_answer_on_the_public_page(scratch: World, visit: Visitor) -> None:
    """Taken in by somebody else; received, assigned and resolved by keyboard; then read by a visitor."""
    post = Post.open(scratch.units["A"])
    post.incident()
    seen = _board(visit, post)
    seen.until("document.querySelector('#chip').dataset.state === 'live'")
    seen.page.evaluate("window.seenAt = 0")
    incident = post.incident(is_public=True, title="Cây đổ chắn đường")
    started = seen.page.evaluate("Date.now()")
    seen.until(f"Boolean(document.querySelector('[data-code=\"{incident.tracking_code}\"]'))", 20)
    assert seen.page.evaluate("Date.now()") - started < 10_000, "a second on a quiet machine"
    seen.page.click(f'[data-code="{incident.tracking_code}"] .row__title')
    seen.until("Boolean(document.querySelector('#detail [data-verb=\"assign\"]'))")
    seen.page.locator("#list").focus()
    seen.page.keyboard.press("a")
    seen.until("Boolean(document.querySelector('#form select[name=unit]'))")
    seen.page.select_option("#form select[name=unit]", "doi-a")
    seen.page.click("#form .form__actions .button:not(.button--quiet)")
    seen.until("document.querySelector('#detail .state').dataset.state === 'assigned'")
    seen.page.locator("#list").focus()
    seen.page.keyboard.press("r")
    seen.until("Boolean(document.querySelector('#form textarea[name=public_note]'))")
    seen.page.fill("#form textarea[name=public_note]", ANSWER)
    photo: FilePayload = {"name": "xong.jpg", "mimeType": "image/jpeg", "buffer": jpeg(2400, 1800)}
    seen.page.set_input_files("#form input[type=file]", [photo])
    seen.until("Boolean(document.querySelector('#form .photo--chosen img'))")
    seen.page.click("#form .form__actions .button:not(.button--quiet)")
    seen.until("document.querySelector('#detail .state').dataset.state === 'resolved'")
    brought = incident.photos.get()
    assert (brought.kind, brought.state, max(brought.width, brought.height)) == ("work", "stored", 1600), "made smaller before it was sent"
    develop_photo(uid=str(brought.uid))
    seen.until("Boolean(document.querySelector('#detail .photo img'))", 20)
    _shot(seen, "work-photo")
    seen.page.click("#detail .photo button")
    seen.until("document.querySelector('#detail .photo').dataset.state === 'approved'")
    seen.is_clean()
    public = visit(None, f"/incidents/{incident.tracking_code}/")
    public.until(f"document.body.innerText.includes('{ANSWER}')")
    public.until('Boolean(document.querySelector(\'.way__step[data-is="now"][data-of="resolved"]\'))')
    public.until("document.querySelector('.log__entry img')?.naturalWidth > 0")
    public.is_clean()
    _shot(public, "tracking")


def test_filter_in_the_address_bulk_and_statistics(scratch: World, visit: Visitor) -> None:
    """A link brings another person to the same list; selected reports take a step together; the map counts what the list does."""
    post = Post.open(scratch.units["A"])
    wanted = [post.incident(title=f"Đèn hỏng {n}", severity="high", at=(HERE[0] + n / 5000, HERE[1])) for n in range(3)]
    post.incident(title="Khác")
    seen = _board(visit, post, 3, "/incidents/?q=Đèn+hỏng&severity=high")
    assert seen.page.locator("#list .row").count() == 3
    for row in wanted:
        seen.page.check(f'[data-code="{row.tracking_code}"] .row__box')
    seen.page.select_option("#bulk select", "doi-b")
    seen.page.click("#bulk .button:not(.button--quiet)")
    seen.until("document.querySelectorAll('#list .state[data-state=\"assigned\"]').length === 3")
    for row in wanted:
        row.refresh_from_db()
    assert {row.handling_unit for row in wanted} == {post.other}
    seen.page.click("#tools .button")
    seen.until("document.querySelector('#sums tbody tr:last-child')?.innerText.includes('Đội B')")
    seen.is_clean()


def test_the_board_on_a_phone(scratch: World, visit: Visitor) -> None:
    """The list, the map by a button, the report over both; nothing is wider than the screen."""
    post = Post.open(scratch.units["A"])
    incident = post.incident(title="Nước ngập")
    steps.take(post.dispatcher, incident.tracking_code, "annotate", Asked(note="Đã gọi lại"))
    seen = _board(visit, post, 1, viewport={"width": 390, "height": 844}, has_touch=True)
    seen.page.click(f'[data-code="{incident.tracking_code}"]')
    seen.until("document.querySelector('#detail h2')?.innerText === 'Nước ngập'")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    seen.page.click("#detail .detail__close")
    seen.page.click(".board__swap")
    seen.until("document.querySelector('#content').dataset.view === 'map'")
    seen.is_clean()
