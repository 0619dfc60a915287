"""QGIS, without a screen, opens what we serve: collections with their permissions, vector tiles, and the style."""

from pathlib import Path

import httpx
import pytest

from gis_core.crs import transform
from land.models import ParcelChange
from land.workflow import steps
from tests import factories
from tests.cast import Person
from tests.land.desk import Desk
from tests.land.ground import slanted
from tests.qgis.conftest import Qgis, signed_in
from tests.world import World

pytestmark = pytest.mark.qgis


def test_a_public_collection_without_signing_in(qgis: Qgis, server: str, world: World) -> None:
    """All rows, in pages of five, with the published fields alone."""
    seen = qgis(features=[f"{server}/ogc/", "facilities", "", ""])["features"]
    assert seen["valid"], seen
    assert seen["count"] == len(world.rows["facilities"])
    assert seen["valid_geometries"]
    assert {"name", "theme"} <= set(seen["fields"])
    assert "updated_at" not in seen["fields"]


def test_an_officer_with_a_token_sees_the_own_parcels(qgis: Qgis, server: str, officer: Person) -> None:
    """The two of unit A."""
    seen = qgis(features=[f"{server}/ogc/", "parcels", "officer.world", officer.secret])["features"]
    assert seen["valid"], seen
    assert seen["count"] == 2


def test_a_visitor_is_told_that_there_are_no_parcels(qgis: Qgis, server: str) -> None:
    """The layer is not there."""
    assert not qgis(features=[f"{server}/ogc/", "parcels", "", ""])["features"]["valid"]


def test_wfs_without_signing_in(qgis: Qgis, server: str, world: World) -> None:
    """Points, in degrees the right way round, with typed fields; nothing can be edited."""
    seen = qgis(wfs=[f"{server}/wfs", "ioc:facilities", "", "", ""])["wfs"]
    assert (seen["valid"], seen["crs"], seen["count"]) == (True, "EPSG:4326", len(world.rows["facilities"])), seen
    assert (seen["types"]["capacity"], seen["types"]["name"]) == ("int", "string")
    assert seen["inside"] and not seen["editable"]


def test_parcels_by_wfs_on_their_own_plane(qgis: Qgis, server: str, officer: Person) -> None:
    """With a token: the own ones; a rule's text reaches the officer, and what is taken waits for approval."""
    seen = qgis(wfs=[f"{server}/wfs", "ioc:parcels", "officer.world", officer.secret, ""])["wfs"]
    assert (seen["valid"], seen["crs"], seen["count"], seen["editable"]) == (True, "EPSG:5899", 2, True), seen
    assert (seen["types"]["area_m2"], seen["types"]["valid_from"]) == ("double", "date")
    said = qgis(save=[f"{server}/wfs", "ioc:parcels", "officer.world", officer.secret, "land_use", "ODT"])["save"]
    assert not said["saved"] and "/land/" in said["said"]


def test_a_split_by_qgis_is_a_split(qgis: Qgis, server: str, scratch: World) -> None:
    """Its own tool cuts a parcel; it saves outline and new part apart; one change waits for approval, then both are there."""
    desk = Desk.open(scratch.units["A"])
    parcel = desk.parcel(slanted(), 5)
    west, south, east, north = slanted().bounds
    middle = (west + east) / 2
    secret = factories.token(desk.officer)
    which = f'"address" = \'{parcel.address}\' AND "parcel_no" = 5'
    line = [[middle, south - 5], [middle + 4, north + 5]]
    seen = qgis(split=[f"{server}/wfs", "ioc:parcels", desk.officer.username, secret, which, line])["split"]
    assert (seen["cut"], seen["saved"]) == (0, True), seen
    assert [said for said in seen["said"] if not said.startswith("SUCCESS")] == [], seen
    (change,) = ParcelChange.objects.filter(author=desk.officer)
    assert (change.kind, change.state) == ("split_lines", "checked")
    steps.approve(desk.approver, change.uid)
    steps.publish(desk.approver, change.uid)
    areas = sorted(row.area_m2 for row in desk.heads())
    assert areas == pytest.approx([area for area in seen["drawn"] if area < 2_399], abs=0.02)
    assert sum(areas) == pytest.approx(2_400, abs=0.02)


def test_wfs_hides_what_is_not_open(qgis: Qgis, server: str) -> None:
    assert not qgis(wfs=[f"{server}/wfs", "ioc:parcels", "", "", ""])["wfs"]["valid"]


