"""Transaction: three versions of bodies, each answered in kind; filters, axes, all or nothing."""

from typing import Any

import httpx
import pytest

from layers.models import FeatureEdit
from layers.themes.facilities import Facility
from layers.themes.traffic import RoadSegment
from tests.cast import Person
from tests.wfs.bodies import by_fid, delete, first, gml2_point, gml3_point, insert, properties, second, update
from tests.wfs.client import NS, Wfs, equal, fault, xml
from tests.world import CELL, SOUTH, WEST, World

PLACE = (WEST + 1.5 * CELL, SOUTH + 1.5 * CELL)  # in unit A
NEW = "<name>Nhà tránh bão</name><theme>health</theme><kind>hospital</kind><capacity>40</capacity>"


@pytest.fixture
def operator(scratch: World) -> Person:
    return scratch.cast["operator"]


def facility(pk: int) -> Facility:
    found: Facility = Facility._default_manager.get(pk=pk)
    return found


def unit_of(row: Facility) -> str:
    return row.admin_unit.code if row.admin_unit else ""


def succeeded(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    root = xml(answer)
    assert root.tag.rpartition("}")[2] in ("WFS_TransactionResponse", "TransactionResponse"), answer.text
    return root


def new_key(root: Any) -> int:
    (fid,) = [one.get("fid") or one.get("rid") for one in root.iter("{*}FeatureId", "{*}ResourceId")]
    return int(fid.rpartition(".")[2])


def test_1_0_0_as_qgis_writes_it(wfs: Wfs, operator: Person) -> None:
    """Insert with x,y in spite of the URN; update of geometry and of attributes by separate requests; delete."""
    answer = wfs.post(first(insert("facilities", gml2_point(*PLACE), NEW)), operator)
    root = succeeded(answer)
    assert root.tag == f"{{{NS['wfs1']}}}WFS_TransactionResponse" and root.get("version") == "1.0.0"
    assert root.find("wfs1:TransactionResult/wfs1:Status/wfs1:SUCCESS", NS) is not None
    pk = new_key(root)
    row = facility(pk)
    assert (row.name, row.capacity, unit_of(row)) == ("Nhà tránh bão", 40, "20341")
    assert row.geom.coords == pytest.approx(PLACE)
    assert int(answer.headers["X-Change-Seq"]) > 0
    assert wfs.ids("facilities", resourceid=f"facilities.{pk}", min_seq=answer.headers["X-Change-Seq"]) == [pk]

    moved = gml2_point(PLACE[0] + 0.001, PLACE[1])
    succeeded(wfs.post(first(update(f"facilities.{pk}", {"geom": moved})), operator))
    succeeded(wfs.post(first(update(f"facilities.{pk}", {"name": "Nhà tránh lũ", "capacity": None})), operator))
    row = facility(pk)
    assert (row.name, row.capacity) == ("Nhà tránh lũ", None)
    assert row.geom.coords == pytest.approx((PLACE[0] + 0.001, PLACE[1]))
    succeeded(wfs.post(first(delete(f"facilities.{pk}")), operator))
    assert not Facility._default_manager.filter(pk=pk).exists()
    assert [edit.action for edit in FeatureEdit.objects.filter(layer="facilities", feature=pk).order_by("pk")] == [
        "create",
        "update",
        "update",
        "delete",
    ]


def test_the_log_holds_times_and_decimals(wfs: Wfs, operator: Person) -> None:
    """A road with the moment of its last observation, as QGIS copies it."""
    line = (
        '<gml:MultiLineString srsName="urn:ogc:def:crs:EPSG::4326"><gml:lineStringMember><gml:LineString>'
        f'<gml:coordinates cs="," ts=" ">{PLACE[0]},{PLACE[1]} {PLACE[0] + 0.001},{PLACE[1]}</gml:coordinates>'
        "</gml:LineString></gml:lineStringMember></gml:MultiLineString>"
    )
    values = "<name>Đường mới</name><road_class>street</road_class><speed_kmh>41.5</speed_kmh>"
    observed = "<observed_at>2026-11-27T10:15:00Z</observed_at>"
    pk = new_key(succeeded(wfs.post(first(insert("roads", line, values + observed)), operator)))
    after = FeatureEdit.objects.get(layer="roads", feature=pk).after
    assert after is not None
    assert (after["name"], after["speed_kmh"]) == ("Đường mới", 41.5)
    assert after["observed_at"].startswith("2026-11-27T10:15:00")


@pytest.mark.parametrize(
    ("geometry", "srs"),
    [
        (gml3_point(PLACE[1], PLACE[0]), ""),
        (gml3_point(*PLACE, "EPSG:4326"), ""),
        (f"<gml:Point><gml:pos>{PLACE[1]} {PLACE[0]}</gml:pos></gml:Point>", ' srsName="urn:ogc:def:crs:EPSG::4326"'),
        (gml2_point(*PLACE), ""),
    ],
    ids=["urn", "short", "of the action", "gml 2"],
)
def test_1_1_0_turns_axes_by_the_authority(wfs: Wfs, operator: Person, geometry: str, srs: str) -> None:
    root = succeeded(wfs.post(first(insert("facilities", geometry, NEW, extra=f' handle="mới"{srs}'), "1.1.0"), operator))
    assert root.tag == f"{{{NS['wfs1']}}}TransactionResponse"
    assert root.findtext("wfs1:TransactionSummary/wfs1:totalInserted", namespaces=NS) == "1"
    assert root.find("wfs1:InsertResults/wfs1:Feature", NS).get("handle") == "mới"
    assert facility(new_key(root)).geom.coords == pytest.approx(PLACE)


def test_2_0_0_with_all_four(wfs: Wfs, operator: Person) -> None:
    root = succeeded(wfs.post(second(insert("facilities", gml3_point(PLACE[1], PLACE[0]), NEW, "wfs:Insert")), operator))
    assert root.tag == f"{{{NS['wfs']}}}TransactionResponse" and root.get("version") == "2.0.0"
    pk = new_key(root)
    condition = f'<fes:Filter><fes:ResourceId rid="facilities.{pk}"/></fes:Filter>'
    renamed = properties({"name": "Trạm B"}, "wfs", "ValueReference")
    root = succeeded(wfs.post(second(f'<wfs:Update typeName="ioc:facilities">{renamed}{condition}</wfs:Update>'), operator))
    assert root.findtext("wfs:TransactionSummary/wfs:totalUpdated", namespaces=NS) == "1"
    values = "<name>Trạm C</name><theme>health</theme><kind>hospital</kind>"
    feature = insert("facilities", gml3_point(PLACE[1], PLACE[0]), values, "wfs:Replace").removesuffix("</wfs:Replace>")
    root = succeeded(wfs.post(second(f"{feature}{condition}</wfs:Replace>"), operator))
    assert root.findtext("wfs:TransactionSummary/wfs:totalReplaced", namespaces=NS) == "1"
    assert root.find("wfs:ReplaceResults/wfs:Feature/fes:ResourceId", NS).get("rid") == f"facilities.{pk}"
    assert (facility(pk).name, facility(pk).capacity) == ("Trạm C", None)
    root = succeeded(wfs.post(second(f'<wfs:Delete typeName="ioc:facilities">{condition}</wfs:Delete>'), operator))
    assert root.findtext("wfs:TransactionSummary/wfs:totalDeleted", namespaces=NS) == "1"


def test_a_filter_selects_what_is_updated(wfs: Wfs, operator: Person, scratch: World) -> None:
    """By place and by value; nothing selected is nothing changed."""
    condition = f"<fes:Filter>{equal('name', 'no road has it')}</fes:Filter>"
    values = properties({"lanes": "4"}, "wfs", "ValueReference")
    root = succeeded(wfs.post(second(f'<wfs:Update typeName="ioc:roads">{values}{condition}</wfs:Update>'), operator))
    assert root.findtext("wfs:TransactionSummary/wfs:totalUpdated", namespaces=NS) == "0"
    name = str(RoadSegment._default_manager.get(pk=scratch.row("roads", "A").pk))
    condition = f"<fes:Filter>{equal('name', name)}</fes:Filter>"
    succeeded(wfs.post(second(f'<wfs:Update typeName="ioc:roads">{values}{condition}</wfs:Update>'), operator))
    assert [getattr(road, "lanes", None) for road in RoadSegment._default_manager.filter(name=name)] == [4]


def test_lines_and_surfaces_in_every_notation(wfs: Wfs, operator: Person) -> None:
    (x, y) = PLACE
    two = f"{x} {y} {x + 0.001} {y}"
    line = f"<gml:LineString><gml:posList>{two}</gml:posList></gml:LineString>"
    old = f"<gml:LineString><gml:coordinates>{x},{y} {x + 0.001},{y}</gml:coordinates></gml:LineString>"
    heights = f'<gml:posList srsDimension="3">{y} {x} 7 {y} {x + 0.001} 8</gml:posList>'
    single = f"<gml:pos>{x} {y}</gml:pos><gml:pos>{x + 0.001} {y}</gml:pos>"
    notations = (
        f'<gml:MultiCurve srsName="EPSG:4326"><gml:curveMember>{line}</gml:curveMember></gml:MultiCurve>',
        f'<gml:LineString srsName="urn:ogc:def:crs:EPSG::4326">{heights}</gml:LineString>',
        f"<gml:MultiLineString><gml:lineStringMember>{old}</gml:lineStringMember></gml:MultiLineString>",
        f'<gml:Curve srsName="EPSG:4326"><gml:segments><gml:LineStringSegment>{single}</gml:LineStringSegment></gml:segments></gml:Curve>',
    )
    for notation in notations:
        values = "<name>Đường mới</name><road_class>street</road_class><traffic_state>free</traffic_state>"
        root = succeeded(wfs.post(first(insert("roads", notation, values), "1.1.0"), operator))
        shape = RoadSegment._default_manager.get(pk=new_key(root)).geom
        assert shape.geom_type == "MultiLineString"
        assert [tuple(position[:2]) for position in shape.coords[0]] == [pytest.approx((x, y)), pytest.approx((x + 0.001, y))]


def test_all_or_nothing(wfs: Wfs, operator: Person, scratch: World) -> None:
    """The second write fails, so the first did not happen."""
    place, road = scratch.rows["facilities"][0].pk, scratch.rows["roads"][0].pk
    before = facility(place).name
    inside = update(f"facilities.{place}", {"name": "Tên khác"}) + update(f"roads.{road}", {"lanes": "rất nhiều"})
    answer = wfs.post(first(inside), operator)
    assert answer.status_code == 200
    assert "lanes" in fault(answer)[2]
    assert facility(place).name == before


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (insert("facilities", gml2_point(*PLACE), NEW.replace("health", "moon")), "moon"),
        (insert("facilities", gml2_point(PLACE[1], PLACE[0]), NEW), "15.5"),
        (insert("facilities", gml2_point(105.0, 21.0), NEW), ""),
        (insert("facilities", "", NEW), ""),
        (insert("facilities", gml2_point(*PLACE), "<secret>1</secret>"), "secret"),
        (insert("facilities", "<gml:Polygon><gml:exterior/></gml:Polygon>", NEW), ""),
        (update("facilities.99999999", {"name": "x"}), ""),
        ('<Update typeName="ioc:facilities"><Property><Name>name</Name><Value>x</Value></Property></Update>', "Filter"),
        ('<Delete typeName="ioc:facilities"/>', "Filter"),
        ('<Native vendorId="x" safeToIgnore="false"/>', ""),
        ("<LockId>7</LockId>", ""),
        ("<Explode/>", "Explode"),
        (f'<Update typeName="ioc:nothing">{properties({"name": "x"})}{by_fid("nothing.1")}</Update>', "nothing"),
        (f'<Update typeName="ioc:facilities">{properties({"is_demo": "true"})}{by_fid("facilities.{pk}")}</Update>', "is_demo"),
    ],
)
def test_a_refusal_says_why(wfs: Wfs, operator: Person, scratch: World, inside: str, said: str) -> None:
    """With status 200, without which QGIS shows nothing of it; with the standard's 400 to a body of 2.0.0."""
    count = Facility._default_manager.count()
    body = first(inside.replace("{pk}", str(scratch.rows["facilities"][0].pk)))
    answer = wfs.post(body, operator)
    assert answer.status_code == 200
    code, _locator, text = fault(answer)
    assert code and len(text) > 10 and said in text
    assert xml(answer).tag == f"{{{NS['ogc']}}}ServiceExceptionReport"
    report = wfs.post(body.replace('version="1.0.0"', 'version="1.1.0"'), operator)
    assert report.status_code == 200 and xml(report).tag == f"{{{NS['ows1']}}}ExceptionReport"
    assert Facility._default_manager.count() == count


