"""The import page under an officer's hands: a file, its faults on the map, the decision; and the worker in between."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis_core.models import Role
from land.importing import jobs
from land.models import LandUseCode, ParcelImport
from land.rows import EVERYBODY, heads
from tests import factories
from tests.browser.conftest import Visit, Visitor
from tests.cast import Person, sign_in
from tests.land.importing import files
from tests.land.importing.files import Lot, lots, square
from tests.world import World


@pytest.fixture
def officer_at(scratch: World, visit: Visitor, settings: Any) -> Callable[[str], Visit]:
    """An officer of unit A at a page of the office."""
    LandUseCode.objects.get_or_create(code="ODT", defaults={"name": "Đất ở tại đô thị", "fill": "#ffa0ff"})
    user = factories.user()
    factories.jurisdiction(user, Role.LAND_OFFICER, scratch.units["A"])
    person = Person(user.username, user, cookies=sign_in(user))
    return lambda path, **options: visit(person, path, **options)


@pytest.fixture
def approver(scratch: World) -> Person:
    """Somebody else of unit A, who approves."""
    user = factories.user()
    factories.jurisdiction(user, Role.APPROVER, scratch.units["A"])
    return Person(user.username, user, cookies=sign_in(user))


def _file(folder: Path) -> Path:
    moved = shapely.transform(square(4, 0), lambda xy: xy - [0.4, 0.0])
    return files.gpkg(folder / "to-77.gpkg", [*lots(4, 3), Lot(moved, 40), Lot(square(6, 1), None)])


def _work() -> None:
    """What the worker's process does."""
    for uid in ParcelImport.objects.exclude(state__in=("done", "cancelled")).values_list("uid", flat=True):
        jobs.work(uid)


def test_a_file_is_examined_shown_approved_and_brought_in(
    officer_at: Callable[..., Visit], visit: Visitor, approver: Person, tmp_path: Path
) -> None:
    """The overlap is drawn, a click goes there, what is bad is left out; another person returns and approves; the rest comes in."""
    seen = officer_at("/land/imports/")
    seen.until("Boolean(window.imports && document.querySelector('#file'))")
    seen.page.set_input_files("#file", str(_file(tmp_path)))
    seen.page.get_by_role("button", name="Kiểm tra tệp").click()
    seen.until("Boolean(document.querySelector('[data-import=queued]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-import=checked] .fault'))")
    seen.until("window.imports.drawn === 14")
    assert seen.page.locator(".tally.is-bad b").inner_text() == "3"
    assert seen.page.locator("#submit").is_disabled()
    seen.page.click("[data-code=overlap]")
    seen.until("document.querySelector('.fault')?.innerText.includes('77/4, 77/40')")
    seen.page.locator(".fault").first.click()
    seen.until("window.imports.map.getView().getResolution() < 0.1")
    seen.page.check("#leave-out")
    seen.page.click("#submit")
    seen.until("Boolean(document.querySelector('[data-import=submitted] [role=status]'))")
    assert seen.page.locator("#approve").count() == 0
    work = visit(approver, "/land/")
    work.until("document.querySelector('[data-waiting-import]')?.innerText.includes('Nhập 14 thửa đất')")
    work.page.click("[data-waiting-import]")
    work.until("Boolean(document.querySelector('[data-import=submitted] #approve'))")
    work.is_clean()
    other = visit(approver, "/land/imports/")
    other.until("document.querySelector('.work__line')?.innerText.includes('to-77.gpkg')")
    assert other.page.locator("#file").count() == 0
    other.page.click(".work__line")
    other.until("Boolean(document.querySelector('[data-import=submitted] #approve')) && window.imports.drawn === 14")
    other.page.fill("#why", "Thiếu tờ 78")
    other.page.click("#return")
    other.until("Boolean(document.querySelector('[data-import=checked]'))")
    seen.page.reload()
    seen.until("document.querySelector('[data-import=checked] [role=alert]')?.innerText.includes('Thiếu tờ 78')")
    seen.page.check("#leave-out")
    seen.page.click("#submit")
    seen.until("Boolean(document.querySelector('[data-import=submitted]'))")
    other.page.reload()
    other.page.click("#approve")
    other.until("Boolean(document.querySelector('[data-import=confirmed]'))")
    _work()
    other.until("Boolean(document.querySelector('[data-import=done]'))")
    assert "11 thửa đã vào sổ" in other.page.locator("#panel").inner_text()
    assert heads(EVERYBODY).filter(sheet_no=77).count() == 11
    seen.is_clean()
    other.is_clean()


def test_a_waiting_import_is_cancelled(officer_at: Callable[..., Visit], tmp_path: Path) -> None:
    """With the button under its bar; it stands among the earlier ones afterwards."""
    seen = officer_at("/land/imports/")
    seen.until("Boolean(window.imports && document.querySelector('#file'))")
    seen.page.set_input_files("#file", str(_file(tmp_path)))
    seen.page.get_by_role("button", name="Kiểm tra tệp").click()
    seen.until("Boolean(document.querySelector('[data-import=queued]'))")
    seen.page.get_by_role("button", name="Hủy").click()
    seen.until("Boolean(document.querySelector('[data-import=cancelled]'))")
    seen.page.goto(f"{seen.origin}/land/imports/")
    seen.until("document.querySelector('.work__line')?.innerText.includes('to-77.gpkg')")


def test_it_fits_a_phone(officer_at: Callable[..., Visit]) -> None:
    """Nothing is wider than the screen."""
    seen = officer_at("/land/imports/", viewport={"width": 390, "height": 844})
    seen.until("Boolean(window.imports && document.querySelector('#export-link'))")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen.is_clean()