@pytest.mark.parametrize("name", ["ioc:facilities", "ioc:roads"])
def test_drawing_by_wfs(qgis: Qgis, server: str, scratch: World, name: str) -> None:
    """A point and a line are drawn, moved, renamed and deleted by the operator."""
    operator = scratch.cast["operator"]
    seen = qgis(wfs=[f"{server}/wfs", name, "operator.world", operator.secret, "name"])["wfs"]["edited"]
    assert [said for said in seen["errors"] if not said.startswith("SUCCESS")] == [], seen
    assert seen["insert"] and seen["update"] and seen["delete"]
    assert len(seen["inserted"]) == 1 and seen["inserted"][0] < 1e-6
    assert len(seen["updated"]) == 1 and abs(seen["updated"][0] - 0.0005) < 1e-6
    assert seen["left"] == 0


def test_vector_tiles_are_drawn(qgis: Qgis, server: str, world: World) -> None:
    """By the address in the TileJSON."""
    document = httpx.get(f"{server}/tiles/roads.json").json()
    centre = list(world.row("roads", "A").at)
    seen = qgis(tiles=[document["tiles"][0], document["minzoom"], document["maxzoom"], centre])["tiles"]
    assert seen["valid"]
    assert seen["drawn"] > 10


def test_the_style_is_understood(qgis: Qgis, server: str) -> None:
    """QGIS reads MapLibre styles; what it cannot draw must be a warning and not a failure."""
    text = httpx.get(f"{server}/tiles/style.json").text
    seen = qgis(style=text)["style"]
    assert seen["ok"], seen["error"]


@pytest.mark.parametrize(("crs", "version"), [("EPSG:5899", "WMS"), ("EPSG:3857", "WMS"), ("EPSG:4326", "WMS"), ("EPSG:5899", "WMTS")])
def test_pictures_are_drawn_and_identified(qgis: Qgis, server: str, officer: Person, world: World, crs: str, version: str) -> None:
    """Parcels by WMS and WMTS with a token, in every kind of coordinate system: drawn where they are, and told what they are."""
    srid = int(crs.partition(":")[2])
    place = world.row("parcels", "A").at
    corners = [(place[0] + shift, place[1] + shift) for shift in (-0.0004, 0.0008, 0.0002)]
    low, high, at = (corner if srid == 4326 else transform(4326, srid, *corner) for corner in corners)
    source = f"crs={crs}&dpiMode=7&featureCount=5&format=image/png&layers=parcels&styles=default"
    source += f"&username=officer.world&password={officer.secret}"
    tiled = f"&tileMatrixSet=VN2000Quad&url={server}/wmts?SERVICE%3DWMTS%26REQUEST%3DGetCapabilities"
    source += tiled if version == "WMTS" else f"&url={server}/wms"
    seen = qgis(wms=[source, crs, [*low, *high], list(at)])["wms"]
    assert seen["valid"], seen
    assert seen["meets"]
    assert 1_000 < seen["drawn"] < 16_000
    if version == "WMS":
        assert seen["found"] == 1


def test_a_project_opens_with_everything(qgis: Qgis, server: str, officer: Person, tmp_path: Path) -> None:
    """All layers valid with their styles, Vietnamese and registry names, lists, forms; the official transformation; snapping."""
    content = httpx.get(f"{server}/qgis/project.qgz", headers=officer.headers("basic")).content
    path = tmp_path / "map.qgz"
    path.write_bytes(signed_in(content, officer))
    seen = qgis(project=str(path))["project"]
    assert seen["read"]
    assert seen["crs"] == "EPSG:5899"
    assert seen["reference"] == pytest.approx([108.474, 15.5736], abs=1e-8)
    assert seen["topological"]
    assert seen["snapping"] == ["parcels"]
    assert {name for name, layer in seen["layers"].items() if not layer["valid"]} == set()
    parcels = seen["layers"]["parcels"]
    assert parcels["count"] == 2
    assert parcels["renderer"] == "categorizedSymbol"
    assert parcels["labels"]
    assert parcels["aliases"]["sheet_no"].endswith("(SoHieuToBanDo)")
    assert {"đang sử dụng"} <= {words for entry in parcels["lists"]["status"] for words in entry}
    assert "area_m2" in parcels["grey"]
    assert "address" not in parcels["grey"]


def test_a_layer_definition_brings_its_style(qgis: Qgis, server: str, tmp_path: Path) -> None:
    """Without signing in: facilities, read-only."""
    path = tmp_path / "facilities.qlr"
    path.write_bytes(httpx.get(f"{server}/qgis/facilities.qlr").content)
    seen = qgis(definition=str(path))["definition"]
    assert seen["ok"]
    layer = seen["layers"]["facilities"]
    assert layer["valid"]
    assert layer["read_only"]
    assert layer["renderer"] == "categorizedSymbol"
