"""Screenshots (not kept)."""

from pathlib import Path
import numpy as np, shapely
from land.importing import jobs
from land.models import LandUseCode, ParcelImport
from tests.browser.test_land_import import officer_at
from tests.land.importing import files
from tests.land.importing.files import Lot, SOUTH, WEST


def town(seed=3):
    rng = np.random.default_rng(seed)
    lots = []
    n = 0
    uses = ["ODT"] * 6 + ["CLN", "LUC", "HNK", "DGD", "TMD", "NTD"]
    xs = np.cumsum([0] + [rng.uniform(7, 14) for _ in range(14)])
    for by in range(5):
        for bx in range(3):
            ox, oy = bx * 165, by * 62
            edge = np.cumsum([0] + [rng.uniform(8, 13) for _ in range(14)])
            for i in range(14):
                for half in (0, 1):
                    skew = 4

                    def pt(x, y):
                        return (WEST + 60 + ox + x + 0.12 * (oy + y), SOUTH + 420 + oy + y - 0.09 * (ox + x))

                    y0, y1 = (0, 25) if half == 0 else (25, 50)
                    n += 1
                    use = uses[rng.integers(len(uses))]
                    lots.append(
                        Lot(
                            shapely.Polygon([pt(edge[i], y0), pt(edge[i + 1], y0), pt(edge[i + 1], y1), pt(edge[i], y1)]),
                            n,
                            use=use,
                            sheet=12,
                            address=files.tcvn3("Đường Nguyễn Huệ, phường Tân Thạnh"),
                        )
                    )
    return lots


def test_shot(officer_at, tmp_path):
    for code, name, fill in (
        ("CLN", "a", "#ffd2a0"),
        ("LUC", "a", "#fffc8c"),
        ("HNK", "a", "#fff0b4"),
        ("DGD", "a", "#ffaaa0"),
        ("TMD", "a", "#faaaa0"),
        ("NTD", "a", "#d2d2d2"),
    ):
        LandUseCode.objects.get_or_create(code=code, defaults={"name": name, "fill": fill})
    lots = town()
    g = shapely.transform(lots[40].shape, lambda xy: xy + [1.6, 0.4])
    lots[40] = lots[40].with_(shape=g)
    g = shapely.transform(lots[130].shape, lambda xy: xy + [-2.2, 0.9])
    lots[130] = lots[130].with_(shape=g)
    lots[77] = lots[77].with_(number=None)
    lots[200] = lots[200].with_(use="XYZ")
    lots[210] = lots[210].with_(number=211)
    c = list(lots[300].shape.exterior.coords)
    lots[300] = lots[300].with_(shape=shapely.Polygon([c[0], c[2], c[1], c[3]]))
    del lots[350]
    path = files.gpkg(tmp_path / "tam-ky-to-12.gpkg", lots)
    seen = officer_at("/land/imports/", viewport={"width": 1920, "height": 1080})
    seen.until("Boolean(window.imports && document.querySelector('#file'))")
    seen.page.wait_for_timeout(1500)
    seen.page.screenshot(path="/tmp/shot-form.png")
    seen.page.set_input_files("#file", str(path))
    seen.page.get_by_role("button", name="Kiểm tra tệp").click()
    seen.until("Boolean(document.querySelector('[data-import=queued]'))")
    seen.page.wait_for_timeout(1500)
    seen.page.screenshot(path="/tmp/shot-busy.png")
    for uid in ParcelImport.objects.exclude(state__in=("done", "cancelled")).values_list("uid", flat=True):
        jobs.work(uid)
    seen.until("Boolean(document.querySelector('[data-import=checked] .fault'))")
    seen.until("window.imports.drawn > 300")
    seen.page.click("[data-code=overlap]")
    seen.page.wait_for_timeout(1500)
    seen.page.screenshot(path="/tmp/shot-report.png")
    seen.page.locator(".fault").first.click()
    seen.page.wait_for_timeout(2500)
    seen.page.screenshot(path="/tmp/shot-fault.png")
    seen.page.set_viewport_size({"width": 390, "height": 844})
    seen.page.wait_for_timeout(1500)
    seen.page.screenshot(path="/tmp/shot-phone.png", full_page=True)
