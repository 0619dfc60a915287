"""Filters: FES 2.0 with its comparisons, places and times, 1.1 of older clients, CQL, and all of them together."""

import pytest

from layers.themes.facilities import Facility
from layers.themes.traffic import RoadSegment
from tests.cast import Person
from tests.ogc.conftest import change
from tests.wfs.client import NS, Wfs, equal, fault, fes, found, key_of
from tests.world import CELL, SOUTH, WEST, World


def every(world: World, name: str) -> set[int]:
    return {row.pk for row in world.rows[name]}


def compare(operator: str, name: str, value: object) -> str:
    return f"<fes:{operator}><fes:ValueReference>{name}</fes:ValueReference><fes:Literal>{value}</fes:Literal></fes:{operator}>"


@pytest.fixture
def places(scratch: World) -> list[int]:
    """The facilities, with capacities 0, 10, 20 … and one of them without; the second has a name of its own."""
    keys = sorted(every(scratch, "facilities"))
    for place, key in enumerate(keys):
        change(Facility, key, capacity=place * 10 if place else None)
    change(Facility, keys[1], name="Trạm Y tế 100%_Ngưỡng")
    return keys


def test_comparisons(wfs: Wfs, places: list[int]) -> None:
    rest = places[1:]
    for operator, expected in {
        "PropertyIsEqualTo": [rest[1]],
        "PropertyIsNotEqualTo": [rest[0], *rest[2:]],
        "PropertyIsLessThan": rest[:1],
        "PropertyIsLessThanOrEqualTo": rest[:2],
        "PropertyIsGreaterThan": rest[2:],
        "PropertyIsGreaterThanOrEqualTo": rest[1:],
    }.items():
        assert wfs.filtered("facilities", compare(operator, "ioc:capacity", 20)) == set(expected), operator


def test_a_literal_may_stand_first(wfs: Wfs, places: list[int]) -> None:
    parts = "<fes:Literal>20</fes:Literal><fes:ValueReference>capacity</fes:ValueReference>"
    turned = f"<fes:PropertyIsLessThan>{parts}</fes:PropertyIsLessThan>"
    assert wfs.filtered("facilities", turned) == set(places[3:])


def test_between_null_and_logic(wfs: Wfs, places: list[int]) -> None:
    bounds = "".join(
        f"<fes:{name}><fes:Literal>{value}</fes:Literal></fes:{name}>" for name, value in (("LowerBoundary", 10), ("UpperBoundary", 30))
    )
    between = f"<fes:PropertyIsBetween><fes:ValueReference>capacity</fes:ValueReference>{bounds}</fes:PropertyIsBetween>"
    absent = "<fes:PropertyIsNull><fes:ValueReference>capacity</fes:ValueReference></fes:PropertyIsNull>"
    assert wfs.filtered("facilities", between) == set(places[1:4])
    assert wfs.filtered("facilities", absent) == {places[0]}
    assert wfs.filtered("facilities", f"<fes:Or>{between}{absent}</fes:Or>") == set(places[:4])
    assert wfs.filtered("facilities", f"<fes:And>{between}<fes:Not>{absent}</fes:Not></fes:And>") == set(places[1:4])
    # Neither true nor false of the row without capacity.
    assert wfs.filtered("facilities", f"<fes:Not>{between}</fes:Not>") == set(places[4:])


def like(pattern: str, **attributes: str) -> str:
    said = {"wildCard": "*", "singleChar": "?", "escapeChar": "!", **attributes}
    extra = "".join(f' {name}="{value}"' for name, value in said.items())
    return (
        f"<fes:PropertyIsLike{extra}><fes:ValueReference>name</fes:ValueReference><fes:Literal>{pattern}</fes:Literal></fes:PropertyIsLike>"
    )


def test_patterns(wfs: Wfs, places: list[int]) -> None:
    one = {places[1]}
    assert wfs.filtered("facilities", like("Trạm*")) == one
    assert wfs.filtered("facilities", like("Tr?m Y tế*")) == one
    assert wfs.filtered("facilities", like("%Y tế%", wildCard="%", singleChar="_")) == one
    # What is a sign to LIKE alone is a letter here.
    assert wfs.filtered("facilities", like("*100%_*")) == one
    assert wfs.filtered("facilities", like("*100!*_*")) == set()
    assert wfs.filtered("facilities", like("TRẠM*")) == set()


