"""Plain layers written through services: checked, inside the own units, logged, announced."""

from typing import cast

import pytest
import shapely
from django.contrib.auth.models import AnonymousUser

from gis_core.errors import NotFound, NotSignedIn
from gis_core.models import Role, User
from layers.editing.contract import Editor, EditRefused, FeatureIn, MayNotEdit, NotEditable, StaleFeature, Write
from layers.editing.door import editor_of, may_edit
from layers.editing.rows import RowEditor
from layers.models import Facility, FeatureEdit, RoadSegment
from layers.themes.facilities import Facilities
from layers.themes.traffic import Roads
from layers.themes.water import Water
from tests import factories
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(world: World, db: None) -> User:
    """Works in unit A alone."""
    user = factories.user()
    factories.jurisdiction(user, Role.ANALYST, world.units["A"])
    return user


@pytest.fixture
def editor(analyst: User) -> Editor:
    """The analyst's QGIS."""
    return editor_of(Facilities(), analyst, "create", "QGIS")


def inside(world: World, unit: str) -> shapely.Point:
    """A position in a unit."""
    point = world.units[unit].geom.point_on_surface
    return shapely.Point(point.x, point.y)


def clinic(world: World, **values: object) -> FeatureIn:
    """As QGIS sends a new feature: every attribute, most of them empty."""
    given = {"name": "Trạm y tế An Mỹ", "theme": "health", "capacity": "12", "kind": "", "address": None, "is_demo": None, **values}
    return FeatureIn(given, inside(world, "A"))


def test_a_new_feature_is_in_its_unit_and_in_the_log(world: World, analyst: User, editor: Editor) -> None:
    """The unit follows from the place; the receipt says from which change on it is seen."""
    receipt = editor.create(clinic(world))
    row = Facility.objects.get(pk=receipt.pk or 0)
    assert (row.name, row.capacity, row.admin_unit, row.address) == ("Trạm y tế An Mỹ", 12, world.units["A"], "")
    assert receipt.done
    assert receipt.seq
    assert receipt.version == editor.version(row.pk)
    edit = FeatureEdit.objects.get()
    assert (edit.user, edit.layer, edit.feature, edit.action, edit.note, edit.before) == (
        analyst,
        "facilities",
        row.pk,
        "create",
        "QGIS",
        None,
    )
    assert cast(dict[str, object], edit.after)["capacity"] == 12


def test_an_update_leaves_the_rest_and_a_replacement_does_not(world: World, editor: Editor) -> None:
    """PATCH and PUT."""
    pk = editor.create(clinic(world, address="5 Trần Cao Vân")).pk
    assert pk
    editor.update(pk, FeatureIn({"capacity": 20}))
    row = Facility.objects.get(pk=pk)
    assert (row.capacity, row.address, row.name) == (20, "5 Trần Cao Vân", "Trạm y tế An Mỹ")
    editor.replace(pk, FeatureIn({"name": "Trạm y tế", "theme": "health"}, inside(world, "A")))
    row.refresh_from_db()
    assert (row.capacity, row.address, row.name) == (None, "", "Trạm y tế")
    assert FeatureEdit.objects.filter(action="update").count() == 2


def test_whoever_wrote_in_between_is_not_overwritten(world: World, editor: Editor) -> None:
    """The conflict carries the present version and state."""
    pk = editor.create(clinic(world)).pk
    assert pk
    seen = editor.version(pk)
    editor.update(pk, FeatureIn({"capacity": 20}), seen)
    with pytest.raises(StaleFeature) as stale:
        editor.update(pk, FeatureIn({"capacity": 30}), seen)
    assert stale.value.members["version"] == editor.version(pk)
    assert cast(dict[str, object], stale.value.members["now"])["capacity"] == 20
    with pytest.raises(StaleFeature):
        editor.delete(pk, seen)
    editor.delete(pk, editor.version(pk))
    assert not Facility.objects.filter(pk=pk).exists()
    edit = FeatureEdit.objects.get(action="delete")
    assert cast(dict[str, object], edit.before)["capacity"] == 20


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"theme": "prison"}, [("bad-value", "theme")]),
        ({"capacity": "nhiều"}, [("bad-value", "capacity")]),
        ({"capacity": -3}, [("bad-value", "capacity")]),
        ({"name": "x" * 161}, [("bad-value", "name")]),
        ({"name": None}, [("bad-value", "name")]),
        ({"theme": "prison", "nothing": 1}, [("bad-value", "theme"), ("unknown-attribute", "nothing")]),
        ({"is_demo": True}, [("read-only", "is_demo")]),
    ],
)
def test_faults_are_named(world: World, editor: Editor, values: dict[str, object], codes: list[tuple[str, str]]) -> None:
    """Each with its attribute; nothing is written."""
    before = Facility.objects.count()
    with pytest.raises(EditRefused) as refused:
        editor.create(clinic(world, **values))
    assert [(found.code, found.field) for found in refused.value.violations] == codes
    assert Facility.objects.count() == before
    assert not FeatureEdit.objects.exists()


