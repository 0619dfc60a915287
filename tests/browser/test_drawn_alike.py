"""One style, drawn alike: the browser's map, WMS and the legend show each class of a layer in one colour and shape."""

import io
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from gis_core import crs
from gis_core.models import ChangeLog
from layers.layer import FeatureLayer
from layers.portrayal import legend_classes
from tests import factories
from tests.browser.conftest import Visit, Visitor
from tests.cast import Person
from tests.store.test_against_sql import layer_of
from tests.world import World, ordinary_layers
from tiles.pyramid.build import build

Pixels = npt.NDArray[np.int_]
# A part of the sea where the world has nothing; classes stand there in rows of four.
_WEST, _SOUTH, _STEP, _ZOOM = 108.61, 15.61, 0.0007, 17
_CLASSES = 12
_FRAME = {"x": 440, "y": 90, "width": 500, "height": 480}
_TOLERANCE = 26
# Pixels from a feature's place to where its class's colour stands: pins have white glyphs in their middle.
_BESIDE = {"facilities": (-8, 0), "tourism_places": (-8, 0)}
# Degrees from a feature's corner to where its class's colour stands: a parcel's middle has its number.
_INSIDE = {"polygon": (0.0001, 0.0001), "line": (0.0002, 0.0), "point": (0.0, 0.0)}
_NEAR_THE_CORNER = {"parcels": (0.00004, 0.00004)}
# Half the width and height of what is compared around a place: the feature without its name, which engines place each their way.
_NAMELESS = {"polygon": (60, 60), "line": (30, 5), "point": (10, 10)}
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
# Units lie over everything.
_LAYERS = [layer for layer in ordinary_layers() if layer.name != "admin_units"]


@dataclass(frozen=True)
class Sample:
    """A feature of a class: where its colour stands, and the row of the legend that tells of it."""

    at: tuple[float, float]
    row: int


def _committed(layer: FeatureLayer, world: World) -> list[Sample]:
    samples = []
    for number, entry in enumerate(legend_classes(layer)[:_CLASSES]):
        if entry.color.lower() >= "#fffff0":
            continue  # the official colour of some land uses is white: on white it says nothing
        x, y = _WEST + number % 4 * _STEP, _SOUTH + number // 4 * _STEP
        values = {entry.field: entry.values[0]} if entry.field else {}
        factories.feature(layer.model, world.units["A"], (x, y), f"alike{number}", **values)
        middle = _NEAR_THE_CORNER.get(layer.name, _INSIDE[layer.geometry_kind])
        samples.append(Sample((x + middle[0], y + middle[1]), number))
    return samples


def _array(content: bytes) -> Pixels:
    image = Image.open(io.BytesIO(content)).convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB"), dtype=int)


def _browser_picture(seen: Visit, name: str) -> Pixels:
    seen.page.evaluate(_ALONE, name)
    seen.page.wait_for_timeout(50)
    seen.until_idle()
    return _array(seen.page.screenshot(clip=_FRAME))  # type: ignore[arg-type]


def _wms(server: str, person: Person, **parameters: Any) -> Pixels:
    asked = {"SERVICE": "WMS", "VERSION": "1.3.0", **parameters}
    answer = httpx.get(f"{server}/wms", params=asked, headers=person.headers("basic"), timeout=60)
    assert answer.headers["content-type"].startswith("image/"), answer.text
    return _array(answer.content)


def _frame_box(seen: Visit) -> str:
    left, top, right, bottom = _FRAME["x"], _FRAME["y"], _FRAME["x"] + _FRAME["width"], _FRAME["y"] + _FRAME["height"]
    corners = seen.page.evaluate(_CORNERS, [[left, bottom], [right, top]])
    (west, south), (east, north) = (crs.transform(4326, 3857, *corner) for corner in corners)
    return f"{west},{south},{east},{north}"


def _colour(picture: Pixels, x: float, y: float) -> Pixels:
    """The middle of the colours around a pixel: an edge's smoothing does not count."""
    column, row = round(x), round(y)
    part = picture[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].reshape(-1, 3)
    middle: Pixels = np.median(part, axis=0).astype(int)
    return middle


