"""Parameters of WMS, read one by one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_core.errors import BadParameter
from layers.layer import FeatureLayer
from tests.world import declared_layers
from tiles.wms import reading
from tiles.wms.failure import WmsError
from tiles.wms.reading import Kvp, read_background, read_box, read_filters, read_format, read_srid, read_time, read_view

_VIEW = {"CRS": "EPSG:3857", "BBOX": "0,0,100,50", "WIDTH": "200", "HEIGHT": "100"}
_LAYERS: list[FeatureLayer] = [layer for layer in declared_layers() if layer.name in ("roads", "water")]


def test_names_are_read_in_any_case() -> None:
    """The values keep theirs."""
    kvp = Kvp({"Layers": "Roads"})
    assert kvp("LAYERS") == "Roads"
    assert kvp("STYLES", "x") == "x"


def test_a_name_given_twice_is_refused() -> None:
    """Nobody can say which one is meant; the error names the parameter."""
    with pytest.raises(WmsError) as caught:
        Kvp({"WIDTH": "1", "width": "2"})
    assert (caught.value.ogc, caught.value.field) == ("InvalidParameterValue", "width")


@pytest.mark.parametrize("given_values", [{}, {"X": ""}], ids=["absent", "empty"])
def test_a_needed_parameter(given_values: dict[str, str]) -> None:
    """Absent and empty are the same."""
    with pytest.raises(WmsError) as caught:
        Kvp(given_values).need("X")
    assert (caught.value.ogc, caught.value.field) == ("MissingParameterValue", "X")


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("+5", 5), ("-3", -3), ("007", 7), ("", 4)])
def test_whole_numbers(text: str, number: int) -> None:
    """With a sign or zeros before them; the default where there is none."""
    assert Kvp({"N": text}).whole("N", -3, 9, default=4) == number


@pytest.mark.parametrize("text", ["5.0", "1e1", " ", "0x5", "\N{ARABIC-INDIC DIGIT FIVE}", "10", "-4", "9999999999", "5;"])
def test_what_is_no_whole_number_in_range(text: str) -> None:
    """Not a number, not whole, or outside of the limits."""
    with pytest.raises(WmsError, match="N"):
        Kvp({"N": text}).whole("N", -3, 9, default=4)


@pytest.mark.parametrize(("text", "parts"), [("", []), ("a", ["a"]), ("a,,b", ["a", "", "b"])])
def test_lists(text: str, parts: list[str]) -> None:
    """Empty places count."""
    assert Kvp({"L": text}).list("L") == parts


_SRIDS = [
    ("EPSG:3857", "1.3.0", 3857, False),
    ("epsg:3857", "1.1.1", 3857, False),
    ("EPSG:900913", "1.1.1", 3857, False),
    ("EPSG:4326", "1.3.0", 4326, True),
    ("EPSG:4326", "1.1.1", 4326, False),
    ("EPSG:4756", "1.3.0", 4756, True),
    ("EPSG:5899", "1.3.0", 5899, False),
    ("CRS:84", "1.3.0", 4326, False),
    ("OGC:CRS84", "1.3.0", 4326, False),
    ("urn:ogc:def:crs:EPSG::4326", "1.3.0", 4326, True),
    ("urn:x-ogc:def:crs:EPSG:6.9:3857", "1.3.0", 3857, False),
]


@pytest.mark.parametrize(("name", "version", "srid", "swapped"), _SRIDS, ids=[f"{name} {version}" for name, version, _s, _l in _SRIDS])
def test_coordinate_systems(name: str, version: str, srid: int, swapped: bool) -> None:
    """Degrees are latitude first in 1.3.0, unless CRS:84 is said; never in 1.1.1."""
    assert read_srid(name, version) == (srid, swapped)


@pytest.mark.parametrize("name", ["CRS:84", "EPSG:1", "EPSG:38570", "3857", "EPSG:3857 ", ""])
def test_systems_that_1_1_1_does_not_have(name: str) -> None:
    """The code and the parameter's name are those of the version."""
    with pytest.raises(WmsError) as caught:
        read_srid(name, "1.1.1")
    assert (caught.value.ogc, caught.value.field) == ("InvalidSRS", "SRS")


def test_every_system_that_is_offered_is_read() -> None:
    """And none is offered twice."""
    assert [read_srid(f"EPSG:{srid}", "1.3.0")[0] for srid in reading.OFFERED] == list(reading.OFFERED)
    assert len(set(reading.OFFERED)) == len(reading.OFFERED)


_EDGE = st.integers(-80, 80)


@settings(max_examples=50)
@given(_EDGE, _EDGE, st.integers(1, 9), st.integers(1, 9))
def test_swapped_boxes_mean_the_same_place(west: int, south: int, wide: int, high: int) -> None:
    """Latitude first or not: the box is west, south, east, north."""
    east, north = west + wide, south + high
    plain = read_box(f"{west},{south},{east},{north}", swapped=False)
    assert plain == read_box(f"{south},{west},{north},{east}", swapped=True) == (west, south, east, north)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "1,1,1,2", "1,1,2,1", "3,3,1,1", "a,b,c,d", "nan,0,1,1"])
def test_boxes_that_are_none(text: str) -> None:
    """Too few or too many numbers, no numbers, no area."""
    with pytest.raises(BadParameter) as caught:
        read_box(text, swapped=False)
    assert caught.value.field == "BBOX"