def test_2_0_0_refusals_have_the_standards_status(wfs: Wfs, operator: Person) -> None:
    answer = wfs.post(second('<wfs:Native vendorId="x" safeToIgnore="true"/>'), operator)
    assert answer.status_code == 400 and xml(answer).tag == f"{{{NS['ows']}}}ExceptionReport"


def test_who_may_not_write_is_told(wfs: Wfs, operator: Person, scratch: World) -> None:
    pk = scratch.row("facilities", "A").pk
    body = first(update(f"facilities.{pk}", {"name": "x"}))
    for name in ("stranger", "officer", "anonymous"):
        person = scratch.cast[name]
        answer = wfs.post(body, person)
        assert answer.status_code == 200  # QGIS without a screen waits for ever on a 401
        assert len(fault(answer)[2]) > 10
    assert facility(pk).name != "x"


def test_rows_of_other_units_cannot_be_reached(wfs: Wfs, operator: Person, scratch: World) -> None:
    """The operator's units are those of Đà Nẵng."""
    pk = scratch.row("facilities", "outside").pk
    answer = wfs.post(first(update(f"facilities.{pk}", {"name": "x"})), operator)
    assert len(fault(answer)[2]) > 10 and facility(pk).name != "x"


def test_a_foreign_page_cannot_write(wfs: Wfs, operator: Person, scratch: World) -> None:
    pk = scratch.row("facilities", "A").pk
    body = first(update(f"facilities.{pk}", {"name": "x"}))
    for how in ("session", "basic"):
        answer = wfs.post(body, operator, how=how, Origin="https://evil.example")
        fault(answer)
    assert facility(pk).name != "x"
    succeeded(wfs.post(body, operator, how="session", Origin="http://testserver"))