def _windows(shape: tuple[int, ...], places: list[tuple[float, float]], across: int, down: int) -> npt.NDArray[np.bool_]:
    """Around each place, as far as the feature itself reaches."""
    windows = np.zeros(shape[:2], dtype=bool)
    for x, y in places:
        column, row = round(x), round(y)
        windows[max(0, row - down) : row + down + 1, max(0, column - across) : column + across + 1] = True
    return windows


def _silhouettes(picture: Pixels) -> Pixels:
    """Pins without the white strokes inside of them, which each engine smooths its own way: black on white."""
    drawn = Image.fromarray(np.asarray((picture < 243).any(axis=2), dtype=np.uint8) * np.uint8(255)).copy()
    ImageDraw.floodfill(drawn, (0, 0), 128)
    return np.where(np.asarray(drawn)[..., None] == 128, 255, 0) + np.zeros(3, dtype=int)


def _overlap(one: Pixels, other: Pixels, windows: npt.NDArray[np.bool_]) -> float:
    """Pixels in the windows that both draw on, of those that either does."""
    first, second = ((picture < 243).any(axis=2) & windows for picture in (one, other))
    return float((first & second).sum() / max(1, (first | second).sum()))


@pytest.mark.parametrize("layer", _LAYERS, ids=lambda layer: layer.name)
def test_each_class_alike(visit: Visitor, server: str, leader: Person, scratch: World, layer: FeatureLayer) -> None:
    """In the same colour by MapLibre, WMS and the legend, and in the same place by the first two."""
    samples = _committed(layer, scratch)
    seq = ChangeLog.objects.order_by("-seq").values_list("seq", flat=True)[0]
    httpx.get(f"{server}/tiles/{layer.name}.json?min_seq={seq}", headers=leader.headers("basic"))
    centre = (_WEST + 1.5 * _STEP, _SOUTH + _STEP, _ZOOM)
    seen = visit(leader, f"/#layers={layer.name}&map={centre[2]}/{centre[1]}/{centre[0]}").until_idle()
    seen.page.evaluate("() => window.ioc.map.panBy([-210, 0], { animate: false })")
    browser = _browser_picture(seen, layer.name)
    asked = {"LAYERS": layer.name, "STYLES": "", "CRS": "EPSG:3857", "BBOX": _frame_box(seen), "FORMAT": "image/png; mode=32bit"}
    wms = _wms(server, leader, REQUEST="GetMap", WIDTH=_FRAME["width"], HEIGHT=_FRAME["height"], **asked)
    legend = _wms(server, leader, REQUEST="GetLegendGraphic", LAYER=layer.name, FORMAT="image/png")
    aside = _BESIDE.get(layer.name, (0, 0))
    places: list[tuple[float, float]] = []
    for sample, (x, y) in zip(samples, seen.page.evaluate(_PLACES, [sample.at for sample in samples]), strict=True):
        place = (x - _FRAME["x"] + aside[0], y - _FRAME["y"] + aside[1])
        assert 0 < place[0] < _FRAME["width"] and 0 < place[1] < _FRAME["height"]
        colours = [_colour(browser, *place), _colour(wms, *place), _colour(legend, 19 + aside[0], sample.row * 24 + 12 + aside[1])]
        for other in colours[1:]:
            assert np.abs(colours[0] - other).max() <= _TOLERANCE, (sample, colours)
        assert (colours[0] < 250).any(), f"nothing is drawn at {sample}"
        places.append((x - _FRAME["x"], y - _FRAME["y"]))
    seen_at = _windows(browser.shape, places, *_NAMELESS[layer.geometry_kind])
    if layer.name in _BESIDE:
        browser, wms = _silhouettes(browser), _silhouettes(wms)
    assert _overlap(browser, wms, seen_at) > 0.7


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
    wms = _wms(server, leader, REQUEST="GetMap", WIDTH=_FRAME["width"], HEIGHT=_FRAME["height"], **asked)
    everywhere = np.ones(browser.shape[:2], dtype=bool)
    assert (browser < 243).any(axis=2).sum() > 30, "the browser draws nothing"
    assert _overlap(browser, wms, everywhere) > 0.7
    if zoom < 11:
        return  # rings and numbers on the squares are a pixel wide, and smoothed each engine's way
    both = (browser < 243).any(axis=2) & (wms < 243).any(axis=2)
    assert np.median(np.abs(browser - wms)[both]) <= _TOLERANCE
