"""User geometry: what is accepted comes out as it went in, everything else is a fault with a code and a sentence."""

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from gis_core.geometry import (
    FILE,
    REASONS,
    SENTENCES,
    GeometryFault,
    Limits,
    from_geojson,
    from_wkb,
    from_wkt,
    measure_wkb,
    misplaced,
    split_reason,
)
from tests.importing.conftest import bow_tie, point, square

SQUARE = shape(square(108.4, 15.5))
KINDS = [
    "POINT (108 15)",
    "LINESTRING (108 15, 108.1 15.1)",
    "POLYGON ((108 15, 109 15, 109 16, 108 15), (108.5 15.1, 108.6 15.1, 108.6 15.2, 108.5 15.1))",
    "MULTIPOINT ((108 15), (108 16))",
    "MULTILINESTRING ((108 15, 108 16), (109 15, 109 16))",
    "MULTIPOLYGON (((108 15, 109 15, 109 16, 108 15)), ((106 15, 107 15, 107 16, 106 15)))",
    "GEOMETRYCOLLECTION (POINT (108 15), GEOMETRYCOLLECTION (POINT (108 16)))",
]


def nested_wkb(depth: int) -> bytes:
    """A point inside `depth` geometry collections."""
    return struct.pack("<BII", 1, 7, 1) * depth + struct.pack("<BIdd", 1, 1, 108.0, 15.0)


def nested_geojson(depth: int) -> dict[str, Any]:
    """The same as GeoJSON."""
    inner: dict[str, Any] = point(108, 15)
    for _level in range(depth):
        inner = {"type": "GeometryCollection", "geometries": [inner]}
    return inner


@pytest.mark.parametrize("text", KINDS)
def test_every_kind_passes_through_every_door(text: str) -> None:
    """WKT, WKB and GeoJSON give the same geometry."""
    geometry = shapely.from_wkt(text)
    for found in (
        from_wkt(text, srid=4326),
        from_wkb(shapely.to_wkb(geometry), srid=4326),
        from_geojson(shapely.to_geojson(geometry), srid=4326),
    ):
        assert shapely.equals_exact(found, geometry)


@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("byte_order", [0, 1])
def test_heights_and_srids_inside_wkb_are_dropped(flavor: Any, byte_order: int) -> None:
    """ISO and PostGIS write a third dimension differently; both byte orders exist."""
    high = shapely.set_srid(shapely.from_wkt("POLYGON Z ((108 15 7, 109 15 7, 109 16 7, 108 15 7))"), 4756)
    data = shapely.to_wkb(high, flavor=flavor, byte_order=byte_order, include_srid=flavor == "extended")
    found = from_wkb(data, srid=4326)
    assert not found.has_z
    assert found.bounds == (108, 15, 109, 16)


def test_coordinates_come_out_bit_for_bit() -> None:
    """No rounding anywhere."""
    values = [108.4836472910384756, 15.573612345678912, 577453.9630001234, 1722531.7029998]
    assert list(from_geojson(point(values[0], values[1]), srid=4326).coords[0]) == values[:2]
    assert list(from_wkb(shapely.to_wkb(shapely.Point(values[2:])), srid=5899).coords[0]) == values[2:]


@pytest.mark.parametrize("depth", [17, 1_000, 20_000])
def test_deep_nesting_is_a_fault_and_no_crash(depth: int) -> None:
    """20,000 levels in 180 kB of WKB end GEOS by a segmentation fault."""
    with pytest.raises(GeometryFault) as caught:
        from_wkb(nested_wkb(depth), srid=4326)
    assert caught.value.code == "too-deep"
    with pytest.raises(GeometryFault):
        from_wkt("GEOMETRYCOLLECTION (" * depth + "POINT (108 15)" + ")" * depth, srid=4326)


def test_nesting_up_to_the_limit_is_accepted() -> None:
    """Fifteen collections and the point in them are sixteen levels."""
    assert from_wkb(nested_wkb(15), srid=4326).geom_type == "GeometryCollection"
    assert from_geojson(nested_geojson(15), srid=4326).geom_type == "GeometryCollection"
    with pytest.raises(GeometryFault, match="16 levels"):
        from_geojson(nested_geojson(16), srid=4326)


def test_deep_json_text_is_a_fault() -> None:
    """Also where the parser of JSON itself gives up."""
    text = '{"type":"GeometryCollection","geometries":[' * 100_000 + "]}" * 100_000
    with pytest.raises(GeometryFault):
        from_geojson(text, srid=4326)


def test_vertices_are_counted_over_all_parts() -> None:
    """Before anything is built."""
    line = shapely.LineString([(108 + i / 1000, 15) for i in range(60)])
    two = shapely.MultiLineString([line, line])
    assert measure_wkb(shapely.to_wkb(two)) == 120
    few = Limits(vertices=100)
    doors: list[tuple[Callable[..., Any], Any]] = [
        (from_wkb, shapely.to_wkb(two)),
        (from_wkt, two.wkt),
        (from_geojson, shapely.to_geojson(two)),
    ]
    for parse, value in doors:
        with pytest.raises(GeometryFault, match="100 vertices"):
            parse(value, srid=4326, limits=few)