def test_the_same_request_twice_writes_once(wfs: Wfs, operator: Person) -> None:
    body = first(insert("facilities", gml2_point(*PLACE), NEW))
    one, two = (wfs.post(body, operator) for _time in range(2))
    assert new_key(succeeded(one)) == new_key(succeeded(two))
    assert one.headers["X-Change-Seq"] == two.headers["X-Change-Seq"]
    # Deleted and drawn again at the same place it is a new one.
    succeeded(wfs.post(first(delete(f"facilities.{new_key(xml(one))}")), operator))
    assert new_key(succeeded(wfs.post(body, operator))) != new_key(xml(one))


def test_a_delete_that_is_repeated_succeeds(wfs: Wfs, operator: Person) -> None:
    pk = new_key(succeeded(wfs.post(first(insert("facilities", gml2_point(*PLACE), NEW)), operator)))
    for _time in range(2):
        succeeded(wfs.post(first(delete(f"facilities.{pk}")), operator))


def test_an_idempotency_key(wfs: Wfs, operator: Person) -> None:
    body = first(insert("facilities", gml2_point(*PLACE), NEW))
    one, two, other = (wfs.post(body, operator, Idempotency_Key=key) for key in ("k1", "k1", "k2"))
    assert new_key(succeeded(one)) == new_key(succeeded(two)) != new_key(succeeded(other))
    assert "Idempotency-Key" in fault(wfs.post(body.replace("40", "41"), operator, Idempotency_Key="k1"))[2]


def test_too_much_at_once(wfs: Wfs, operator: Person) -> None:
    body = first("".join(insert("facilities", gml2_point(*PLACE), NEW) for _number in range(1_001)))
    assert "1000" in fault(wfs.post(body, operator))[2].replace(".", "").replace(",", "")


def test_a_feature_that_is_copied_brings_what_follows_from_elsewhere(wfs: Wfs, operator: Person) -> None:
    """QGIS sends every attribute along: the unit is that of the new place, and demo data stay the service's matter."""
    copied = f"{NEW}<is_demo>true</is_demo>"
    row = facility(new_key(succeeded(wfs.post(first(insert("facilities", gml2_point(*PLACE), copied)), operator))))
    assert (unit_of(row), row.is_demo) == ("20341", False)


def test_an_edit_reaches_every_reader(wfs: Wfs, operator: Person, scratch: World) -> None:
    pk = scratch.row("facilities", "A").pk
    succeeded(wfs.post(first(update(f"facilities.{pk}", {"name": "Tên mới"})), operator))
    page = wfs.service.get(f"/ogc/collections/facilities/items/{pk}").json()
    assert page["properties"]["name"] == "Tên mới"
