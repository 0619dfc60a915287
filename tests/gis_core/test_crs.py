"""Coordinates: one operation between VN-2000 and WGS 84 everywhere, to the millimetre."""

import itertools

import pytest
from django.db import connection
from pyproj import Transformer

from gis_core import checks, crs

MILLIMETRE = 0.001
# Tam Kỳ's market square, the reference of the issue.
LON, LAT = 108.474, 15.5736
EAST, NORTH = 577453.963, 1722531.703
GRID = [(lon / 10, lat / 10) for lon, lat in itertools.product(range(1072, 1090, 3), range(148, 163, 3))]


def _in_database(source: int, target: int, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM unnest(%s::float[], %s::float[]) WITH ORDINALITY AS t(x, y, n), "
            "LATERAL ST_Transform(ST_SetSRID(ST_MakePoint(x, y), %s), %s) AS p ORDER BY n",
            [[x for x, _y in points], [y for _x, y in points], source, target],
        )
        return [(x, y) for x, y in cursor.fetchall()]


def test_the_reference_point_in_pyproj() -> None:
    """15.5736 N 108.474 E is E 577453.963 N 1722531.703."""
    assert crs.transform(4326, 5899, LON, LAT) == pytest.approx((EAST, NORTH), abs=MILLIMETRE)


@pytest.mark.django_db
def test_the_reference_point_in_postgis() -> None:
    """The same in the database."""
    assert _in_database(4326, 5899, [(LON, LAT)])[0] == pytest.approx((EAST, NORTH), abs=MILLIMETRE)


@pytest.mark.django_db
@pytest.mark.parametrize("srid", crs.ZONES)
def test_postgis_and_pyproj_agree_all_over_the_province(srid: int) -> None:
    """In every zone of VN-2000, forth and back."""
    planes = [crs.transform(4326, srid, *point) for point in GRID]
    for found, expected in zip(_in_database(4326, srid, GRID), planes, strict=True):
        assert found == pytest.approx(expected, abs=MILLIMETRE)
    for found, expected in zip(_in_database(srid, 4326, planes), GRID, strict=True):
        assert found == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("srid", crs.ZONES)
def test_every_zone_round_trips(srid: int) -> None:
    """Within half a millimetre: PROJ inverts the seven parameters by turning their signs, which is not quite the inverse."""
    for point in GRID:
        assert crs.transform(srid, 4326, *crs.transform(4326, srid, *point)) == pytest.approx(point, abs=5e-9)


@pytest.mark.parametrize("srid", crs.ZONES)
def test_the_definition_for_the_browser_means_the_same(srid: int) -> None:
    """proj4js reads the string of `Zone.proj4`; PROJ reads it too, and must agree with the pinned operation."""
    browser = Transformer.from_crs("+proj=longlat +datum=WGS84 +no_defs", crs.ZONES[srid].proj4, always_xy=True)
    for point in GRID:
        assert browser.transform(*point) == pytest.approx(crs.transform(4326, srid, *point), abs=MILLIMETRE)


@pytest.mark.django_db
def test_the_provincial_zones_are_in_spatial_ref_sys() -> None:
    """PostGIS 3.3 does not bring them; a migration does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT srid FROM spatial_ref_sys WHERE srid BETWEEN 9205 AND 9218 ORDER BY srid")
        assert [srid for (srid,) in cursor.fetchall()] == list(range(9205, 9219))


def test_no_datum_shift_would_be_far_off() -> None:
    """The test above can fail: without `+towgs84` the browser would be some 225 m away."""
    words = [word for word in crs.ZONES[5899].proj4.split() if not word.startswith("+towgs84")]
    wrong = Transformer.from_crs("EPSG:4326", " ".join(words), always_xy=True)
    east, north = wrong.transform(LON, LAT)
    assert 150 < ((east - EAST) ** 2 + (north - NORTH) ** 2) ** 0.5 < 300


@pytest.mark.parametrize("srid", [6959, 32649, 0, -1])
def test_other_systems_are_refused(srid: int) -> None:
    """Among them EPSG:6959, whose false easting and northing are swapped."""
    with pytest.raises(ValueError, match=str(srid)):
        crs.transformer(srid, 4326)


def test_the_start_checks_the_reference_point(settings: object) -> None:
    """pyproj is right here, so the check is silent."""
    assert checks.check_pinned_operation(None) == []
    assert checks.check_cadastral_srid(None) == []


@pytest.mark.django_db
def test_the_start_checks_postgis_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent when right, an error that names the distance when wrong."""
    assert checks.check_postgis_operation(None, databases=["default"]) == []
    monkeypatch.setattr(checks, "REFERENCE_5899", (EAST + 0.74, NORTH))
    (error,) = checks.check_postgis_operation(None, databases=["default"])
    assert "0.740 m" in error.msg
    assert error.id == "crs.E001"
