"""The shape of feature collections and features (OGC API - Features 7.16, 7.17; RFC 7946)."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from shapely.geometry import shape

from layers.attributes import attribute_names
from tests.cast import Person
from tests.ogc.conftest import Ask, link_of
from tests.world import World, ordinary_layers

Features = Callable[..., list[dict[str, Any]]]
NAMES = [layer.name for layer in ordinary_layers()]


@pytest.mark.parametrize("name", NAMES)
def test_a_collection_of_features(ogc: Ask, leader: Person, name: str) -> None:
    answer = ogc(f"collections/{name}/items", leader)
    document = answer.json()
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert document["type"] == "FeatureCollection"
    assert document["numberReturned"] == len(document["features"]) == document["numberMatched"] > 0
    stated = datetime.fromisoformat(document["timeStamp"])
    assert abs(datetime.now(tz=timezone.utc) - stated) < timedelta(seconds=30)  # noqa: UP017
    for rel in ("self", "collection"):
        assert f"/ogc/collections/{name}" in link_of(document, rel)
    others = {link["type"] for link in document["links"] if link["rel"] == "alternate"}
    assert others >= {"text/html", "application/vnd.ogc.fg+json", "text/csv", "application/flatgeobuf", "application/vnd.apache.parquet"}


@pytest.mark.parametrize("name", NAMES)
def test_a_feature(ogc: Ask, world: World, leader: Person, name: str) -> None:
    layer = next(found for found in ordinary_layers() if found.name == name)
    row = world.rows[name][0]
    answer = ogc(f"collections/{name}/items/{row.pk}", leader)
    feature = answer.json()
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert (feature["type"], feature["id"]) == ("Feature", row.pk)
    assert tuple(feature["properties"]) == attribute_names(layer)
    geometry = shape(feature["geometry"])
    assert geometry.is_valid
    assert geometry.distance(shape({"type": "Point", "coordinates": row.at})) < 0.001
    assert link_of(feature, "self") == f"http://testserver/ogc/collections/{name}/items/{row.pk}"
    assert link_of(feature, "collection") == f"http://testserver/ogc/collections/{name}"
    assert link_of(feature, "alternate").endswith("?f=html")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_feature_alone_and_in_the_list(ogc: Ask, features: Features, leader: Person, name: str) -> None:
    for listed in features(name, leader, limit=3):
        alone = ogc(f"collections/{name}/items/{listed['id']}", leader).json()
        del alone["links"]
        assert alone == listed


def test_values_are_typed(features: Features, leader: Person) -> None:
    incident = features("incidents", leader, limit=1)[0]["properties"]
    assert incident["is_public"] in (True, False)
    assert datetime.fromisoformat(incident["reported_at"]).tzinfo is not None
    unit = features("admin_units", leader, limit=1)[0]["properties"]
    assert unit["valid_from"] == "2025-07-01" or unit["valid_from"] == "2020-02-01"
    assert unit["valid_to"] is None
    assert isinstance(features("parcels", leader, limit=1)[0]["properties"]["area_m2"], float)


@pytest.mark.parametrize("fid", ["0", "-1", "abc", "1.0", "01", "99999999999999999999", "%00", "1%2F2", "' OR 1=1"])
def test_an_id_that_is_none_is_not_there(ogc: Ask, leader: Person, fid: str) -> None:
    answer = ogc(f"collections/roads/items/{fid}", leader)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_unit_of_the_past_is_there_by_its_id(ogc: Ask, world: World) -> None:
    past = world.units["an mỹ"]
    assert ogc(f"collections/admin_units/items/{past.pk}").json()["properties"]["name"] == "Phường An Mỹ"
