"""An analyst's hands: the mean height of each parcel is asked for, looked at, kept, and found again on the map."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layers.analysis import jobs
from layers.imports.load import remove_layer
from layers.imports.watch import renew
from layers.models import AnalysisJob, ImportedLayer
from tests.analysis.test_zonal import at_pixel
from tests.browser.conftest import Visit, Visitor
from tests.cast import Person
from tests.coverages.conftest import Shelf, slope
from tests.world import World

DESK = {"width": 1280, "height": 800}


@pytest.fixture
def parcels(scratch: World, tmp_path: Path) -> Iterator[list[Any]]:
    """Six parcels, each ten pixels wide, side by side up a slope of a metre a pixel. The server reads the same folder."""
    Shelf(tmp_path, scratch).put("heights", slope(), public=True, unit="m", title="Độ cao thử")
    yield [at_pixel(scratch, 10 + 15 * number, 40, 10, 20) for number in range(6)]
    remove_layer("heights")
    renew()


def _work() -> None:
    """What the worker's process does."""
    for uid in AnalysisJob.objects.filter(state__in=("queued", "confirmed")).values_list("uid", flat=True):
        jobs.work(uid)


def _asked(seen: Visit) -> None:
    seen.page.click("[data-kind=zonal]")
    seen.page.select_option("#p-layer", "parcels")
    seen.page.fill("#p-filter", "sheet_no = 9901")
    seen.page.select_option("#p-raster", label="Độ cao thử")
    seen.page.click("#compute")
    seen.until("Boolean(document.querySelector('[data-analysis=queued]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-analysis=examined] .tally'))")


def test_heights_of_parcels_become_a_layer(analyst: Person, parcels: list[Any], visit: Visitor) -> None:
    """Numbers and colours are the same before it is kept and after; the legend says what they mean."""
    seen = visit(analyst, "/analysis/", viewport=DESK)
    _asked(seen)
    expected = [10 + 15 * number + 4.5 for number in range(6)]
    seen.until("window.ioc.map.queryRenderedFeatures().some((one) => one.source === 'result')").until_idle()
    assert sorted(values["mean"] for values in seen.drawn("result").values()) == pytest.approx(expected)
    facts = seen.page.locator(".tallies").inner_text()
    assert "14,5" in facts and "89,5" in facts
    legend = seen.page.locator("#legend")
    assert "(m)" in legend.locator("h2").inner_text() and legend.locator("li").count() == 6
    shades = _shades(seen, "result")
    seen.page.fill("#title", "Độ cao thửa đất")
    seen.page.click("#keep")
    seen.until("Boolean(document.querySelector('[data-analysis=confirmed]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-analysis=done]'))")
    assert ImportedLayer.objects.get(name="do_cao_thua_dat").row_count == len(parcels)
    seen.page.get_by_role("link", name="Ra bản đồ").click()
    seen.until("window.ioc?.map?.getLayer('do_cao_thua_dat-fill') !== undefined").until_idle()
    assert sorted(values["mean"] for values in seen.drawn("do_cao_thua_dat").values()) == pytest.approx(expected)
    assert _shades(seen, "do_cao_thua_dat") == shades
    seen.page.locator("[data-layer=do_cao_thua_dat] .layer__open").click()
    assert seen.page.locator(".card .legend li").count() == 6
    seen.is_clean()


def _shades(seen: Visit, source: str) -> Any:
    """The colour of each mean, as the map computed it."""
    script = (
        "(source) => window.ioc.map.queryRenderedFeatures().filter((f) => f.source === source && f.layer.type === 'fill')"
        ".map((f) => [f.properties.mean, String(f.layer.paint['fill-color'])])"
    )
    return dict(seen.page.evaluate(script, source))


def test_what_cannot_be_computed_is_said(analyst: Person, parcels: list[Any], visit: Visitor) -> None:
    """Without a raster the form asks for one; a band that is not there is named, and the form stays."""
    seen = visit(analyst, "/analysis/", viewport=DESK)
    seen.page.click("[data-kind=zonal]")
    seen.page.fill("#p-band", "7")
    seen.page.select_option("#p-raster", label="Độ cao thử")
    seen.page.click("#compute")
    seen.until("document.querySelector('#toasts')?.innerText.includes('7')")
    assert seen.page.locator("#compute").is_enabled()
    assert AnalysisJob.objects.count() == 0
    assert any(text.startswith("400 ") for text in seen.complaints)
