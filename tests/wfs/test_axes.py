"""Axes: which comes first in answers, in each CRS and under each of its names; one place, many notations."""

import json

import pytest

from gis_core import crs
from tests.cast import Person
from tests.wfs.client import NS, Wfs, fault
from tests.world import World

ZONES = sorted(crs.ZONES)
_GEOGRAPHIC = "urn:ogc:def:crs:EPSG::4756"  # VN-2000 in degrees


def position(wfs: Wfs, world: World, srs: str | None, person: Person | None = None, name: str = "facilities") -> tuple[float, float]:
    """The first position of a feature in GML."""
    named = {"srsname": srs} if srs else {}
    (feature,) = wfs.features(name, person, resourceid=f"{name}.{world.row(name, 'A').pk}", **named)
    texts = [one.text for one in feature.iter(f"{{{NS['gml']}}}pos", f"{{{NS['gml']}}}posList", f"{{{NS['gml1']}}}pos")]
    first, second = texts[0].split()[:2]
    return float(first), float(second)


@pytest.mark.parametrize("name", ["EPSG:4326", "http://www.opengis.net/gml/srs/epsg.xml#4326", crs.CRS84, "urn:ogc:def:crs:OGC:1.3:CRS84"])
def test_longitude_first(wfs: Wfs, world: World, name: str) -> None:
    lon, lat = position(wfs, world, name)
    assert 108 < lon < 109 and 15 < lat < 16


@pytest.mark.parametrize(
    "name", [None, "urn:ogc:def:crs:EPSG::4326", "http://www.opengis.net/def/crs/EPSG/0/4326", "urn:ogc:def:crs:EPSG::4756"]
)
def test_latitude_first(wfs: Wfs, world: World, name: str | None) -> None:
    lat, lon = position(wfs, world, name)
    assert 108 < lon < 109 and 15 < lat < 16


def test_the_name_is_repeated(wfs: Wfs, world: World) -> None:
    answer = wfs.get(request="GetFeature", typenames="facilities", count=1, srsname="http://www.opengis.net/def/crs/EPSG/0/4326")
    assert 'srsName="http://www.opengis.net/def/crs/EPSG/0/4326"' in answer.text


@pytest.mark.parametrize("srid", [3857, *ZONES])
@pytest.mark.parametrize("form", ["EPSG:{}", "urn:ogc:def:crs:EPSG::{}"])
def test_projected_systems_are_east_first(wfs: Wfs, world: World, srid: int, form: str) -> None:
    """The same place by our own transformation."""
    lon, lat = position(wfs, world, crs.CRS84)
    east, north = crs.transform(crs.WGS84, srid, lon, lat)
    assert position(wfs, world, form.format(srid)) == pytest.approx((east, north), abs=0.02)


def test_parcels_stand_in_their_own_plane(wfs: Wfs, world: World, officer: Person) -> None:
    """To a tenth of a millimetre: what an officer reads is what is stored."""
    from land.models import Parcel

    pk = world.row("parcels", "A").pk
    x, y = Parcel._default_manager.get(pk=pk).geom.coords[0][0]
    assert position(wfs, world, None, officer, "parcels") == pytest.approx((x, y), abs=1e-4)


def test_json_is_never_turned(wfs: Wfs, world: World) -> None:
    for name in ("urn:ogc:def:crs:EPSG::4326", "EPSG:4326"):
        answer = wfs.get(request="GetFeature", typenames="facilities", count=1, outputformat="geojson", srsname=name)
        lon, lat = json.loads(answer.content)["features"][0]["geometry"]["coordinates"]
        assert 108 < lon < 109 and 15 < lat < 16


@pytest.mark.parametrize("name", ["EPSG:6959", "EPSG:999999", "urn:ogc:def:crs:EPSG::1", "+proj=longlat", "http://evil.example/crs"])
def test_other_systems_are_refused(wfs: Wfs, world: World, name: str) -> None:
    assert fault(wfs.get(request="GetFeature", typenames="facilities", srsname=name))[:2] == ("InvalidParameterValue", "srsName")
