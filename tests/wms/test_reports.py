"""Reports of failures, and the place that a picture shows."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gis_core import crs
from gis_core.errors import BadParameter, NotFound, Unavailable
from gis_core.hot import ASGIScope
from layers.styling.scales import AROUND
from tests.cast import Cast
from tests.service import Service
from tests.wms.asking import failure, wms
from tiles.drawing.view import View, box_in
from tiles.wms import failure as reports
from tiles.wms.failure import WmsError, code_of, exception_xml
from tiles.wms.places import Place
from tiles.wmts import failure as wmts_reports

_SCOPE: ASGIScope = {"type": "http", "path": "/wms", "headers": [], "query_string": b"", "method": "GET"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WmsError("x", "InvalidCRS"), "InvalidCRS"),
        (NotFound("x"), "LayerNotDefined"),
        (BadParameter("x"), "InvalidParameterValue"),
        (RuntimeError("x"), None),
    ],
    ids=["own", "unknown", "bad", "fault"],
)
def test_codes_of_failures(error: Exception, code: str | None) -> None:
    """The standard's word for what went wrong; none for our own faults."""
    assert code_of(error) == code


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_a_report_holds_any_sentence(version: str) -> None:
    """Markup in it stays text."""
    (element,) = etree.fromstring(exception_xml("<b> & “Đất”", "InvalidFormat", "FORMAT", version))
    assert (element.text, element.get("code")) == ("<b> & “Đất”", "InvalidFormat")


@pytest.mark.parametrize(("version", "locator", "namespace"), [("1.1.1", None, None), ("1.3.0", "CRS", "http://www.opengis.net/ogc")])
def test_only_1_3_0_says_where(version: str, locator: str | None, namespace: str | None) -> None:
    """The DTD of 1.1.1 has neither locators nor namespaces."""
    root = etree.fromstring(exception_xml("x", "InvalidCRS", "CRS", version))
    assert root[0].get("locator") == locator
    assert etree.QName(root).namespace == namespace


def test_what_the_client_can_mend_is_a_200() -> None:
    """QGIS shows the sentence of no other status."""
    answer = reports.report(NotFound("nowhere"), "1.3.0", _SCOPE)
    assert answer.status == 200
    assert dict(answer.headers)["Cache-Control"] == "no-store"


def test_our_own_faults_say_nothing_of_themselves() -> None:
    """A 500 whose sentence does not tell what happened inside."""
    answer = reports.report(RuntimeError("password=secret"), "1.3.0", _SCOPE)
    assert answer.status == 500
    assert b"secret" not in answer.body


def test_a_busy_database_is_a_503_with_the_time_to_wait() -> None:
    """Headers of the failure go with the report."""
    answer = reports.report(Unavailable("busy", headers={"Retry-After": "5"}), "1.3.0", _SCOPE)
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (503, "5")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("x"), 404, "InvalidParameterValue"),
        (WmsError("x", "TileOutOfRange"), 400, "TileOutOfRange"),
        (RuntimeError("x"), 500, "NoApplicableCode"),
    ],
    ids=["unknown", "bad", "fault"],
)
def test_reports_of_wmts(error: Exception, status: int, code: str) -> None:
    """Real statuses, and OWS's own codes."""
    answer = wmts_reports.report(error, _SCOPE)
    assert answer.status == status
    assert etree.fromstring(answer.body)[0].get("exceptionCode") == code


@pytest.mark.parametrize(("pixels", "density", "zoom"), [(512, 1.0, 0.0), (1024, 1.0, 1.0), (1024, 2.0, 0.0), (256, 1.0, -1.0)])
def test_the_zoom_of_a_picture(pixels: int, density: float, zoom: float) -> None:
    """The world on 512 pixels is zoom 0; a denser picture shows the same zoom on more pixels."""
    half = AROUND / 2
    assert View((-half, -half, half, half), crs.WEB_MERCATOR, pixels, pixels, density).zoom == zoom


@pytest.mark.parametrize(("column", "row", "place"), [(0, 0, (5, 95)), (9, 9, (95, 5)), (-0.5, -0.5, (0, 100)), (4.5, 4.5, (50, 50))])
def test_positions_of_pixels(column: float, row: float, place: tuple[float, float]) -> None:
    """Of their middles; rows count from the top."""
    assert View((0, 0, 100, 100), crs.WEB_MERCATOR, 10, 10).at(column, row) == place


@settings(max_examples=40)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(1, 1e5), st.integers(1, 2000))
def test_sizes_are_taken_in_quarters_of_a_zoom(west: float, south: float, side: float, pixels: int) -> None:
    """Never more than an eighth from the zoom itself."""
    view = View((west, south, west + side, south + side), crs.WEB_MERCATOR, pixels, pixels)
    assert (view.drawing_zoom * 4).is_integer()
    assert abs(view.drawing_zoom - view.zoom) <= 0.125 + 1e-9


def test_a_box_beyond_a_coordinate_system_is_everywhere() -> None:
    """Nothing may be left out because it cannot be computed."""
    assert box_in((-1e30, -1e30, 1e30, 1e30), 5899, crs.WEB_MERCATOR) == (-math.inf, -math.inf, math.inf, math.inf)


def test_places_around_places() -> None:
    """Empty ones count for nothing."""
    places = [Place((0, 1, 2, 3)), Place(None), Place((-1, 2, 1, 9))]
    assert Place.around(places).box == (-1, 1, 2, 9)
    assert Place.around([Place(None)]).box is None


def test_edges_in_the_order_of_the_version() -> None:
    """Latitude is first for degrees in 1.3.0 alone."""
    place = Place((12_000_000.0, 1_700_000.0, 12_100_000.0, 1_800_000.0))
    new, old = place.edges(crs.WGS84, "1.3.0"), place.edges(crs.WGS84, "1.1.1")
    assert (new["minx"], new["miny"], new["maxx"], new["maxy"]) == (old["miny"], old["minx"], old["maxy"], old["maxx"])
    assert float(old["minx"]) > 100 > float(old["miny"])
    assert place.edges(crs.WEB_MERCATOR, "1.3.0") == place.edges(crs.WEB_MERCATOR, "1.1.1")


def _legend(asgi: Service, person: Any) -> dict[str, Any]:
    answer = wms(asgi, person, REQUEST="GetLegendGraphic", LAYER="parcels", FORMAT="application/json")
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("name", ["officer", "sibling", "analyst", "operator", "leader"])
def test_counts_of_a_legend_are_the_persons_own(asgi: Service, cast: Cast, name: str) -> None:
    """As many as the same person finds over OGC API Features."""
    listed = asgi.get("/ogc/collections/parcels/items?limit=1", cast[name]).json()
    assert _legend(asgi, cast[name])["count"] == listed["numberMatched"]


def test_two_officers_count_no_more_than_their_leader(asgi: Service, cast: Cast) -> None:
    """Their units do not overlap."""
    own = [_legend(asgi, cast[name])["count"] for name in ("officer", "sibling")]
    assert all(count > 0 for count in own)
    assert sum(own) <= _legend(asgi, cast["leader"])["count"]


@pytest.mark.parametrize("name", ["stranger", "anonymous"])
def test_a_forbidden_legend_is_an_unknown_one(asgi: Service, cast: Cast, name: str) -> None:
    """The same code as for a layer that is not there."""
    asked = {"REQUEST": "GetLegendGraphic", "FORMAT": "application/json"}
    hidden = failure(wms(asgi, cast[name], LAYER="parcels", **asked))
    assert hidden[0] == failure(wms(asgi, cast[name], LAYER="nowhere", **asked))[0] == "LayerNotDefined"