def test_upper_and_lower_case(wfs: Wfs, places: list[int]) -> None:
    """QGIS's ILIKE."""
    assert wfs.filtered("facilities", like("tRẠM y TẾ*", matchCase="false")) == {places[1]}
    assert wfs.filtered("facilities", equal("name", "TRẠM Y TẾ 100%_NGƯỠNG", matchCase="false")) == {places[1]}
    assert wfs.filtered("facilities", equal("name", "TRẠM Y TẾ 100%_NGƯỠNG")) == set()


def box(numbers: str, srs: str = ' srsName="urn:ogc:def:crs:EPSG::4326"') -> str:
    low, high = numbers.split(" / ")
    envelope = f"<gml:Envelope{srs}><gml:lowerCorner>{low}</gml:lowerCorner><gml:upperCorner>{high}</gml:upperCorner></gml:Envelope>"
    return f"<fes:BBOX><fes:ValueReference>ioc:geom</fes:ValueReference>{envelope}</fes:BBOX>"


def test_places(wfs: Wfs, world: World) -> None:
    """Column 1 of the world; latitude first behind a URN, longitude first behind the short name and in 3857."""
    west, east, south, north = WEST + CELL, WEST + 2 * CELL, SOUTH, SOUTH + 3 * CELL
    inside = {row.pk for row in world.rows["facilities"] if row.home in ("A", "an mỹ")}
    assert wfs.filtered("facilities", box(f"{south} {west} / {north} {east}")) == inside
    assert wfs.filtered("facilities", box(f"{west} {south} / {east} {north}", ' srsName="EPSG:4326"')) == inside
    assert wfs.filtered("facilities", box(f"{west} {south} / {east} {north}", ' srsName="urn:ogc:def:crs:OGC:1.3:CRS84"')) == inside
    ring = f"{south} {west} {south} {east} {north} {east} {north} {west} {south} {west}"
    polygon = f"<gml:exterior><gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior>"
    shape = f'<gml:Polygon gml:id="p" srsName="urn:ogc:def:crs:EPSG::4326">{polygon}</gml:Polygon>'
    outside = every(world, "facilities") - inside
    for operator, expected in {"Intersects": inside, "Within": inside, "Disjoint": outside, "Contains": set()}.items():
        asked = f"<fes:{operator}><fes:ValueReference>geom</fes:ValueReference>{shape}</fes:{operator}>"
        assert wfs.filtered("facilities", asked) == expected, operator


def test_an_envelope_without_system_is_in_the_layers_own(wfs: Wfs, world: World, leader: Person) -> None:
    """As GDAL writes it."""
    row = world.row("parcels", "A")
    document = wfs.get(leader, request="GetFeature", resourceid=f"parcels.{row.pk}", outputformat="geojson", srsname="EPSG:5899").json()
    (x, y), *_rest = document["features"][0]["geometry"]["coordinates"][0]
    assert row.pk in wfs.filtered("parcels", box(f"{x - 1} {y - 1} / {x + 1} {y + 1}", ""), leader)
    turned = wfs.get(leader, request="GetFeature", typenames="parcels", filter=fes(box(f"{y - 1} {x - 1} / {y + 1} {x + 1}", "")))
    assert fault(turned)[:2] == ("InvalidParameterValue", "filter")  # and it says that the axes are swapped


@pytest.mark.parametrize("name", ["facilities", "parcels"])
def test_distances(wfs: Wfs, world: World, leader: Person, name: str) -> None:
    """On the ellipsoid for degrees, on the plane for VN-2000."""
    row = world.row(name, "A")
    at = f'<gml:Point gml:id="p" srsName="EPSG:4326"><gml:pos>{row.at[0]} {row.at[1]}</gml:pos></gml:Point>'

    def near(metres: float, operator: str = "DWithin", unit: str = "m") -> set[int]:
        distance = f'<fes:Distance uom="{unit}">{metres}</fes:Distance>'
        asked = f"<fes:{operator}><fes:ValueReference>geom</fes:ValueReference>{at}{distance}</fes:{operator}>"
        return wfs.filtered(name, asked, leader)

    assert row.pk in near(30)
    assert near(30) < near(1, unit="km") <= near(100_000)
    assert near(100_000) == every(world, name)
    assert near(30, "Beyond") == every(world, name) - near(30)


