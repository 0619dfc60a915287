"""What a layer publishes of its rows, and how texts become values."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from gis_core.access import ANONYMOUS
from gis_core.errors import BadParameter
from layers.attributes import Attribute, attribute_names, attributes, joined_tables
from layers.layer import FeatureLayer
from tests.cast import Person
from tests.world import World, declared_layers

Features = Callable[..., list[dict[str, Any]]]


def layer(name: str) -> FeatureLayer:
    return next(found for found in declared_layers() if found.name == name)


def attribute(layer_name: str, name: str) -> Attribute:
    return next(found for found in attributes(layer(layer_name)) if found.name == name)


def test_only_named_fields_are_published_in_their_order() -> None:
    for found in declared_layers():
        names = [name for name in attribute_names(found) if not name.endswith("_code")]
        assert names == [name for name in found.fields if name in names]
        assert {"geom", "geom_3857", "id", "updated_at"}.isdisjoint(attribute_names(found))


def test_a_unit_is_published_as_name_and_code(features: Features, world: World, leader: Person) -> None:
    by_id = {feature["id"]: feature["properties"] for feature in features("parcels", leader, limit=1000)}
    for row in world.rows["parcels"]:
        unit = world.units[row.home] if row.home else None
        assert by_id[row.pk]["admin_unit"] == (unit.name if unit else None)
        assert by_id[row.pk]["admin_unit_code"] == (unit.code if unit else None)


def test_other_references_are_published_as_codes(features: Features, leader: Person) -> None:
    from incidents.models import IncidentCategory

    codes = set(IncidentCategory.objects.values_list("pk", flat=True))
    assert {feature["properties"]["category"] for feature in features("incidents", leader)} <= codes


def test_no_lookup_goes_through_a_relation_but_to_units() -> None:
    for found in declared_layers():
        for each in attributes(found):
            assert "__" not in each.lookup or each.lookup.endswith(("__name", "__code"))


def test_the_unit_table_is_told_to_validators() -> None:
    assert joined_tables(layer("parcels")) == {"gis_core_adminunit"}
    assert joined_tables(layer("roads")) == frozenset()


@pytest.mark.parametrize(
    ("where", "text", "value"),
    [
        (("parcels", "sheet_no"), "12", 12),
        (("parcels", "area_m2"), "12.5", 12.5),
        (("parcels", "is_demo"), "true", True),
        (("parcels", "address"), "12 Hùng Vương", "12 Hùng Vương"),
        (("parcels", "status"), "active", "active"),
        (("admin_units", "valid_from"), "2025-07-01", date(2025, 7, 1)),
        (("incidents", "reported_at"), "2025-07-01T00:00:00Z", datetime(2025, 7, 1, tzinfo=UTC)),
    ],
)
def test_texts_become_values(where: tuple[str, str], text: str, value: object) -> None:
    assert attribute(*where).parse(text) == value


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (("parcels", "sheet_no"), "x"),
        (("parcels", "sheet_no"), "1.5"),
        (("parcels", "sheet_no"), ""),
        (("parcels", "sheet_no"), "9" * 30),
        (("parcels", "area_m2"), "nan"),
        (("parcels", "is_demo"), "1"),
        (("parcels", "status"), "gone"),
        (("admin_units", "valid_from"), "2025"),
        (("admin_units", "valid_from"), "2025-07-01T00:00:00Z"),
        (("incidents", "reported_at"), "2025-07-01"),
    ],
)
def test_texts_that_are_no_value_are_refused_by_name(where: tuple[str, str], text: str) -> None:
    with pytest.raises(BadParameter) as refused:
        attribute(*where).parse(text)
    assert refused.value.field == where[1]


def test_a_wrong_code_is_answered_with_the_right_ones() -> None:
    with pytest.raises(BadParameter, match="active, disputed, blocked, retired"):
        attribute("parcels", "status").parse("gone")


def test_uuids() -> None:
    from land.models import Parcel

    field = Parcel._meta.get_field("uid")
    known = Attribute("uid", "uid", field, field)
    number = uuid.uuid4()
    assert known.parse(str(number)) == number
    with pytest.raises(BadParameter, match="uid"):
        known.parse("1")


def test_labels_speak_the_readers_language() -> None:
    with translation.override("en"):
        assert attribute("parcels", "sheet_no").label == "Map sheet"
        assert attribute("parcels", "admin_unit_code").label == "Administrative unit (code)"


def test_a_visitor_sees_a_layer_of_published_rows() -> None:
    assert layer("incidents").reach(ANONYMOUS).public
