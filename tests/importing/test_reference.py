"""What a file says about its coordinate system: VN-2000 in all the ways that programs write it, and traps."""

import pytest
from pyproj import CRS

from gis_core.crs import SUPPORTED, ZONES
from gis_core.importing.faults import FileFault, checked_srid, zones
from gis_core.importing.reading.reference import identify

_ESRI_WITHOUT_DATUM = (
    'PROJCS["TM_107_45",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",107.75],'
    'PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def code_of(text: str | None) -> str:
    """The code of the fault."""
    with pytest.raises(FileFault) as caught:
        identify(text, None)
    return caught.value.fault.code


@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
@pytest.mark.parametrize("srid", sorted(SUPPORTED))
def test_every_supported_system_is_known_in_every_dialect(srid: int, version: str) -> None:
    """As ArcGIS, GDAL and ISO write it."""
    assert identify(CRS.from_epsg(srid).to_wkt(version), None).srid == srid


@pytest.mark.parametrize("srid", sorted(ZONES))
def test_a_projection_string_with_the_seven_parameters_is_vn2000(srid: int) -> None:
    """As QGIS users paste it."""
    assert identify(ZONES[srid].proj4, None).srid == srid


def test_the_same_axes_without_the_datum_are_refused() -> None:
    """Everything would lie 225 m off; the sentence says which option helps."""
    with pytest.raises(FileFault, match=r"225 m off.*--crs EPSG:5899"):
        identify(_ESRI_WITHOUT_DATUM, None)
    assert identify(_ESRI_WITHOUT_DATUM, 5899).srid == 5899


def test_other_parameters_than_the_decree_s_are_not_vn2000() -> None:
    """Turned signs of the rotations are 0.6 m off, which the sentence says; any others are unknown."""
    wrong = ZONES[5899].proj4.replace("0.00928836,-0.01975479,0.00427372", "-0.00928836,0.01975479,-0.00427372")
    assert wrong != ZONES[5899].proj4
    assert code_of(wrong) == "turned-rotations"
    assert code_of(ZONES[5899].proj4.replace("-191.90441429", "-192.5")) == "unsupported-crs"


@pytest.mark.parametrize("text", ["EPSG:4326", "OGC:CRS84", "EPSG:4979", CRS.from_epsg(4326).to_json()])
def test_degrees_of_wgs_84_in_every_form(text: str) -> None:
    """GPS, GeoJSON, GeoParquet, with heights."""
    assert identify(text, None).srid == 4326


@pytest.mark.parametrize("text", ["EPSG:2154", "EPSG:32648", "EPSG:4269", 'LOCAL_CS["x"]', "nonsense", "a" * 100_000])
def test_other_systems_are_refused_with_what_is_accepted(text: str) -> None:
    """UTM on WGS 84 is not VN-2000 although its axes are the same."""
    assert code_of(text) == "unsupported-crs"


def test_no_statement_at_all() -> None:
    """The zones are named, the pilot's first."""
    assert code_of(None) == code_of("") == "no-crs"
    assert zones().startswith("EPSG:5899 (107°45')")
    assert all(f"EPSG:{srid} " in zones() for srid in ZONES)


def test_the_withdrawn_twin_is_refused_everywhere() -> None:
    """EPSG:6959 has east and north swapped."""
    assert code_of("EPSG:6959") == "refused-crs"
    with pytest.raises(FileFault, match="EPSG:5899"):
        checked_srid("epsg:6959")


@pytest.mark.parametrize(("text", "srid"), [("EPSG:5899", 5899), ("epsg:4326", 4326), ("9217", 9217)])
def test_options_name_a_system_by_its_code(text: str, srid: int) -> None:
    """With or without the authority."""
    assert checked_srid(text) == srid


@pytest.mark.parametrize("text", ["", "EPSG:", "2154", "VN2000", "EPSG:99999999999", "4326; DROP TABLE", "/etc/passwd", "\uff14326"])
def test_anything_else_is_refused(text: str) -> None:
    """No text of a person reaches PROJ."""
    with pytest.raises(FileFault):
        checked_srid(text)
