"""An analyst's hands: a GeoTIFF becomes a layer that is seen, read, faded and cut along a line."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from layers.models import ImportedLayer, Upload
from layers.uploads import jobs
from tests.browser.conftest import Visit, Visitor
from tests.cast import Person
from tests.coverages.conftest import PLACE, Shelf, colour, slope, write
from tests.service import Service
from tests.world import World


def _work() -> None:
    """What the worker's process does."""
    for uid in Upload.objects.exclude(state__in=("done", "cancelled", "refused")).values_list("uid", flat=True):
        jobs.work(uid)


@pytest.fixture
def shelf(scratch: World, tmp_path: Path) -> Shelf:
    """Heights for everybody; a red picture for the people of unit A. The server reads the same folder."""
    found = Shelf(tmp_path, scratch)
    found.put("heights", slope(), public=True, unit="m", title="Độ cao thử")
    found.put("town", colour(220, 20, 20), units=("A",), title="Ảnh thử")
    return found


def _middle(seen: Visit) -> tuple[int, int, int]:
    """The colour that people see in the middle of the map."""
    box: Any = seen.page.evaluate(
        "(({left, top, width, height}) => ({left, top, width, height}))(window.ioc.map.getCanvas().getBoundingClientRect())"
    )
    picture = np.asarray(Image.open(io.BytesIO(seen.page.screenshot())).convert("RGB"))
    row, column = int(box["top"] + box["height"] / 2), int(box["left"] + box["width"] / 2)
    red, green, blue = np.median(picture[row - 12 : row + 12, column - 12 : column + 12].reshape(-1, 3), axis=0)
    return int(red), int(green), int(blue)


def _click_at(seen: Visit, lon: float, lat: float) -> None:
    """A click on a place of the map."""
    script = (
        "([lon, lat]) => { const p = window.ioc.map.project([lon, lat]), b = window.ioc.map.getCanvas().getBoundingClientRect();"
        " return [b.left + p.x, b.top + p.y]; }"
    )
    x, y = seen.page.evaluate(script, [lon, lat])
    seen.page.mouse.click(x, y)


def test_a_geotiff_becomes_a_layer(analyst: Person, visit: Visitor, tmp_path: Path, asgi: Service) -> None:
    """Examined with its picture and its bands, published, drawn otherwise, then seen in the viewer and by WMS."""
    seen = visit(analyst, "/uploads/", viewport={"width": 1280, "height": 800})
    seen.until("Boolean(document.querySelector('#file'))")
    seen.page.set_input_files("#file", str(write(tmp_path / "Độ cao khảo sát.tif", slope())))
    seen.page.get_by_role("button", name="Kiểm tra tệp").click()
    seen.until("Boolean(document.querySelector('[data-upload=queued]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-upload=examined] .tallies'))")
    seen.until("window.ioc?.map?.getLayer('examined-raster') !== undefined")
    assert "120 × 120" in seen.page.locator("#panel").inner_text()
    seen.page.fill("#title", "Độ cao khảo sát")
    seen.page.fill("#unit", "m")
    seen.page.fill("#taken", "2026-03-20")
    seen.page.click("#publish")
    seen.until("Boolean(document.querySelector('[data-upload=confirmed]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-upload=done]'))")
    layer = ImportedLayer.objects.get(geometry_type=ImportedLayer.RASTER)
    seen.page.get_by_role("link", name="Chọn kiểu vẽ").click()
    seen.until(f"Boolean(document.querySelector('[data-layer={layer.name}] #keep-style'))")
    seen.page.select_option("#kind", "ramp")
    seen.page.select_option("#colours", "magma")
    seen.page.fill("#low", "0")
    seen.page.fill("#high", "120")
    seen.page.click("#keep-style")
    seen.until("document.querySelector('#toasts')?.innerText.includes('Kiểu vẽ')")
    seen.is_clean()
    layer.refresh_from_db()
    assert (layer.look or {})["colours"] == "magma"
    _is_in_the_viewer(visit(analyst, "/", at=(*PLACE, 15)), layer.name)
    capabilities = asgi.get("/wms?SERVICE=WMS&REQUEST=GetCapabilities", analyst).text
    assert f"<Name>{layer.name}</Name>" in capabilities


def _is_in_the_viewer(seen: Visit, name: str) -> None:
    seen.until_idle()
    seen.until(f"window.ioc.map.getLayer('{name}') !== undefined || window.ioc.map.getSource('{name}') !== undefined")
    row = seen.page.locator(f"#catalogue [data-layer={name}], [data-layer={name}]").first
    assert "Độ cao khảo sát" in row.inner_text()
    seen.is_clean()


