"""Generic writes (WFS-T, OGC API Part 4) as verbs: what QGIS saves becomes a change that waits for approval."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
import shapely
from django.utils.translation import gettext
from shapely.affinity import translate

from gis_core.errors import NotFound
from land.editing import Redrawn, meaning
from land.editor import ParcelEditor
from land.layers import Parcels
from land.models import Parcel, ParcelChange
from land.topology import dividing
from land.workflow import steps
from layers.editing.contract import EditRefused, FeatureIn, Receipt, StaleFeature, UseThePage, Write
from layers.editing.door import editor_of
from tests import factories
from tests.land.desk import Desk, shape_of
from tests.land.ground import CENTRE, slanted
from tests.world import World


@pytest.fixture
def parcel(desk: Desk) -> Parcel:
    """At the edge of the surveyed ground."""
    return desk.parcel(slanted(), 1)


@pytest.fixture
def pair(desk: Desk) -> tuple[Parcel, Parcel]:
    """Two halves of the same ground: the western and the eastern one."""
    west, east = dividing.by_areas(slanted(), [1200.0], 270)
    return desk.parcel(west, 1), desk.parcel(east, 2)


@pytest.fixture
def editor(desk: Desk) -> ParcelEditor:
    """The officer's QGIS."""
    return ParcelEditor(Parcels(), desk.officer, "QGIS: đo lại góc thửa")


def _published(desk: Desk, receipt: Receipt) -> None:
    uid = UUID(receipt.link.split("change=")[1])
    steps.approve(desk.approver, uid)
    steps.publish(desk.approver, uid)


def _with_corner_moved(shape: shapely.Polygon, index: int, by: float) -> shapely.Polygon:
    places = shapely.get_coordinates(shape)[:-1].copy()
    places[index] += by
    return shapely.Polygon(places)


def _kind(receipt: Receipt) -> str:
    return ParcelChange.objects.get(uid=receipt.link.split("change=")[1]).kind


def test_a_moved_corner_waits_for_another_persons_approval(desk: Desk, editor: ParcelEditor, parcel: Parcel) -> None:
    """The map shows it then, and not before; the receipt says so and where to look."""
    drawn = _with_corner_moved(shape_of(parcel), 1, 0.3)
    receipt = editor.update(parcel.pk, FeatureIn(geometry=drawn), version=editor.version(parcel.pk))
    assert (receipt.pk, receipt.done, _kind(receipt)) == (parcel.pk, False, "correct_corners")
    assert receipt.link.startswith("/land/#change=")
    assert desk.head(parcel).version == 1
    _published(desk, receipt)
    assert shape_of(desk.head(parcel)).equals_exact(drawn)


def test_a_multipolygon_of_one_part_is_taken(editor: ParcelEditor, parcel: Parcel) -> None:
    """Many programs write nothing else."""
    drawn = shapely.MultiPolygon([_with_corner_moved(shape_of(parcel), 1, 0.3)])
    assert _kind(editor.update(parcel.pk, FeatureIn(geometry=drawn))) == "correct_corners"


def test_rounding_is_no_move(editor: ParcelEditor, parcel: Parcel) -> None:
    """A client that writes millimetres changes nothing."""
    rounded = shapely.transform(shape_of(parcel), lambda places: places.round(3))
    with pytest.raises(UseThePage, match=gettext("Nothing differs from the stored parcel.")):
        editor.update(parcel.pk, FeatureIn(geometry=rounded))


def test_attributes_that_have_a_verb(editor: ParcelEditor, parcel: Parcel) -> None:
    """QGIS sends the whole row, as XML all of it texts: what is as stored is no change."""
    row = {"address": "16 Trần Cao Vân", "parcel_no": "1", "sheet_no": 900, "area_m2": "2400.0", "status": "active", "old_sheet_no": None}
    receipt = editor.update(parcel.pk, FeatureIn(row))
    change = ParcelChange.objects.get(uid=receipt.link.split("change=")[1])
    assert (change.kind, change.params["address"], change.state) == ("correct", "16 Trần Cao Vân", "checked")
    for values in ({"parcel_no": 7}, {"land_use": "LUC"}, {"status": "retired"}, {"version": 9}):
        with pytest.raises(UseThePage, match="/land/"):
            editor.update(parcel.pk, FeatureIn(values))


def test_what_is_no_value_is_named(editor: ParcelEditor, parcel: Parcel) -> None:
    """Every fault at once, each with its attribute."""
    with pytest.raises(EditRefused) as refused:
        editor.update(parcel.pk, FeatureIn({"adress": "x", "legal_area_m2": "rất rộng"}))
    assert [(found.code, found.field) for found in refused.value.violations] == [
        ("unknown-attribute", "adress"),
        ("bad-value", "legal_area_m2"),
    ]