def test_a_count_that_lies_costs_nothing() -> None:
    """Four billion vertices announced in a file of some bytes."""
    for data in (struct.pack("<BII", 1, 2, 0xFFFFFFFF), struct.pack("<BII", 1, 3, 0xFFFFFFFF), struct.pack("<BII", 1, 7, 0xFFFFFFFF)):
        with pytest.raises(GeometryFault):
            measure_wkb(data, FILE)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"type": "Circle", "coordinates": [1, 2]}, "unknown-kind"),
        ({"type": ["Point"], "coordinates": [1, 2]}, "unknown-kind"),
        ({"type": "Point"}, "unreadable"),
        ({"type": "Point", "coordinates": [108]}, "unreadable"),
        ({"type": "Point", "coordinates": ["108", "15"]}, "unreadable"),
        ({"type": "Point", "coordinates": [True, False]}, "unreadable"),
        ({"type": "Point", "coordinates": [10**400, 15]}, "not-finite"),
        ({"type": "Point", "coordinates": [math.nan, 15]}, "not-finite"),
        ({"type": "Point", "coordinates": [108, math.inf]}, "not-finite"),
        ({"type": "LineString", "coordinates": [[108, 15]]}, "bad-ring"),
        ({"type": "LineString", "coordinates": []}, "empty"),
        ({"type": "Polygon", "coordinates": [[[108, 15], [108, 16], [109, 15]]]}, "bad-ring"),
        ({"type": "GeometryCollection"}, "unreadable"),
        ({"type": "GeometryCollection", "geometries": [None]}, "unreadable"),
        ({"type": "GeometryCollection", "geometries": []}, "empty"),
        (bow_tie(108, 15), "invalid"),
        (point(577453.9, 1722531.7), "not-degrees"),
        (point(15.5, 108.4), "swapped"),
        (point(200, 15), "outside"),
    ],
)
def test_bad_geojson_has_its_own_fault(value: dict[str, Any], code: str) -> None:
    """Never another exception."""
    with pytest.raises(GeometryFault) as caught:
        from_geojson(value, srid=4326)
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "3", '{"type":"Point","coordinates":[1,2]', "\0"])
def test_text_that_is_no_geometry_is_a_fault(text: str) -> None:
    """As JSON and as WKT."""
    for parse in (from_geojson, from_wkt):
        with pytest.raises(GeometryFault):
            parse(text, srid=4326)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_measuring(data: bytes) -> None:
    """A count or a fault, whatever the bytes."""
    try:
        assert measure_wkb(data) >= 0
    except GeometryFault as fault:
        assert fault.code in SENTENCES


@given(st.integers(0, 92), st.binary(min_size=1, max_size=4))
def test_no_flipped_byte_breaks_the_parser(at: int, change: bytes) -> None:
    """A valid shape with some bytes changed is accepted or refused."""
    data = bytearray(shapely.to_wkb(SQUARE))
    data[at : at + len(change)] = change
    try:
        from_wkb(bytes(data), srid=4326)
    except GeometryFault as fault:
        assert str(fault)


def test_an_invalid_shape_tells_reason_and_place() -> None:
    """So that a person finds it on the map."""
    with pytest.raises(GeometryFault) as caught:
        from_geojson(bow_tie(108, 15, 1), srid=4326)
    assert caught.value.params == {"reason": "Self-intersection", "x": "108.5000000", "y": "15.5000000"}
    assert caught.value.params["reason"] in REASONS


def test_reasons_of_geos_are_taken_apart() -> None:
    """With and without a place, with heights."""
    assert split_reason("Ring Self-intersection[1.5 2]") == ("Ring Self-intersection", 1.5, 2.0)
    assert split_reason("Self-intersection[1 2 3]")[1:] == (1.0, 2.0)
    reason, x, y = split_reason("Too few points")
    assert reason == "Too few points"
    assert math.isnan(x)
    assert math.isnan(y)


@pytest.mark.parametrize(
    ("x", "y", "srid", "code"),
    [
        (108.4, 15.5, 5899, "are-degrees"),
        (1722531.7, 577453.9, 5899, "swapped"),
        (577453.9, 1722531.7, 4326, "not-degrees"),
        (-577453.9, 1722531.7, 5899, "outside"),
        (15.5, 108.4, 4326, "swapped"),
        (108.4, 15.5, 3857, "are-degrees"),
        (3e7, 0, 3857, "outside"),
    ],
)
def test_a_misplaced_position_names_the_likeliest_mistake(x: float, y: float, srid: int, code: str) -> None:
    """Degrees for metres, metres for degrees, axes swapped."""
    fault = misplaced(x, y, srid)
    assert fault.code == code
    assert "%" not in str(fault)


def test_every_sentence_can_be_filled() -> None:
    """No parameter is missing."""
    params = {"limit": 1, "x": "1", "y": "2", "srid": 4326, "reason": "Self-intersection"}
    for code in SENTENCES:
        assert "%(" not in str(GeometryFault(code, **params))


def test_geojson_text_and_object_mean_the_same() -> None:
    """Requests bring text, importers objects."""
    value = square(108, 15)
    assert from_geojson(json.dumps(value), srid=4326).equals(from_geojson(value, srid=4326))
