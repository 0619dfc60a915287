"""GetFeature: rows, pages, order, properties, formats, counts."""

import csv
import io
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from tests.cast import Person
from tests.memory import skip_in_memory
from tests.wfs.client import GML_ID, NS, Wfs, fault, fes, found, key_of, xml
from tests.world import World


def keys(world: World, name: str) -> list[int]:
    return sorted(row.pk for row in world.rows[name])


def test_all_rows_in_the_order_of_their_keys(wfs: Wfs, world: World) -> None:
    answer = wfs.get(request="GetFeature", typenames="ioc:facilities")
    assert [key_of(feature) for feature in found(answer, "facilities")] == keys(world, "facilities")
    root = xml(answer)
    assert root.get("numberMatched") == root.get("numberReturned") == str(len(world.rows["facilities"]))
    assert answer.headers["Content-Type"].startswith("application/gml+xml; version=3.2")
    assert answer.headers["Cache-Control"] == "no-store"
    assert int(answer.headers["X-Change-Seq"]) > 0


def test_only_published_fields(wfs: Wfs, world: World) -> None:
    (feature,) = wfs.features("facilities", count=1)
    names = {child.tag.rpartition("}")[2] for child in feature}
    assert {"name", "geom"} <= names
    assert not names & {"updated_at", "geom_3857", "id", "admin_unit_id"}


def test_pages_follow_each_other(wfs: Wfs, world: World) -> None:
    """By the `next` links, whose last page has none, and by counting."""
    address, seen = "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=ioc:facilities&COUNT=5", []
    while address:
        answer = wfs.service.get(address)
        seen += [key_of(feature) for feature in found(answer, "facilities")]
        following = xml(answer).get("next")
        address = f"/wfs?{urlsplit(following).query}" if following else ""
    assert seen == keys(world, "facilities")
    counted = [key for start in range(0, len(seen), 5) for key in wfs.ids("facilities", count=5, startindex=start)]
    assert counted == seen


def test_pages_in_another_order_than_they_stand(wfs: Wfs, world: World) -> None:
    """No page depends on the one before having been read."""
    expected = keys(world, "facilities")
    for start in (8, 3, 6, 0, 9):
        assert wfs.ids("facilities", count=3, startindex=start) == expected[start : start + 3]


