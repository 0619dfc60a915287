"""An analyst's hands: a shapefile with old Vietnamese letters becomes a styled layer, in the viewer and for WFS."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from geopandas import GeoDataFrame

from gis_core import crs
from layers.models import Upload
from layers.uploads import jobs
from tests.browser.conftest import Visit, Visitor
from tests.cast import Person
from tests.service import Service

NAMES = ("Ph\u00ad\u00eang T\u00a9n Th\u00b9nh", "Tr\u00ad\u00eang Xu\u00a9n", "H\u00dfa H\u00ad\u00acng")
KINDS = ("\u00ae\u00cat", "n\u00ad\u00edc", "\u00ae\u00cat")


def shapefile(folder: Path) -> Path:
    """Three squares whose texts are bytes of the font TCVN3, in VN-2000, without a code page."""
    east, north = crs.transform(crs.WGS84, 5899, 108.4735, 15.553)
    squares = [shapely.box(east + 150 * n, north, east + 150 * n + 120, north + 120) for n in range(3)]
    frame = GeoDataFrame({"ten": NAMES, "loai": KINDS, "so": [1, 20, 300]}, geometry=squares, crs="EPSG:5899")
    pyogrio.write_dataframe(frame, folder / "khu.shp", encoding="ISO-8859-1")
    (folder / "khu.cpg").unlink(missing_ok=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in folder.glob("khu.*"):
            archive.write(part, part.name)
    path = folder / "Khu vực.zip"
    path.write_bytes(packed.getvalue())
    return path


def _work() -> None:
    """What the worker's process does."""
    for uid in Upload.objects.exclude(state__in=("done", "cancelled", "refused")).values_list("uid", flat=True):
        jobs.work(uid)


def test_a_shapefile_becomes_a_styled_layer(analyst: Person, visit: Visitor, tmp_path: Path, asgi: Service) -> None:
    """Examined, published, a colour a value, seen on the map by its Vietnamese words; QGIS finds it by WFS."""
    seen = visit(analyst, "/uploads/", viewport={"width": 1280, "height": 800})
    seen.until("Boolean(document.querySelector('#file'))")
    seen.page.set_input_files("#file", str(shapefile(tmp_path)))
    seen.page.get_by_role("button", name="Kiểm tra tệp").click()
    seen.until("Boolean(document.querySelector('[data-upload=queued]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-upload=examined] .table'))")
    words = seen.page.locator("#panel").inner_text()
    assert "Phường Tân Thạnh" in words and "TCVN3" in words
    seen.page.fill("#title", "Khu vực khảo sát")
    seen.page.click("#publish")
    seen.until("Boolean(document.querySelector('[data-upload=confirmed]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-upload=done]'))")
    seen.page.get_by_role("link", name="Chọn kiểu vẽ").click()
    seen.until("Boolean(document.querySelector('[data-layer=khu_vuc_khao_sat] #keep-style'))")
    seen.page.select_option("#kind", "categorised")
    seen.page.select_option("#field", "loai")
    seen.until("[...document.querySelectorAll('.class')].some((one) => one.innerText.includes('nước'))")
    seen.page.click("#keep-style")
    seen.until("document.querySelector('#toasts')?.innerText.includes('Kiểu vẽ')")
    seen.is_clean()
    _is_drawn(visit(analyst, "/", at=(108.476, 15.5535, 16)))
    _is_in_wfs(asgi, analyst)


def _is_drawn(seen: Visit) -> None:
    seen.until_idle()
    seen.until("window.ioc.map.queryRenderedFeatures().some((f) => f.source === 'khu_vuc_khao_sat')")
    fills = "l['source-layer'] === 'khu_vuc_khao_sat' && l.type === 'fill'"
    colours = seen.page.evaluate(f"window.ioc.map.getStyle().layers.filter((l) => {fills}).map((l) => l.paint['fill-color'])")
    assert colours[0][0] == "match" and {"đất", "nước"} <= set(colours[0][2:-1:2])
    drawn = seen.drawn("khu_vuc_khao_sat")
    assert {values["loai"] for values in drawn.values()} == {"đất", "nước"}


def _is_in_wfs(asgi: Service, person: Person) -> None:
    query = {"SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "GetFeature", "TYPENAMES": "khu_vuc_khao_sat"}
    answer: Any = asgi.get("/wfs", person, params={**query, "OUTPUTFORMAT": "application/json"})
    names = {feature["properties"]["ten"] for feature in answer.json()["features"]}
    assert names == {"Phường Tân Thạnh", "Trường Xuân", "Hòa Hương"}


def test_a_question_is_answered(analyst: Person, visit: Visitor, tmp_path: Path) -> None:
    """A table in metres does not say where it is; the zones stand to choose from."""
    path = tmp_path / "moc.csv"
    path.write_text("x,y,ten\n577500,1720050,Mốc 1\n577600,1720060,Mốc 2\n", encoding="utf-8")
    seen = visit(analyst, "/uploads/")
    seen.until("Boolean(document.querySelector('#file'))")
    seen.page.set_input_files("#file", str(path))
    seen.page.get_by_role("button", name="Kiểm tra tệp").click()
    seen.until("Boolean(document.querySelector('[data-upload=queued]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-upload=asking] #answers'))")
    seen.page.select_option("#answers #crs", "EPSG:5899")
    seen.page.get_by_role("button", name="Tiếp tục").click()
    seen.until("Boolean(document.querySelector('[data-upload=queued]'))")
    _work()
    seen.until("Boolean(document.querySelector('[data-upload=examined]'))")
    seen.is_clean()


def test_it_fits_a_phone(analyst: Person, visit: Visitor) -> None:
    """Nothing is wider than the screen."""
    seen = visit(analyst, "/uploads/", viewport={"width": 390, "height": 844})
    seen.until("Boolean(document.querySelector('#file'))")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen.is_clean()
