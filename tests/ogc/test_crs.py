"""`crs`: features in other systems (OGC API - Features Part 2, 6.2 and 6.4)."""

from typing import Any

import pytest
import shapely
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import F, Func, TextField, Value
from shapely.geometry import shape

from gis_core import crs
from land.layers import Parcels
from layers.ogc.crs import Crs, offered, shape_in
from tests.cast import Person
from tests.ogc.conftest import Ask
from tests.world import World

PARCEL_CRS = offered(5899)


def first_corner(feature: dict[str, Any]) -> tuple[float, float]:
    x, y = shape(feature["geometry"]).exterior.coords[0]
    return x, y


def test_a_collection_names_its_crs(ogc: Ask, leader: Person) -> None:
    document = ogc("collections/parcels", leader).json()
    assert document["crs"][0] == crs.CRS84
    assert document["storageCrs"] == "http://www.opengis.net/def/crs/EPSG/0/5899"
    assert document["storageCrs"] in document["crs"]
    assert len(document["crs"]) == len(set(document["crs"]))
    assert "http://www.opengis.net/def/crs/EPSG/0/6959" not in document["crs"]
    assert ogc("collections/roads").json()["storageCrs"] == crs.CRS84


@pytest.mark.parametrize("named", PARCEL_CRS, ids=lambda named: named.uri.rpartition("/")[2])
def test_a_feature_in_every_offered_crs(ogc: Ask, world: World, leader: Person, named: Crs) -> None:
    from land.models import Parcel

    row = world.row("parcels", "A")
    stored = Parcel.objects.get(pk=row.pk).geom
    answer = ogc(f"collections/parcels/items/{row.pk}", leader, crs=named.uri)
    assert answer.headers["Content-Crs"] == f"<{named.uri}>"
    feature = answer.json()
    assert "crs" not in feature["geometry"]
    found = first_corner(feature)
    expected = crs.transform(5899, named.srid, *stored.exterior_ring[0])
    if named.latitude_first:
        expected = expected[1], expected[0]
    tolerance = 2e-9 if named.is_geographic else 2e-3
    assert found == pytest.approx(expected, abs=tolerance)


def test_items_say_their_crs_too(ogc: Ask, leader: Person) -> None:
    answer = ogc("collections/parcels/items", leader, crs="http://www.opengis.net/def/crs/EPSG/0/5899", limit=1)
    assert answer.headers["Content-Crs"] == "<http://www.opengis.net/def/crs/EPSG/0/5899>"
    east, north = first_corner(answer.json()["features"][0])
    assert 500_000 < east < 700_000
    assert 1_600_000 < north < 1_900_000
    assert ogc("collections/parcels/items", leader).headers["Content-Crs"] == f"<{crs.CRS84}>"


def test_the_stored_coordinates_come_back_unchanged(ogc: Ask, world: World, leader: Person) -> None:
    from land.models import Parcel

    row = world.row("parcels", "A")
    feature = ogc(f"collections/parcels/items/{row.pk}", leader, crs="EPSG:5899").json()
    assert first_corner(feature) == pytest.approx(Parcel.objects.get(pk=row.pk).geom.exterior_ring[0], abs=5e-5)


@pytest.mark.parametrize("srid", [crs.WGS84, crs.WEB_MERCATOR])
@pytest.mark.parametrize("ring", ["(587000 1723000, 587050 1723000, 587050 1723040, 587000 1723040, 587000 1723000)"], ids=["box"])
@pytest.mark.parametrize("wound", ["as it is", "the other way"])
def test_degrees_by_way_of_the_twin_are_those_of_the_geometry(scratch: World, srid: int, ring: str, wound: str) -> None:
    """To the last digit written, and the outer ring counterclockwise however it is stored (RFC 7946, 3.1.6)."""
    from land.models import Parcel

    shape_ = shapely.from_wkt(f"POLYGON({ring})")
    stored = shape_ if wound == "as it is" else shape_.reverse()
    row = scratch.row("parcels", "A")
    parcel: Any = Parcel.objects.filter(pk=row.pk)
    parcel.update(geom=GEOSGeometry(stored.wkb_hex, srid=5899))
    twin, direct = shape_in(Parcels(), srid), Func(F("geom"), Value(srid), function="ST_Transform", output_field=GeometryField(srid=srid))
    decimals = Value(9 if srid == crs.WGS84 else 4)
    texts = parcel.values_list(
        Func(twin, decimals, Value(0), function="ST_AsGeoJSON", output_field=TextField()),
        Func(
            Func(direct, function="ST_ForcePolygonCCW", output_field=GeometryField(srid=srid)),
            decimals,
            Value(0),
            function="ST_AsGeoJSON",
            output_field=TextField(),
        ),
    )
    ((found, expected),) = texts
    assert found == expected
    assert shapely.from_geojson(found).exterior.is_ccw
    assert "geom_3857" in str(parcel.annotate(_twin=twin).query)


def test_a_layer_whose_twin_is_something_else_is_transformed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "F(geom_3857)" in repr(shape_in(Parcels(), crs.WGS84))
    monkeypatch.setattr(Parcels, "tile_geometry", "geom")
    assert repr(shape_in(Parcels(), crs.WGS84)) == "Func(F(geom), Value(4326), function=ST_Transform)"


def test_longitude_and_latitude_carry_as_many_decimals_as_the_layer_says(ogc: Ask, world: World, leader: Person) -> None:
    text = ogc(f"collections/parcels/items/{world.row('parcels', 'A').pk}", leader).text
    numbers = text.partition('"coordinates":')[2].partition("}")[0].replace("[", "").replace("]", "").split(",")
    assert 8 <= max(len(number.partition(".")[2]) for number in numbers) <= 9


@pytest.mark.parametrize("value", ["EPSG:6959", "EPSG:2263", "4326", "http://www.opengis.net/def/crs/EPSG/0/abc", "x" * 500, ""])
def test_other_crs_are_refused(ogc: Ask, value: str) -> None:
    for path in ("collections/roads/items", "collections/roads/items/1"):
        answer = ogc(path, crs=value)
        assert answer.status_code == 400
        assert answer.json()["field"] == "crs"