def test_memory_tells_where_a_page_begins(wfs: Wfs, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever order pages are asked for."""
    expected, asked = keys(world, "facilities"), skip_in_memory(monkeypatch)
    for start in (7, 2, 4):
        assert wfs.ids("facilities", count=3, startindex=start) == expected[start : start + 3]
    assert asked == ["facilities"] * 3


def test_a_page_knows_the_page_before(wfs: Wfs) -> None:
    link = xml(wfs.get(request="GetFeature", typenames="roads", count=4, startindex=6)).get("previous")
    query = parse_qs(urlsplit(link).query)
    assert (query["STARTINDEX"], query["COUNT"]) == (["2"], ["4"])


def test_rows_that_come_meanwhile_do_not_shift_pages(wfs: Wfs, scratch: World) -> None:
    from tests import factories

    first = wfs.get(request="GetFeature", typenames="roads", count=4)
    from layers.themes.traffic import RoadSegment

    factories.feature(RoadSegment, None, (108.47, 15.56), "a new road")
    second = wfs.service.get(f"/wfs?{urlsplit(xml(first).get('next')).query}")
    expected = keys(scratch, "roads")
    assert [key_of(one) for one in found(second, "roads")] == expected[4:8]


def test_hits(wfs: Wfs, world: World) -> None:
    root = xml(wfs.get(request="GetFeature", typenames="roads", resulttype="hits"))
    assert (root.get("numberMatched"), root.get("numberReturned"), len(root)) == (str(len(world.rows["roads"])), "0", 0)
    following = wfs.service.get(f"/wfs?{urlsplit(root.get('next')).query}")
    assert [key_of(one) for one in found(following, "roads")] == keys(world, "roads")
    assert xml(wfs.get(request="GetFeature", typenames="roads", resulttype="hits", cql_filter="lanes = 99")).get("next") is None
    first = xml(wfs.get(request="GetFeature", typename="roads", resulttype="hits", version="1.1.0"))
    assert first.get("numberOfFeatures") == str(len(world.rows["roads"]))


def test_sorting_both_ways_and_by_several(wfs: Wfs, world: World) -> None:
    ascending = [f.findtext("ioc:name", namespaces=NS) for f in wfs.features("facilities", sortby="name ASC")]
    assert len(ascending) == len(world.rows["facilities"])
    descending = [f.findtext("ioc:name", namespaces=NS) for f in wfs.features("facilities", sortby="ioc:name DESC")]
    assert descending == ascending[::-1]
    assert wfs.ids("facilities", sortby="theme,name D")
    paged = [key for start in (0, 4, 8) for key in wfs.ids("facilities", sortby="name", count=4, startindex=start)]
    assert paged == wfs.ids("facilities", sortby="name")[:12]


def test_properties(wfs: Wfs) -> None:
    (feature,) = wfs.features("roads", propertyname="ioc:name,traffic_state", count=1)
    assert [child.tag.rpartition("}")[2] for child in feature] == ["name", "traffic_state"]
    (with_shape,) = wfs.features("roads", propertyname="geom", count=1)
    assert [child.tag.rpartition("}")[2] for child in with_shape] == ["geom"]


@pytest.mark.parametrize(
    ("pairs", "locator"),
    [
        ({"propertyname": "updated_at"}, "propertyName"),
        ({"sortby": "admin_unit__name"}, "sortBy"),
        ({"sortby": "name SIDEWAYS"}, "sortBy"),
        ({"count": "many"}, "count"),
        ({"startindex": "-1"}, "startindex"),
        ({"outputformat": "shape-zip"}, "outputFormat"),
        ({"resulttype": "all"}, "resultType"),
        ({"srsname": "EPSG:32648"}, "srsName"),
        ({"bbox": "1,2,3"}, "bbox"),
    ],
)
def test_what_cannot_be_used_is_named(wfs: Wfs, pairs: dict[str, Any], locator: str) -> None:
    answer = wfs.get(request="GetFeature", typenames="roads", **pairs)
    assert answer.status_code == 400
    code, where, text = fault(answer)
    assert code == "InvalidParameterValue" and where.lower() == locator.lower() and len(text) > 10


def test_several_types_at_once(wfs: Wfs, world: World) -> None:
    root = xml(wfs.get(request="GetFeature", typenames="roads,ioc:water"))
    inner = root.findall("wfs:member/wfs:FeatureCollection", NS)
    assert [len(one) for one in inner] == [len(world.rows["roads"]), len(world.rows["water"])]
    assert root.get("numberReturned") == str(len(world.rows["roads"]) + len(world.rows["water"]))
    both = wfs.get(request="GetFeature", typenames="roads,water", startindex=len(world.rows["roads"]) + 2, count=3)
    assert [key_of(one) for one in found(both, "water")] == keys(world, "water")[2:5]


def test_by_ids(wfs: Wfs, world: World) -> None:
    road, place = keys(world, "roads")[2], keys(world, "facilities")[3]
    answer = wfs.get(request="GetFeature", resourceid=f"roads.{road},facilities.{place}")
    assert [key_of(one) for one in found(answer, "roads")] == [road]
    assert [key_of(one) for one in found(answer, "facilities")] == [place]
    assert wfs.ids("roads", resourceid="roads.999999") == []
    assert wfs.ids("roads", resourceid="roads.x,1") == []
    by_parameter = wfs.get(request="GetFeature", typenames="roads", resourceid="water.1")
    by_filter = wfs.get(request="GetFeature", typenames="roads", filter=fes('<fes:ResourceId rid="water.1"/>'))
    for answer in (by_parameter, by_filter):
        assert fault(answer)[:2] == ("InvalidParameterValue", "resourceId")


def test_the_stored_query_gives_one_feature_by_itself(wfs: Wfs, world: World, officer: Person) -> None:
    query: dict[str, Any] = {"request": "GetFeature", "storedquery_id": "urn:ogc:def:query:OGC-WFS::GetFeatureById"}
    row = world.row("parcels", "A")
    root = xml(wfs.get(officer, **query, id=f"parcels.{row.pk}"))
    assert root.tag == f"{{{NS['ioc']}}}parcels" and root.get(GML_ID) == f"parcels.{row.pk}"
    for person, pk in ((None, row.pk), (officer, world.row("parcels", "B").pk)):
        answer = wfs.get(person, **query, id=f"parcels.{pk}")
        assert answer.status_code in (400, 404)
        assert row.label not in answer.text
    for nobody in ("parcels.99999999", "nowhere.1", "https://example.invalid/1"):
        answer = wfs.get(officer, **query, id=nobody)
        assert (answer.status_code, fault(answer)[0]) == (404, "NotFound")
    assert fault(wfs.get(officer, **query))[:2] == ("MissingParameterValue", "ID")
    listed = xml(wfs.get(request="ListStoredQueries"))
    assert listed.find("wfs:StoredQuery", NS).get("id") == query["storedquery_id"]
    described = xml(wfs.get(request="DescribeStoredQueries", storedquery_id=query["storedquery_id"]))
    assert described.find(".//wfs:Parameter", NS).get("name") == "ID"
    assert fault(wfs.get(request="DescribeStoredQueries", storedquery_id="urn:other"))[0] == "InvalidParameterValue"


def test_values_of_one_property(wfs: Wfs, world: World) -> None:
    root = xml(wfs.get(request="GetPropertyValue", typenames="roads", valuereference="ioc:name"))
    values = [one.text for one in root.iterfind("wfs:member/ioc:name", NS)]
    assert sorted(value.split()[0] for value in values) == sorted(row.label for row in world.rows["roads"])
    shape = xml(wfs.get(request="GetPropertyValue", typenames="roads", valuereference="geom", count=1))
    assert shape.find("wfs:member/ioc:geom/gml:MultiCurve", NS) is not None
    assert fault(wfs.get(request="GetPropertyValue", typenames="roads", valuereference="secret"))[1] == "valueReference"
    assert fault(wfs.get(request="GetPropertyValue", typenames="roads"))[0] == "MissingParameterValue"
    assert fault(wfs.get(request="GetPropertyValue", typenames="roads", valuereference=""))[0] == "InvalidParameterValue"


def test_ids_are_values_too(wfs: Wfs, world: World) -> None:
    root = xml(wfs.get(request="GetPropertyValue", typenames="roads", valuereference="@gml:id"))
    assert [one.text for one in root.iterfind("wfs:member", NS)] == [f"roads.{key}" for key in keys(world, "roads")]


def test_geojson(wfs: Wfs, world: World, officer: Person) -> None:
    for name in ("application/json", "geojson", "application/geo+json"):
        document = json.loads(wfs.get(request="GetFeature", typenames="facilities", outputformat=name, count=2).content)
        assert [one["id"] for one in document["features"]] == [f"facilities.{key}" for key in keys(world, "facilities")[:2]]
        assert "crs" not in document
    lon, lat = document["features"][0]["geometry"]["coordinates"]
    assert 108 < lon < 109 and 15 < lat < 16
    native = wfs.get(officer, request="GetFeature", typenames="parcels", outputformat="geojson", srsname="urn:ogc:def:crs:EPSG::5899")
    document = json.loads(native.content)
    assert document["crs"]["properties"]["name"].endswith("5899")
    assert document["features"][0]["geometry"]["coordinates"][0][0][0] > 500_000


def test_csv(wfs: Wfs, world: World) -> None:
    answer = wfs.get(request="GetFeature", typenames="roads", outputformat="csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [f"roads.{key}" for key in keys(world, "roads")]
    assert rows[0]["geom"].startswith("MULTILINESTRING")
    assert answer.content.startswith(b"\xef\xbb\xbf")


def test_text_is_escaped(wfs: Wfs, scratch: World) -> None:
    """Also what XML has no place for at all."""
    from layers.themes.facilities import Facility
    from tests.ogc.conftest import change

    pk = keys(scratch, "facilities")[0]
    change(Facility, pk, name='<b>&"quoted"\x01</b>')
    (feature,) = wfs.features("facilities", resourceid=f"facilities.{pk}")
    assert feature.findtext("ioc:name", namespaces=NS) == '<b>&"quoted"</b>'


def test_1_1_0(wfs: Wfs, world: World) -> None:
    answer = wfs.get(version="1.1.0", request="GetFeature", typename="ioc:roads", maxfeatures=3)
    root = xml(answer)
    assert root.tag == f"{{{NS['wfs1']}}}FeatureCollection" and root.get("numberOfFeatures") == "3"
    assert [key_of(one) for one in root.iterfind("gml1:featureMember/ioc:roads", NS)] == keys(world, "roads")[:3]
    assert answer.headers["Content-Type"].startswith("text/xml; subtype=gml/3.1.1")


def test_as_of_another_day(wfs: Wfs, world: World) -> None:
    """Units of 2020 are other units than those of today."""
    today = {f.findtext("ioc:code", namespaces=NS) for f in wfs.features("admin_units")}
    then = {f.findtext("ioc:code", namespaces=NS) for f in wfs.features("admin_units", datetime="2020-06-01")}
    assert "203410" in today and "203410" not in then
    assert "20350" in then and "20350" not in today


def test_it_waits_for_a_change_that_is_named(wfs: Wfs) -> None:
    assert wfs.get(request="GetFeature", typenames="roads", count=1, min_seq=1).status_code == 200


def test_more_than_a_page_in_one_answer(wfs: Wfs, world: World, officer: Person) -> None:
    """COUNT above the page size: written while it is read, with the counts, the rights and the features of any other answer."""
    asked: dict[str, Any] = {"request": "GetFeature", "typenames": "parcels", "count": 1_000_000}
    whole, paged = xml(wfs.get(officer, **asked)), xml(wfs.get(officer, **{**asked, "count": 10_000}))
    assert [etree.tostring(one) for one in whole] == [etree.tostring(one) for one in paged] != []
    assert [whole.get(name) for name in ("numberMatched", "numberReturned")] == [str(len(paged))] * 2
    assert wfs.get(None, **asked).status_code == 400, "the visitor has no parcels"
    old = xml(wfs.get(request="GetFeature", typename="roads", maxfeatures=20_000, version="1.1.0"))
    assert len(old) == int(old.get("numberOfFeatures")) == len(world.rows["roads"])


def test_more_than_a_page_as_geojson_from_a_place_on(wfs: Wfs, world: World) -> None:
    asked: dict[str, Any] = {"request": "GetFeature", "typenames": "roads", "outputformat": "geojson", "startindex": 2}
    large, page = (wfs.get(count=count, **asked).json() for count in (50_000, 10_000))
    assert large["features"] == page["features"]
    assert (large["numberMatched"], large["numberReturned"]) == (len(world.rows["roads"]), len(world.rows["roads"]) - 2)
    assert [link["rel"] for link in large["links"]] == ["previous"]
    assert wfs.get(count=50_000, **{**asked, "startindex": 99}).json()["features"] == []
