"""An analyst's hands: hotspots are computed, looked at, kept; then their report is made, opened from a file, and handed on."""

from pathlib import Path
from typing import Any

import pytest

from incidents.models import Incident
from layers.analysis import jobs
from layers.briefings import jobs as reports
from layers.models import AnalysisJob, BriefingJob, ImportedLayer
from tests import factories
from tests.browser.conftest import Visitor
from tests.cast import Person
from tests.world import CELL, SOUTH, WEST, World


@pytest.fixture
def analyst(analyst: Person, scratch: World) -> Person:
    """Of the whole province, with ten reports close together before the eyes."""
    unit = scratch.units["A"]
    for step in range(10):
        at = (WEST + 1.4 * CELL + step * 0.0001, SOUTH + 0.012)
        factories.feature(Incident, unit, at, "ổ gà trên đường", reported_at=factories.NOON, status="new", severity="high")
    return analyst


def _work() -> None:
    """What the worker's processes do."""
    for uid in AnalysisJob.objects.filter(state__in=("queued", "confirmed")).values_list("uid", flat=True):
        jobs.work(uid)
    for uid in BriefingJob.objects.filter(state="queued").values_list("uid", flat=True):
        reports.work(uid)


def test_hotspots_are_computed_looked_at_and_kept(analyst: Person, visit: Visitor) -> None:
    """The form follows the layer; the result is on the map before it is a layer."""
    seen = visit(analyst, "/analysis/", viewport={"width": 1280, "height": 800})
    seen.page.click("[data-kind=clusters]")
    seen.page.fill("#p-filter", "title LIKE 'ổ gà%'")
    seen.page.fill("#p-metres", "60")
    seen.page.click("#compute")
    seen.until("Boolean(document.querySelector('[data-analysis=queued]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-analysis=examined] .tally'))")
    words = seen.page.locator("#panel").inner_text()
    assert "Số nhóm" in words and "Điểm trong nhóm" in words
    seen.until("window.ioc.map.queryRenderedFeatures().some((one) => one.source === 'result')")
    seen.page.fill("#title", "Ổ gà tập trung")
    seen.page.click("#keep")
    seen.until("Boolean(document.querySelector('[data-analysis=confirmed]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-analysis=done]'))")
    assert ImportedLayer.objects.get(name="o_ga_tap_trung").row_count == 1
    seen.is_clean()


def test_its_report_opens_from_a_file_without_a_network(analyst: Person, visit: Visitor, tmp_path: Path, browser: Any) -> None:
    """Asked for on the page, made, saved to a disk: its map draws with every network switched off."""
    seen = visit(analyst, "/briefings/", viewport={"width": 1280, "height": 800})
    seen.page.click("[data-kind=hotspots]")
    seen.page.select_option("#p-unit", "20341")
    seen.page.fill("#p-days", "1000")
    seen.page.fill("#p-metres", "60")
    seen.page.click("#make")
    seen.until("Boolean(document.querySelector('[data-report=queued]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-report=done]'))")
    seen.is_clean()
    report = BriefingJob.objects.get()
    from layers.briefings.office import content_of

    file = tmp_path / "bao-cao.html"
    file.write_bytes(content_of(report, "html"))
    context = browser.new_context(offline=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(file.as_uri())
    page.frame_locator("iframe.map").locator("path.leaflet-interactive").first.wait_for(state="attached")
    assert page.locator("h1").inner_text() == "Điểm nóng phản ánh tại Phường Tam Kỳ"
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:", "blob:"))] == []
    assert problems == []
    context.close()