@pytest.mark.parametrize(
    ("more", "density"),
    [
        ({}, 1.0),
        ({"DPI": "96"}, 1.0),
        ({"DPI": "192"}, 2.0),
        ({"MAP_RESOLUTION": "48"}, 0.5),
        ({"FORMAT_OPTIONS": "dpi:288"}, 3.0),
        ({"FORMAT_OPTIONS": "antialias:on;DPI:192"}, 2.0),
        ({"FORMAT_OPTIONS": "antialias:on"}, 1.0),
        ({"DPI": "192", "FORMAT_OPTIONS": "dpi:96"}, 2.0),
    ],
)
def test_density(more: dict[str, str], density: float) -> None:
    """Each client's name for it; 96 dots an inch are one."""
    view = read_view(Kvp({**_VIEW, **more}), "1.3.0")
    assert (view.density, view.box, view.width, view.height) == (density, (0, 0, 100, 50), 200, 100)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"DPI": "23"}, "DPI"), ({"MAP_RESOLUTION": "1201"}, "MAP_RESOLUTION"), ({"FORMAT_OPTIONS": "dpi:1"}, "FORMAT_OPTIONS")],
)
def test_density_out_of_range(more: dict[str, str], field: str) -> None:
    """The error names the parameter that was used."""
    with pytest.raises(WmsError) as caught:
        read_view(Kvp({**_VIEW, **more}), "1.3.0")
    assert caught.value.field == field


@pytest.mark.parametrize(("version", "wanted"), [("1.3.0", "CRS"), ("1.1.1", "SRS")])
def test_the_name_of_the_coordinate_system(version: str, wanted: str) -> None:
    """1.1.1 says SRS, 1.3.0 says CRS, and neither takes the other's."""
    other = {"CRS": "SRS", "SRS": "CRS"}[wanted]
    with pytest.raises(WmsError) as caught:
        read_view(Kvp({"BBOX": "0,0,1,1", "WIDTH": "1", "HEIGHT": "1", other: "EPSG:3857"}), version)
    assert (caught.value.ogc, caught.value.field) == ("MissingParameterValue", wanted)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("", "image/png"),
        ("IMAGE/PNG", "image/png"),
        ("image/png8", "image/png; mode=8bit"),
        ("image/png;mode=32bit", "image/png; mode=32bit"),
        ("image/png ;  mode=8bit", "image/png; mode=8bit"),
        ("image/jpg", "image/jpeg"),
        ("image/svg", "image/svg+xml"),
        (" application/pdf ", "application/pdf"),
    ],
)
def test_formats(text: str, type_: str) -> None:
    """Usual spellings are understood; PNG is meant where nothing is said."""
    assert read_format(text).type == type_


@pytest.mark.parametrize("text", ["png", "image/gif", "image/png; mode=24bit", "*/*"])
def test_formats_that_are_not_offered(text: str) -> None:
    """The sentence lists those that are."""
    with pytest.raises(WmsError, match="image/webp") as caught:
        read_format(text)
    assert caught.value.ogc == "InvalidFormat"


@pytest.mark.parametrize(
    ("values", "colour"),
    [
        ({}, "#ffffff"),
        ({"BGCOLOR": "0xFF8800"}, "#ff8800"),
        ({"BGCOLOR": "#ff8800"}, "#ff8800"),
        ({"TRANSPARENT": "true"}, None),
        ({"TRANSPARENT": "TRUE", "BGCOLOR": "0x000000"}, None),
        ({"TRANSPARENT": "False", "BGCOLOR": "0X00000A"}, "#00000a"),
    ],
)
def test_backgrounds(values: dict[str, str], colour: str | None) -> None:
    """White where nothing is said; none at all when transparent."""
    assert read_background(Kvp(values)) == colour


@pytest.mark.parametrize(
    ("values", "field"), [({"BGCOLOR": "0xFFF"}, "BGCOLOR"), ({"BGCOLOR": "0xGG0000"}, "BGCOLOR"), ({"TRANSPARENT": "1"}, "TRANSPARENT")]
)
def test_backgrounds_that_are_none(values: dict[str, str], field: str) -> None:
    """A colour is checked even where the picture is transparent."""
    with pytest.raises(WmsError) as caught:
        read_background(Kvp({"TRANSPARENT": "TRUE", **values}))
    assert caught.value.field == field


@pytest.mark.parametrize("text", ["", "current", "CURRENT", "default"])
def test_no_moment(text: str) -> None:
    """The layer shows what it shows by itself."""
    assert read_time(text) is None


@pytest.mark.parametrize("text", ["", "INCLUDE", "include", " ; ", "INCLUDE;INCLUDE"])
def test_filters_that_want_everything(text: str) -> None:
    """One for all layers, or one a layer."""
    assert read_filters(text, _LAYERS) == [None, None]


def test_a_semicolon_in_a_text_separates_nothing() -> None:
    """One filter for both layers."""
    first, second = read_filters("name = 'a;b'", _LAYERS)
    assert first is not None
    assert second is not None


def test_filters_for_one_layer_alone() -> None:
    """By its place."""
    first, second = read_filters("INCLUDE;name = 'a'", _LAYERS)
    assert first is None
    assert second is not None