def test_a_split_of_qgis_is_a_split(desk: Desk, editor: ParcelEditor, parcel: Parcel) -> None:
    """Its tool shrinks the parcel and adds the other part."""
    one, other = dividing.by_areas(shape_of(parcel), [900.0], 90)
    writes = [Write("update", parcel.pk, FeatureIn(geometry=one), "1"), Write("create", feature=FeatureIn({"address": None}, other))]
    receipts = editor.apply(writes)
    assert [_kind(receipt) for receipt in receipts] == ["split_lines"] * 2
    assert receipts[0].link == receipts[1].link
    _published(desk, receipts[0])
    assert sorted(round(child.area_m2, 1) for child in desk.heads()) == [900.0, 1500.0]


@pytest.mark.parametrize("bearing", [90, 37])
def test_a_split_in_two_halves_is_one_split(desk: Desk, editor: ParcelEditor, parcel: Parcel, bearing: float) -> None:
    """QGIS saves the outline that shrank, then, in another Transaction, the new part; the first has said enough."""
    one, other = dividing.by_areas(shape_of(parcel), [900.0], bearing)
    first = editor.update(parcel.pk, FeatureIn(geometry=one))
    assert (_kind(first), ParcelChange.objects.count()) == ("split_lines", 1)
    (second,) = editor.apply([Write("create", feature=FeatureIn({"address": None}, other))])
    assert (second.link, second.done, ParcelChange.objects.count()) == (first.link, False, 1)
    _published(desk, first)
    assert sorted(round(child.area_m2, 1) for child in desk.heads()) == [900.0, 1500.0]


@pytest.mark.parametrize("with_other", [False, True], ids=["half", "whole"])
def test_a_cut_ends_on_edges_only_as_well_as_numbers_can_say(with_other: bool) -> None:
    """Clients cut with floating-point numbers: wherever they do, it is one line from edge to edge, without the edges beside it."""
    corners = [(118.73, 86.762), (109.729, 103.195), (51.286, 76.712), (61.163, 58.884), (87.981, 70.94), (90.344, 72.002)]
    stored = shapely.Polygon([(579_000 + x, 1_722_200 + y) for x, y in corners])
    west, south, east, north = stored.bounds
    for share in range(20, 90):
        middle = west + (east - west) * share / 100
        kept = shapely.intersection(stored, shapely.box(west - 1, south - 1, middle, north + 1))
        other = shapely.difference(stored, kept)
        found = meaning([Redrawn(uuid4(), stored, kept)], [other] if with_other else [])
        assert found is not None
        assert found.kind == "split_lines"
        (line,) = found.params["lines"]
        assert [x for x, _y in line] == pytest.approx([middle] * 2, abs=0.001), share


def test_the_second_half_may_divide_further(desk: Desk, editor: ParcelEditor, parcel: Parcel) -> None:
    """Cut twice before saving: the split that was handed in first is withdrawn for the finer one."""
    one, other, third = dividing.by_areas(shape_of(parcel), [900.0, 700.0], 90)
    first = editor.update(parcel.pk, FeatureIn(geometry=third))
    receipts = editor.apply([Write("create", feature=FeatureIn({}, part)) for part in (one, other)])
    assert len({receipt.link for receipt in receipts}) == 1
    assert sorted(ParcelChange.objects.values_list("state", flat=True)) == ["checked", "withdrawn"]
    assert receipts[0].link != first.link
    _published(desk, receipts[0])
    assert sorted(round(child.area_m2, 1) for child in desk.heads()) == [700.0, 800.0, 900.0]


def test_new_outlines_elsewhere_or_by_others_are_no_second_half(world: World, desk: Desk, editor: ParcelEditor, parcel: Parcel) -> None:
    """They must be exactly a part of the own split."""
    one, other = dividing.by_areas(shape_of(parcel), [900.0], 90)
    editor.update(parcel.pk, FeatureIn(geometry=one))
    colleague = factories.user()
    factories.jurisdiction(colleague, "land_officer", desk.unit)
    for person, shape in ((desk.officer, translate(other, 1, 0)), (colleague, other)):
        with pytest.raises(UseThePage, match="/land/"):
            ParcelEditor(Parcels(), person, "QGIS").create(FeatureIn({}, shape))
    assert ParcelChange.objects.count() == 1


def test_merged_features_are_a_merger(desk: Desk, editor: ParcelEditor, pair: tuple[Parcel, Parcel]) -> None:
    """One takes in the other, which is deleted."""
    one, other = pair
    whole = shapely.union(shape_of(one), shape_of(other))
    receipts = editor.apply([Write("update", one.pk, FeatureIn(geometry=whole)), Write("delete", other.pk)])
    assert _kind(receipts[0]) == "merge"
    _published(desk, receipts[0])
    assert [round(parcel.area_m2, 1) for parcel in desk.heads()] == [2400.0]