def test_a_geometry_is_of_the_layers_kind(world: World, editor: Editor) -> None:
    """And in its coordinates."""
    point = inside(world, "A")
    for shape, code in (
        (shapely.LineString([point, (point.x + 0.01, point.y)]), "geometry-kind"),
        (shapely.Point(577_000, 1_722_000), "geometry-not-degrees"),
        (None, "no-geometry"),
    ):
        with pytest.raises(EditRefused) as refused:
            editor.create(FeatureIn({"name": "X", "theme": "health"}, shape))
        assert refused.value.violations[0].code == code


def test_nobody_writes_into_another_unit(world: World, analyst: User, editor: Editor) -> None:
    """Not by a new feature, not by moving one there, not by changing one that lies there."""
    there = inside(world, "B")
    with pytest.raises(EditRefused, match=world.units["B"].name) as refused:
        editor.create(FeatureIn({"name": "X", "theme": "health"}, there))
    assert refused.value.violations[0].place == (there.x, there.y)
    pk = editor.create(clinic(world)).pk
    assert pk
    with pytest.raises(EditRefused):
        editor.update(pk, FeatureIn(geometry=there))
    other = factories.feature(Facility, world.units["B"], (there.x, there.y))
    for write in (
        lambda: editor.update(other.pk, FeatureIn({"name": "X"})),
        lambda: editor.delete(other.pk),
        lambda: editor.version(other.pk),
    ):
        with pytest.raises(NotFound):
            write()


def test_writes_together_are_all_or_nothing(world: World, editor: Editor) -> None:
    """The second one fails: the first one never was."""
    before = Facility.objects.count()
    with pytest.raises(EditRefused):
        editor.apply([Write("create", feature=clinic(world)), Write("create", feature=clinic(world, theme="prison"))])
    assert Facility.objects.count() == before
    receipts = editor.apply([Write("create", feature=clinic(world)), Write("create", feature=clinic(world, name="Trạm 2"))])
    assert len({receipt.pk for receipt in receipts}) == 2


def test_a_line_becomes_the_multi_line_of_its_column(world: World, analyst: User) -> None:
    """QGIS draws single lines."""
    start = inside(world, "A")
    road = editor_of(Roads(), analyst, "create")
    receipt = road.create(FeatureIn({"name": "Kiệt 9", "road_class": "street"}, shapely.LineString([start, (start.x + 0.0005, start.y)])))
    assert RoadSegment.objects.get(pk=receipt.pk or 0).geom.geom_type == "MultiLineString"


def test_who_may_ask_for_an_editor(world: World, analyst: User) -> None:
    """Visitors are asked to sign in, others are told; a layer without an editor takes nothing from anybody."""
    stranger = factories.user()
    with pytest.raises(NotSignedIn):
        editor_of(Facilities(), AnonymousUser(), "create")
    with pytest.raises(MayNotEdit):
        editor_of(Facilities(), stranger, "create")
    with pytest.raises(NotEditable):
        editor_of(Water(), analyst, "update")
    assert [may_edit(Facilities(), who) for who in (analyst, stranger, AnonymousUser())] == [True, False, False]
    assert not may_edit(Water(), analyst)


def test_a_layer_may_open_fewer_attributes(world: World, analyst: User, editor: Editor) -> None:
    """The others come along as they are stored, or not at all."""

    class CapacityOnly(RowEditor):
        writable = ("capacity",)

    pk = editor.create(clinic(world)).pk
    assert pk
    narrow = CapacityOnly(Facilities(), analyst)
    narrow.update(pk, FeatureIn({"capacity": 3, "name": "Trạm y tế An Mỹ"}))
    with pytest.raises(EditRefused, match="name"):
        narrow.update(pk, FeatureIn({"name": "Khác"}))
