"""One style, drawn alike: the browser's map, WMS and the legend show each class of a layer in one colour and shape."""

import httpx
import numpy as np
import pytest
from playwright.sync_api import FloatRect

from gis_core import crs
from gis_core.models import ChangeLog
from layers.layer import FeatureLayer
from tests.browser.conftest import Visit, Visitor
from tests.cast import Person
from tests.likeness import (
    BESIDE,
    LAYERS,
    NAMELESS,
    SOUTH,
    STEP,
    TOLERANCE,
    WEST,
    ZOOM,
    Pixels,
    array_of,
    colour_at,
    committed,
    overlap,
    picture,
    silhouettes,
    windows,
)
from tests.store.test_against_sql import layer_of
from tests.world import World
from tiles.pyramid.build import build

_FRAME: FloatRect = {"x": 440, "y": 90, "width": 500, "height": 480}
_ALONE = """(name) => {
  const { map } = window.ioc;
  for (const layer of map.getStyle().layers) {
    if (layer.type === "background") map.setPaintProperty(layer.id, "background-color", "#ffffff");
    else map.setLayoutProperty(layer.id, "visibility", layer.source === name ? "visible" : "none");
  }
  const beside = document.querySelectorAll("#viewer > :not(main), .maplibregl-control-container, .notice");
  for (const element of beside) element.style.visibility = "hidden";
}"""
_CORNERS = "([a, b]) => [window.ioc.map.unproject(a).toArray(), window.ioc.map.unproject(b).toArray()]"
_PLACES = "(points) => points.map((point) => { const { x, y } = window.ioc.map.project(point); return [x, y]; })"


def _browser_picture(seen: Visit, name: str) -> Pixels:
    seen.page.evaluate(_ALONE, name)
    seen.page.wait_for_timeout(50)
    seen.until_idle()
    return array_of(seen.page.screenshot(clip=_FRAME))


def _frame_box(seen: Visit) -> str:
    left, top, right, bottom = _FRAME["x"], _FRAME["y"], _FRAME["x"] + _FRAME["width"], _FRAME["y"] + _FRAME["height"]
    corners = seen.page.evaluate(_CORNERS, [[left, bottom], [right, top]])
    (west, south), (east, north) = (crs.transform(4326, 3857, *corner) for corner in corners)
    return f"{west},{south},{east},{north}"


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_each_class_alike(visit: Visitor, server: str, leader: Person, scratch: World, layer: FeatureLayer) -> None:
    """In the same colour by MapLibre, WMS and the legend, and in the same place by the first two."""
    samples = committed(layer, scratch)
    seq = ChangeLog.objects.order_by("-seq").values_list("seq", flat=True)[0]
    httpx.get(f"{server}/tiles/{layer.name}.json?min_seq={seq}", headers=leader.headers("basic"))
    centre = (WEST + 1.5 * STEP, SOUTH + STEP, ZOOM)
    seen = visit(leader, f"/#layers={layer.name}&map={centre[2]}/{centre[1]}/{centre[0]}").until_idle()
    seen.page.evaluate("() => window.ioc.map.panBy([-210, 0], { animate: false })")
    browser = _browser_picture(seen, layer.name)
    asked = {"LAYERS": layer.name, "STYLES": "", "CRS": "EPSG:3857", "BBOX": _frame_box(seen), "FORMAT": "image/png; mode=32bit"}
    wms = picture(server, leader, REQUEST="GetMap", WIDTH=_FRAME["width"], HEIGHT=_FRAME["height"], **asked)
    legend = picture(server, leader, REQUEST="GetLegendGraphic", LAYER=layer.name, FORMAT="image/png")
    aside = BESIDE.get(layer.name, (0, 0))
    places: list[tuple[float, float]] = []
    for sample, (x, y) in zip(samples, seen.page.evaluate(_PLACES, [sample.at for sample in samples]), strict=True):
        place = (x - _FRAME["x"] + aside[0], y - _FRAME["y"] + aside[1])
        assert 0 < place[0] < _FRAME["width"] and 0 < place[1] < _FRAME["height"]
        colours = [colour_at(browser, *place), colour_at(wms, *place), colour_at(legend, 19 + aside[0], sample.row * 24 + 12 + aside[1])]
        for other in colours[1:]:
            assert np.abs(colours[0] - other).max() <= TOLERANCE, (sample, colours)
        assert (colours[0] < 250).any(), f"nothing is drawn at {sample}"
        places.append((x - _FRAME["x"], y - _FRAME["y"]))
    seen_at = windows(browser.shape, places, *NAMELESS[layer.geometry_kind])
    if layer.name in BESIDE:
        browser, wms = silhouettes(browser), silhouettes(wms)
    assert overlap(browser, wms, seen_at) > 0.7


@pytest.mark.parametrize(("zoom", "built"), [(9.7, False), (12.0, False), (12.0, True), (13.4, True)])
def test_low_zooms_alike(visit: Visitor, server: str, leader: Person, scratch: World, zoom: float, built: bool) -> None:
    """Counters and blocks stand where the browser draws them, in its colours."""
    if built:
        build(layer_of("parcels"))
    seq = ChangeLog.objects.order_by("-seq").values_list("seq", flat=True)[0]
    httpx.get(f"{server}/tiles/parcels.json?min_seq={seq}", headers=leader.headers("basic"))
    lon, lat = scratch.row("parcels", "A").at
    seen = visit(leader, f"/#layers=parcels&map={zoom}/{lat}/{lon}").until_idle()
    browser = _browser_picture(seen, "parcels")
    asked = {"LAYERS": "parcels", "STYLES": "", "CRS": "EPSG:3857", "BBOX": _frame_box(seen), "FORMAT": "image/png; mode=32bit"}
    wms = picture(server, leader, REQUEST="GetMap", WIDTH=_FRAME["width"], HEIGHT=_FRAME["height"], **asked)
    everywhere = np.ones(browser.shape[:2], dtype=bool)
    assert (browser < 243).any(axis=2).sum() > 30, "the browser draws nothing"
    assert overlap(browser, wms, everywhere) > 0.7
    if zoom < 11:
        return  # rings and numbers on the squares are a pixel wide, and smoothed each engine's way
    both = (browser < 243).any(axis=2) & (wms < 243).any(axis=2)
    assert np.median(np.abs(browser - wms)[both]) <= TOLERANCE
