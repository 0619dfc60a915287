"""GetCapabilities: the caller's own types, boxes and operations; versions are negotiated."""

import pytest

from tests.cast import Person
from tests.wfs.client import NS, Wfs, fault, xml
from tests.world import World


def names(wfs: Wfs, person: Person | None = None, version: str = "2.0.0") -> set[str]:
    root = xml(wfs.get(person, version=version, request="GetCapabilities"))
    return {name.text for name in root.iter("{*}Name") if name.getparent().tag.endswith("FeatureType")}


def test_a_visitor_sees_no_trace_of_parcels(wfs: Wfs, world: World) -> None:
    answer = wfs.get(request="GetCapabilities")
    assert {"ioc:roads", "ioc:facilities", "ioc:incidents"} <= names(wfs)
    assert "parcels" not in answer.text


def test_an_officer_sees_parcels_in_their_own_system(wfs: Wfs, officer: Person) -> None:
    root = xml(wfs.get(officer, request="GetCapabilities"))
    (parcels,) = [found for found in root.iterfind(".//wfs:FeatureType", NS) if found.findtext("wfs:Name", namespaces=NS) == "ioc:parcels"]
    assert parcels.findtext("wfs:DefaultCRS", namespaces=NS) == "urn:ogc:def:crs:EPSG::5899"
    others = [crs.text for crs in parcels.iterfind("wfs:OtherCRS", NS)]
    assert others[0] == "urn:ogc:def:crs:EPSG::3857"  # before any system whose axes are turned
    assert {"urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:EPSG::9217"} <= set(others)


def test_the_box_holds_the_callers_rows_and_no_others(wfs: Wfs, world: World, officer: Person, leader: Person) -> None:
    def box(person: Person) -> list[float]:
        root = xml(wfs.get(person, request="GetCapabilities"))
        (parcels,) = [f for f in root.iterfind(".//wfs:FeatureType", NS) if f.findtext("wfs:Name", namespaces=NS) == "ioc:parcels"]
        corners = [parcels.findtext(f"ows:WGS84BoundingBox/ows:{name}", namespaces=NS).split() for name in ("LowerCorner", "UpperCorner")]
        return [float(number) for corner in corners for number in corner]

    own, every = box(officer), box(leader)
    at = world.row("parcels", "A").at
    assert own[0] <= at[0] and own[1] <= at[1]
    assert every[0] < own[0] and every[2] > own[2]


def test_transaction_is_offered_to_those_who_may_write(wfs: Wfs, officer: Person, stranger: Person) -> None:
    def operations(person: Person | None) -> set[str]:
        return {found.get("name") for found in xml(wfs.get(person, request="GetCapabilities")).iterfind(".//ows:Operation", NS)}

    assert "Transaction" in operations(officer)
    assert "Transaction" not in operations(stranger)
    assert "Transaction" not in operations(None)


def test_nothing_of_it_is_kept_by_the_client(wfs: Wfs) -> None:
    """QGIS repeats capabilities from its disk after signing out."""
    assert wfs.get(request="GetCapabilities").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("pairs", "version"),
    [
        ({}, "2.0.0"),
        ({"acceptversions": "3.0.0,2.0.0"}, "2.0.0"),
        ({"acceptversions": "1.1.0,2.0.0"}, "1.1.0"),
        ({"version": "1.1.0"}, "1.1.0"),
        ({"version": "1.0.0"}, "1.1.0"),
        ({"acceptversions": "2.0.2"}, "2.0.0"),
    ],
)
def test_versions_are_negotiated(wfs: Wfs, pairs: dict[str, str], version: str) -> None:
    answer = wfs.service.get("/wfs", params={"SERVICE": "WFS", "REQUEST": "GetCapabilities", **pairs})
    assert xml(answer).get("version") == version


def test_no_version_in_common_is_an_exception(wfs: Wfs) -> None:
    answer = wfs.service.get("/wfs", params={"SERVICE": "WFS", "REQUEST": "GetCapabilities", "ACCEPTVERSIONS": "0.9.0"})
    assert answer.status_code == 400
    assert fault(answer)[:2] == ("VersionNegotiationFailed", "acceptVersions")


def test_sections(wfs: Wfs) -> None:
    root = xml(wfs.get(request="GetCapabilities", sections="FeatureTypeList"))
    assert [child.tag.rpartition("}")[2] for child in root] == ["FeatureTypeList"]


def test_1_1_0_names_the_operations_of_each_type(wfs: Wfs, officer: Person) -> None:
    root = xml(wfs.get(officer, version="1.1.0", request="GetCapabilities"))
    said = {
        found.findtext("wfs1:Name", namespaces=NS): [one.text for one in found.iterfind("wfs1:Operations/wfs1:Operation", NS)]
        for found in root.iterfind(".//wfs1:FeatureType", NS)
    }
    assert "Update" in said["ioc:parcels"]
    assert said["ioc:water"] == ["Query"]


def test_the_first_request_names_the_service(wfs: Wfs) -> None:
    assert fault(wfs.service.get("/wfs?REQUEST=GetCapabilities"))[:2] == ("MissingParameterValue", "service")


def test_head_and_options(wfs: Wfs) -> None:
    head = wfs.service.request("HEAD", "/wfs?SERVICE=WFS&REQUEST=GetCapabilities")
    assert head.status_code == 200 and head.content == b"" and int(head.headers["Content-Length"]) > 1000
    assert "POST" in wfs.service.request("OPTIONS", "/wfs").headers["Allow"]
    assert fault(wfs.service.request("DELETE", "/wfs"))[0] == "OperationNotSupported"


def test_capabilities_by_post(wfs: Wfs) -> None:
    versions = f'<AcceptVersions xmlns="{NS["ows"]}"><Version>1.1.0</Version></AcceptVersions>'
    body = f'<GetCapabilities xmlns="{NS["wfs"]}" service="WFS">{versions}</GetCapabilities>'
    assert xml(wfs.post(body)).get("version") == "1.1.0"