def test_the_bbox_parameter(wfs: Wfs, world: World) -> None:
    west, east, south, north = WEST + CELL, WEST + 2 * CELL, SOUTH, SOUTH + 3 * CELL
    inside = {row.pk for row in world.rows["facilities"] if row.home in ("A", "an mỹ")}
    for bbox in (
        f"{west},{south},{east},{north},EPSG:4326",
        f"{south},{west},{north},{east},urn:ogc:def:crs:EPSG::4326",
        f"{west},{south},{east},{north},urn:ogc:def:crs:OGC:1.3:CRS84",
        f"{south},{west},{north},{east}",
    ):
        assert set(wfs.ids("facilities", bbox=bbox)) == inside, bbox


def test_times(wfs: Wfs, scratch: World) -> None:
    keys = sorted(every(scratch, "roads"))
    for place, key in enumerate(keys):
        change(RoadSegment, key, observed_at=f"2026-01-{place + 1:02d}T08:00:00Z")

    def when(operator: str, value: str) -> set[int]:
        return wfs.filtered("roads", f"<fes:{operator}><fes:ValueReference>observed_at</fes:ValueReference>{value}</fes:{operator}>")

    third = '<gml:TimeInstant gml:id="t"><gml:timePosition>2026-01-03T08:00:00Z</gml:timePosition></gml:TimeInstant>'
    ends = "<gml:beginPosition>2026-01-02T00:00:00Z</gml:beginPosition><gml:endPosition>2026-01-04T00:00:00Z</gml:endPosition>"
    assert when("Before", third) == set(keys[:2])
    assert when("After", third) == set(keys[3:])
    assert when("TEquals", third) == {keys[2]}
    assert when("During", f'<gml:TimePeriod gml:id="p">{ends}</gml:TimePeriod>') == set(keys[1:3])
    assert when("AnyInteracts", "<fes:Literal>2026-01-03</fes:Literal>") == {keys[2]}


def test_cql(wfs: Wfs, places: list[int]) -> None:
    assert set(wfs.ids("facilities", cql_filter="capacity > 20 AND capacity IN (30, 40, 10)")) == set(places[3:5])
    answer = wfs.get(request="GetFeature", typenames="facilities", cql_filter="password = 'x'")
    assert fault(answer)[:2] == ("InvalidParameterValue", "filter") and "capacity" in fault(answer)[2]


def test_everything_that_narrows_holds_together(wfs: Wfs, places: list[int]) -> None:
    ids = ",".join(f"facilities.{key}" for key in places[2:6])
    pairs = {"cql_filter": "capacity < 50", "filter": fes(compare("PropertyIsGreaterThan", "capacity", 20))}
    assert set(wfs.ids("facilities", resourceid=ids, **pairs)) == set(places[3:5])


def test_ids_inside_of_filters(wfs: Wfs, world: World) -> None:
    first, second = sorted(every(world, "roads"))[:2]
    ids = "".join(f'<fes:ResourceId rid="roads.{key}"/>' for key in (first, second, 99999999))
    assert wfs.filtered("roads", ids) == {first, second}
    assert wfs.filtered("roads", f'<fes:Not><fes:ResourceId rid="roads.{first}"/></fes:Not>') == every(world, "roads") - {first}
    assert wfs.filtered("roads", equal("@gml:id", f"roads.{first}")) == {first}


def test_1_1_filters_by_post(wfs: Wfs, places: list[int]) -> None:
    condition = "<PropertyIsGreaterThan><PropertyName>ioc:capacity</PropertyName><Literal>30</Literal></PropertyIsGreaterThan>"
    query = f'<Query typeName="ioc:facilities"><PropertyName>name</PropertyName><Filter xmlns="{NS["ogc"]}">{condition}</Filter></Query>'
    body = f'<GetFeature xmlns="{NS["wfs1"]}" xmlns:ioc="{NS["ioc"]}" service="WFS" version="1.1.0" maxFeatures="2">{query}</GetFeature>'
    assert [key_of(one) for one in found(wfs.post(body), "facilities")] == places[4:6]


