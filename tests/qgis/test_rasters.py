"""QGIS draws rasters by WMS, WMTS and plain tiles, where they are, and tells their values."""

from collections.abc import Iterator

import pytest

from gis_core import crs
from tests.coverages.conftest import PLACE, Shelf, colour, slope
from tests.qgis.conftest import Qgis
from tests.world import World

pytestmark = pytest.mark.qgis


@pytest.fixture
def shelf(scratch: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Heights for everybody, a picture for unit A; the server reads them from the folder that it shares with the tests."""
    found = Shelf(tmp_path_factory.mktemp("sources"), scratch)
    found.put("heights", slope(), public=True, unit="m", title="Độ cao")
    found.put("town", colour(200, 40, 40), units=("A",), title="Ảnh")
    yield found


@pytest.mark.parametrize("kind", ["WMS 5899", "WMS 3857", "WMTS", "XYZ"])
def test_a_raster_is_drawn(qgis: Qgis, server: str, shelf: Shelf, kind: str) -> None:
    """All over the view; WMS identifies the pixel."""
    srid = 5899 if kind == "WMS 5899" else 3857
    x, y = crs.transform(crs.WGS84, srid, *PLACE)
    box = [x - 300, y - 300, x + 300, y + 300]
    sources = {
        "WMS": f"crs=EPSG:{srid}&dpiMode=7&featureCount=5&format=image/png&layers=heights&styles=default&url={server}/wms",
        "WMTS": f"crs=EPSG:{srid}&dpiMode=7&format=image/png&layers=heights&styles=default&tileMatrixSet=WebMercatorQuad"
        f"&url={server}/wmts?SERVICE%3DWMTS%26REQUEST%3DGetCapabilities",
        "XYZ": f"type=xyz&zmin=0&zmax=19&url={server}/tiles/heights/{{z}}/{{x}}/{{y}}.png",
    }
    seen = qgis(wms=[sources[kind.split()[0]], f"EPSG:{srid}", box, [x, y]])["wms"]
    assert seen["valid"], seen
    assert seen["meets"]
    assert seen["drawn"] > 16_000
    if kind.startswith("WMS "):
        assert seen["found"] == 1


def test_a_restricted_raster_needs_a_token(qgis: Qgis, server: str, shelf: Shelf) -> None:
    """With one it is drawn; without one it is not there."""
    x, y = crs.transform(crs.WGS84, 3857, *PLACE)
    source = f"crs=EPSG:3857&dpiMode=7&format=image/png&layers=town&styles=default&url={server}/wms"
    asked = ["EPSG:3857", [x - 300, y - 300, x + 300, y + 300], [x, y]]
    officer = shelf.world.cast["officer"]
    assert qgis(wms=[f"{source}&username=officer.world&password={officer.secret}", *asked])["wms"]["drawn"] > 16_000
    assert not qgis(wms=[source, *asked])["wms"].get("drawn")