def test_a_picture_is_seen_and_fades(shelf: Shelf, officer: Person, visit: Visitor) -> None:
    """Red where it lies, weaker with the slider, and as weak again for whoever gets the address."""
    seen = visit(officer, "/#layers=town&map=15/{1}/{0}".format(*PLACE), viewport={"width": 1280, "height": 800}).until_idle()
    red, green, blue = _middle(seen)
    assert red > 180 and green < 70 and blue < 70
    seen.page.locator("[data-layer=town] .layer__open").click()
    seen.until("Boolean(document.querySelector('#opacity'))")
    seen.page.locator("#opacity").fill("20")
    seen.until("location.hash.includes('opacity=town:20')")
    seen.until_idle()
    assert seen.page.locator(".fader output").inner_text().strip() == "20 %"
    faded = _middle(seen)
    assert faded[1] > green + 60
    seen.is_clean()
    again = visit(officer, f"/{seen.page.evaluate('location.hash')}", viewport={"width": 1280, "height": 800}).until_idle()
    assert np.abs(np.subtract(_middle(again), faded)).max() < 25
    again.is_clean()


def test_a_click_tells_the_value_and_draws_a_profile(shelf: Shelf, officer: Person, visit: Visitor) -> None:
    """The pixel's own number in metres; from there to the next click, the heights along the line."""
    seen = visit(officer, "/#layers=heights&map=15/{1}/{0}".format(*PLACE), viewport={"width": 1280, "height": 800}).until_idle()
    _click_at(seen, *PLACE)
    seen.until("Boolean(document.querySelector('.pixel--one'))")
    value = float(seen.page.locator(".pixel--one").get_attribute("data-value") or "nan")
    assert 57 <= value <= 63
    assert seen.page.locator(".pixel--one").inner_text().endswith(" m")
    seen.page.locator(".profile-start").first.click()
    _click_at(seen, PLACE[0] + 0.003, PLACE[1])
    seen.until("Boolean(document.querySelector('svg.profile path.profile__line'))")
    facts = seen.page.locator(".profile__facts").inner_text()
    assert "Chiều dài" in facts and "32" in facts
    seen.is_clean()


def test_the_card_explains_the_raster(shelf: Shelf, officer: Person, visit: Visitor) -> None:
    """Its legend in metres, its bands, and the addresses for other programs."""
    seen = visit(officer, "/#layers=heights&map=15/{1}/{0}".format(*PLACE), viewport={"width": 1280, "height": 800}).until_idle()
    seen.page.locator("[data-layer=heights] .layer__open").click()
    seen.until("Boolean(document.querySelector('.card .connections'))")
    card = seen.page.locator(".card").first.inner_text()
    assert "Độ cao thử" in card and " m" in card
    addresses = " ".join(seen.page.locator(".connection__url").all_inner_texts())
    assert f"{seen.origin}/tiles/heights/{{z}}/{{x}}/{{y}}.webp" in addresses and f"{seen.origin}/wms" in addresses
    assert "/ogc/collections/heights/items" not in addresses
    seen.is_clean()


def test_heights_are_drawn_as_hillshade(shelf: Shelf, officer: Person, visit: Visitor) -> None:
    """Chosen on the card: grey instead of colours, with another legend; whoever gets the address sees the same."""
    seen = visit(
        officer, "/#layers=admin_units,heights&map=15/{1}/{0}".format(*PLACE), viewport={"width": 1280, "height": 800}
    ).until_idle()
    coloured = _middle(seen)
    assert max(coloured) - min(coloured) > 30  # not hidden below the units' ground either
    seen.page.locator("[data-layer=heights] .layer__open").click()
    assert seen.page.locator(".card .legend li").count() == 6
    seen.page.click("[data-look=hillshade]")
    seen.until("location.hash.includes('style=heights:hillshade')").until_idle()
    grey = _middle(seen)
    assert max(grey) - min(grey) < 8
    assert seen.page.locator(".card .legend li").all_inner_texts() == ["sườn được chiếu sáng", "sườn khuất sáng"]
    hash_ = seen.page.evaluate("location.hash")
    seen.is_clean()
    again = visit(officer, "/#layers=heights&map=15/{1}/{0}".format(*PLACE), viewport={"width": 1280, "height": 800}).until_idle()
    # An address pasted into a map that is open already counts as well.
    with again.page.expect_event("load"):
        again.page.evaluate("(hash) => { location.hash = hash; }", hash_)
    again.until("window.ioc?.map?.getSource('heights')?.url?.includes('style=hillshade')").until_idle()
    assert np.abs(np.subtract(_middle(again), grey)).max() < 25
    again.is_clean()


def test_strangers_do_not_learn_of_it(shelf: Shelf, visit: Visitor, anonymous: Person) -> None:
    """Not in the catalogue, nor asked for, even by an address that names it."""
    seen = visit(anonymous, "/#layers=town,heights&map=15/{1}/{0}".format(*PLACE)).until_idle()
    assert seen.page.locator("[data-layer=town]").count() == 0
    assert seen.page.locator("[data-layer=heights]").count() == 1
    red, green, blue = _middle(seen)
    assert not (red > 180 and green < 70 and blue < 70)
    seen.is_clean()


@pytest.mark.parametrize("page", ["/#layers=heights&map=14/{1}/{0}", "/uploads/"])
def test_it_fits_a_phone(shelf: Shelf, analyst: Person, visit: Visitor, page: str) -> None:
    """Nothing is wider than the screen."""
    seen = visit(analyst, page.format(*PLACE), viewport={"width": 390, "height": 844})
    if page.startswith("/#"):
        seen.until_idle()
    else:
        seen.until("Boolean(document.querySelector('#file'))")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen.is_clean()