def test_two_parcels_on_the_same_ground_are_a_moved_boundary(desk: Desk, editor: ParcelEditor, pair: tuple[Parcel, Parcel]) -> None:
    """Vertex by vertex the same on both sides, as topological editing leaves it."""
    one, other = pair
    first, second = dividing.by_areas(shapely.union(shape_of(one), shape_of(other)), [1000.0], 270)
    west, east = (first, second) if first.intersection(shape_of(one)).area > 800 else (second, first)
    receipts = editor.apply([Write("update", one.pk, FeatureIn(geometry=west)), Write("replace", other.pk, FeatureIn(geometry=east))])
    assert _kind(receipts[0]) == "adjust_boundary"
    _published(desk, receipts[0])
    assert sorted(round(parcel.area_m2, 1) for parcel in desk.heads()) == [1000.0, 1400.0]


def test_a_common_corner_moved_in_both_is_one_change(desk: Desk, editor: ParcelEditor, pair: tuple[Parcel, Parcel]) -> None:
    """At the edge of the surveyed ground both outlines follow."""
    shapes = [shape_of(parcel) for parcel in pair]
    common = next(place for place in shapes[0].exterior.coords if place in set(shapes[1].exterior.coords))
    target = (common[0] + 0.2, common[1] + 0.4)
    drawn = [shapely.Polygon([target if place == common else place for place in shape.exterior.coords]) for shape in shapes]
    writes = [Write("update", parcel.pk, FeatureIn(geometry=shape)) for parcel, shape in zip(pair, drawn, strict=True)]
    receipts = editor.apply(writes)
    assert _kind(receipts[0]) == "correct_corners"
    _published(desk, receipts[0])
    assert [shape_of(desk.head(parcel)).equals_exact(shape) for parcel, shape in zip(pair, drawn, strict=True)] == [True, True]


def test_broken_rules_are_named_and_leave_no_draft(desk: Desk, editor: ParcelEditor, parcel: Parcel) -> None:
    """With the place of each; nothing is half done."""
    desk.parcel(translate(slanted(), 62, 20), 2)
    with pytest.raises(EditRefused) as refused:
        editor.update(parcel.pk, FeatureIn(geometry=_with_corner_moved(shape_of(parcel), 1, 25)))
    assert refused.value.violations[0].code == "overlap"
    assert refused.value.violations[0].place
    assert not ParcelChange.objects.exists()


def test_what_has_no_verb_names_the_page(editor: ParcelEditor, parcel: Parcel) -> None:
    """New, deleted, reshaped, or both kinds of change at once."""
    x, y = CENTRE
    box = shapely.box(x, y, x + 5, y + 5)
    more = shapely.segmentize(shape_of(parcel), 30)
    moved = _with_corner_moved(shape_of(parcel), 1, 0.3)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: editor.create(FeatureIn({}, box)),
        lambda: editor.delete(parcel.pk),
        lambda: editor.update(parcel.pk, FeatureIn(geometry=more)),
        lambda: editor.update(parcel.pk, FeatureIn({"address": "Kiệt 9"}, moved)),
        lambda: editor.apply([Write("update", parcel.pk, FeatureIn(geometry=moved)), Write("create", feature=FeatureIn({}, box))]),
    )
    for attempt in attempts:
        with pytest.raises(UseThePage, match="/land/"):
            attempt()
    with pytest.raises(EditRefused):
        editor.update(parcel.pk, FeatureIn(geometry=shapely.Point(x, y)))


def test_an_old_screen_is_a_conflict(desk: Desk, editor: ParcelEditor, parcel: Parcel) -> None:
    """The version that the client saw goes with the write; both states come back."""
    desk.done("correct", parcel=str(parcel.uid), legal_area_m2=2399.0)
    with pytest.raises(StaleFeature) as stale:
        editor.update(parcel.pk, FeatureIn({"address": "Kiệt 9"}), version="1")
    assert stale.value.members["parcels"]
    with pytest.raises(StaleFeature):
        editor.update(parcel.pk, FeatureIn({"address": "Kiệt 9"}), version="another server's")


def test_another_units_officer_writes_nothing(world: World, parcel: Parcel) -> None:
    """Unknown and forbidden are one answer; the layer is open to the officer, the parcel is not."""
    stranger = factories.user()
    factories.jurisdiction(stranger, "land_officer", world.units["B"])
    with pytest.raises(NotFound):
        editor_of(Parcels(), stranger, "update", "QGIS").update(parcel.pk, FeatureIn({"address": "Kiệt 9"}))
