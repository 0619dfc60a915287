"""XML answers against the OGC's schemas: features against the schema that the service itself describes, over real GML."""

from typing import Any

import pytest

from tests.cast import Person
from tests.wfs.bodies import first, properties, second, update
from tests.wfs.client import NS, Wfs, equal, fes, found, xml
from tests.wfs.schemas import Schemas, faults
from tests.world import World

TYPES = ("facilities", "roads", "admin_units", "parcels", "water", "incidents")


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Schemas:
    return Schemas(tmp_path_factory.mktemp("schemas"))


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_features(wfs: Wfs, schemas: Schemas, leader: Person, version: str) -> None:
    """Points, lines, surfaces and their multiples, each geometry with an id of its own in GML 3.2."""
    schema = schemas.of_features(wfs.get(leader, version=version, request="DescribeFeatureType").text)
    for name in TYPES:
        features = found(wfs.get(leader, version=version, request="GetFeature", typename=name), name)
        assert features
        assert [fault for feature in features for fault in faults(schema, feature)] == [], name


def test_parts_of_features(wfs: Wfs, schemas: Schemas) -> None:
    """A projection, and another system of coordinates."""
    schema = schemas.of_features(wfs.get(request="DescribeFeatureType", typenames="roads").text)
    asked: list[dict[str, Any]] = [{"propertyname": "name"}, {"srsname": "EPSG:3857"}, {"propertyname": "geom", "srsname": "EPSG:5899"}]
    for pairs in asked:
        (feature,) = wfs.features("roads", count=1, **pairs)
        assert faults(schema, feature) == []


def test_a_feature_alone(wfs: Wfs, schemas: Schemas, world: World) -> None:
    schema = schemas.of_features(wfs.get(request="DescribeFeatureType", typenames="roads").text)
    query: dict[str, Any] = {"storedquery_id": "urn:ogc:def:query:OGC-WFS::GetFeatureById", "id": f"roads.{world.rows['roads'][0].pk}"}
    assert faults(schema, xml(wfs.get(None, request="GetFeature", **query))) == []


@pytest.mark.parametrize(
    ("version", "section", "file"),
    [
        ("2.0.0", "ows:ServiceIdentification", "ogc/ows/1.1.0/owsAll.xsd"),
        ("2.0.0", "ows:ServiceProvider", "ogc/ows/1.1.0/owsAll.xsd"),
        ("2.0.0", "ows:OperationsMetadata", "ogc/ows/1.1.0/owsAll.xsd"),
        ("2.0.0", "fes:Filter_Capabilities", "ogc/filter/2.0/filterAll.xsd"),
        ("1.1.0", "ows1:ServiceIdentification", "ogc/ows/1.0.0/owsAll.xsd"),
        ("1.1.0", "ows1:ServiceProvider", "ogc/ows/1.0.0/owsAll.xsd"),
        ("1.1.0", "ows1:OperationsMetadata", "ogc/ows/1.0.0/owsAll.xsd"),
        ("1.1.0", "ogc:Filter_Capabilities", "ogc/filter/1.1.0/filter.xsd"),
    ],
)
def test_capabilities(wfs: Wfs, schemas: Schemas, officer: Person, version: str, section: str, file: str) -> None:
    """Section by section: the schemas of WFS itself are in no package."""
    root = xml(wfs.get(officer, version=version, request="GetCapabilities"))
    assert faults(schemas.of(file), root.find(section, NS)) == []


def test_exception_reports(wfs: Wfs, schemas: Schemas, scratch: World) -> None:
    plain = wfs.get(request="GetFeature", typenames="roads", filter=fes(equal("nothing", "<&")))
    assert faults(schemas.of("ogc/ows/1.1.0/owsAll.xsd"), xml(plain)) == []
    first_family = wfs.get(version="1.1.0", request="GetFeature", typename="nothing")
    assert faults(schemas.of("ogc/ows/1.0.0/owsAll.xsd"), xml(first_family)) == []
    refused = wfs.post(first(update("roads.99999999", {"name": "x"}), "1.1.0"), scratch.cast["operator"])
    assert faults(schemas.of("ogc/ows/1.0.0/owsAll.xsd"), xml(refused)) == []


_WHOLE: dict[str, dict[str, Any]] = {
    "capabilities": {"request": "GetCapabilities"},
    "features": {"request": "GetFeature", "typenames": "roads,parcels", "count": 5},
    "a page between two": {"request": "GetFeature", "typenames": "roads", "count": 1, "startindex": 1},
    "more than a page": {"request": "GetFeature", "typenames": "parcels", "count": 20_000},
    "hits": {"request": "GetFeature", "typenames": "roads", "resulttype": "hits"},
    "nothing": {"request": "GetFeature", "typenames": "roads", "cql_filter": "lanes = 99"},
    "values": {"request": "GetPropertyValue", "typenames": "roads", "valuereference": "name"},
    "ids": {"request": "GetPropertyValue", "typenames": "roads", "valuereference": "@gml:id"},
    "stored queries": {"request": "ListStoredQueries"},
    "descriptions": {"request": "DescribeStoredQueries"},
}


@pytest.mark.parametrize("asked", _WHOLE.values(), ids=_WHOLE)
def test_whole_documents(wfs: Wfs, schemas: Schemas, leader: Person, asked: dict[str, Any]) -> None:
    """Every answer of 2.0.0 against the schema of WFS itself."""
    assert faults(schemas.of("ogc/wfs/2.0/wfs.xsd"), xml(wfs.get(leader, **asked))) == []


def test_answers_to_writes(wfs: Wfs, schemas: Schemas, scratch: World) -> None:
    """A Transaction of 2.0.0."""
    row = scratch.rows["facilities"][0]
    chosen = f'<fes:Filter><fes:ResourceId rid="facilities.{row.pk}"/></fes:Filter>'
    values = properties({"name": "Trạm Y tế"}, "wfs", "ValueReference")
    body = second(f'<wfs:Update typeName="ioc:facilities">{values}{chosen}</wfs:Update>')
    assert faults(schemas.of("ogc/wfs/2.0/wfs.xsd"), xml(wfs.post(body, scratch.cast["operator"]))) == []