def test_2_0_by_post(wfs: Wfs, places: list[int]) -> None:
    parts = "<fes:ValueReference>capacity</fes:ValueReference><fes:SortOrder>DESC</fes:SortOrder>"
    sort = f"<fes:SortBy><fes:SortProperty>{parts}</fes:SortProperty></fes:SortBy>"
    condition = f"<fes:Filter>{compare('PropertyIsLessThan', 'capacity', 40)}</fes:Filter>"
    query = f'<wfs:Query typeNames="ioc:facilities" srsName="urn:ogc:def:crs:EPSG::3857">{condition}{sort}</wfs:Query>'
    head = f'xmlns:wfs="{NS["wfs"]}" xmlns:fes="{NS["fes"]}" service="WFS" version="2.0.0"'
    body = f'<wfs:GetFeature {head} count="2" startIndex="1">{query}</wfs:GetFeature>'
    answer = wfs.post(body)
    assert [key_of(one) for one in found(answer, "facilities")] == [places[2], places[1]]
    assert 'srsName="urn:ogc:def:crs:EPSG::3857"' in answer.text


@pytest.mark.parametrize(
    "condition",
    [
        equal("admin_unit__code", "20341"),
        equal("owner__password", "x"),
        equal("updated_at", "2020-01-01"),
        equal("capacity", "many"),
        equal("theme/name", "x").replace("theme/name", "a/b/c"),
        "<fes:PropertyIsEqualTo><fes:Function name='sleep'/><fes:Literal>1</fes:Literal></fes:PropertyIsEqualTo>",
        "<fes:PropertyIsEqualTo><fes:ValueReference>name</fes:ValueReference></fes:PropertyIsEqualTo>",
        "<fes:Or/>",
        "<fes:DWithin><fes:ValueReference>geom</fes:ValueReference></fes:DWithin>",
        "<fes:BBOX><fes:ValueReference>geom</fes:ValueReference><gml:Envelope><gml:lowerCorner>1</gml:lowerCorner></gml:Envelope></fes:BBOX>",
        "<fes:Sleep/>",
        "",
    ],
)
def test_what_a_filter_may_not_ask(wfs: Wfs, condition: str) -> None:
    """Names of columns that are not published, functions, and what is incomplete."""
    answer = wfs.get(request="GetFeature", typenames="facilities", filter=fes(condition))
    assert answer.status_code == 400
    assert fault(answer)[0] in ("InvalidParameterValue", "OperationParsingFailed")


def test_times_beside_attributes_that_hold_days(wfs: Wfs, world: World) -> None:
    """What the OGC's own suite asks: a moment is taken as its day in Viet Nam; seconds may be left out, as ISO 8601 has it."""
    for operator in ("PropertyIsGreaterThanOrEqualTo", "PropertyIsLessThan"):
        exact = wfs.filtered("admin_units", compare(operator, "valid_from", "2025-07-01"))
        assert wfs.filtered("admin_units", compare(operator, "valid_from", "2025-06-30T20:15:00.000Z")) == exact
    position = "<gml:TimeInstant gml:id='t'><gml:timePosition>2025-06-30T20:15Z</gml:timePosition></gml:TimeInstant>"
    begin, end = "<gml:beginPosition>2025-06-30T20:15Z</gml:beginPosition>", "<gml:endPosition>2025-07-01T20:15Z</gml:endPosition>"
    for operator, when in (
        ("After", position),
        ("Before", position),
        ("During", f"<gml:TimePeriod gml:id='p'>{begin}{end}</gml:TimePeriod>"),
    ):
        condition = f"<fes:{operator}><fes:ValueReference>valid_from</fes:ValueReference>{when}</fes:{operator}>"
        answer = wfs.get(request="GetFeature", typenames="admin_units", filter=fes(condition))
        assert answer.status_code == 200, answer.text


def test_properties_of_gml_that_no_feature_has(wfs: Wfs, world: World) -> None:
    null = "<fes:PropertyIsNull><fes:ValueReference>gml:name</fes:ValueReference></fes:PropertyIsNull>"
    assert wfs.filtered("incidents", null) == set(wfs.ids("incidents"))
    asked = wfs.get(request="GetFeature", typenames="roads", filter=fes(compare("PropertyIsLessThan", "gml:boundedBy", 1)))
    assert fault(asked)[0] == "OperationProcessingFailed"
