"""proj4 in the browser agrees with the server to a millimetre."""

import pytest

from gis_core import crs
from tests.browser.conftest import Visitor
from tests.cast import Person
from tests.gis_core.test_crs import EAST, GRID, LAT, LON, MILLIMETRE, NORTH


def test_the_browser_projects_as_the_server_does(visit: Visitor, anonymous: Person) -> None:
    """The reference point, and a grid over the province."""
    seen = visit(anonymous).until_idle()
    project = "(points) => points.map(([lon, lat]) => window.ioc.project(lon, lat))"
    (reference, *others) = seen.page.evaluate(project, [[LON, LAT], *map(list, GRID)])
    assert reference == pytest.approx((EAST, NORTH), abs=MILLIMETRE)
    for found, point in zip(others, GRID, strict=True):
        assert found == pytest.approx(crs.transform(4326, 5899, *point), abs=MILLIMETRE)
