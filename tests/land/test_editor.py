"""Generic writes (WFS-T, OGC API Part 4) as verbs."""

from collections.abc import Callable

import pytest
import shapely
from django.utils.translation import gettext

from gis_core.errors import NotFound
from land.editor import ParcelEditor, UseTheWorkspace
from land.errors import StaleParcels
from land.models import Parcel
from land.workflow import steps
from tests import factories
from tests.land.desk import Desk, shape_of
from tests.land.ground import CENTRE, slanted
from tests.world import World


@pytest.fixture
def parcel(desk: Desk) -> Parcel:
    """At the edge of the surveyed ground."""
    return desk.parcel(slanted(), 1)


@pytest.fixture
def editor(desk: Desk) -> ParcelEditor:
    """The officer's QGIS."""
    return ParcelEditor(desk.officer, "QGIS: đo lại góc thửa")


def _with_corner_moved(parcel: Parcel, by: float) -> shapely.Polygon:
    places = shapely.get_coordinates(shape_of(parcel)).copy()
    places[1] += by
    return shapely.Polygon(places)


def test_a_moved_corner_waits_for_another_persons_approval(desk: Desk, editor: ParcelEditor, parcel: Parcel) -> None:
    """The map shows it then, and not before."""
    change = editor.update(parcel.pk, {}, _with_corner_moved(parcel, 0.3), version=1)
    assert (change.kind, change.state, len(change.params["moves"])) == ("correct_corners", "checked", 1)
    assert desk.head(parcel).version == 1
    steps.approve(desk.approver, change.uid)
    steps.publish(desk.approver, change.uid)
    assert shape_of(desk.head(parcel)).equals_exact(_with_corner_moved(parcel, 0.3))


def test_rounding_is_no_move(editor: ParcelEditor, parcel: Parcel) -> None:
    """A client that writes millimetres changes nothing."""
    rounded = shapely.transform(shape_of(parcel), lambda places: places.round(3))
    with pytest.raises(UseTheWorkspace, match=gettext("Nothing differs from the stored parcel.")):
        editor.update(parcel.pk, {}, rounded)


def test_attributes_that_have_a_verb(desk: Desk, editor: ParcelEditor, parcel: Parcel) -> None:
    """QGIS sends the whole row: what is as stored is no change."""
    row = {"address": "16 Trần Cao Vân", "parcel_no": 1, "sheet_no": 900, "area_m2": 2400.0, "status": "active"}
    change = editor.update(parcel.pk, row)
    assert (change.kind, change.params["address"], change.state) == ("correct", "16 Trần Cao Vân", "checked")
    for values in ({"parcel_no": 7}, {"land_use": "LUC"}, {"status": "retired"}, {"version": 9}):
        with pytest.raises(UseTheWorkspace, match="/land/"):
            editor.update(parcel.pk, values)


def test_what_has_no_verb_names_the_page(editor: ParcelEditor, parcel: Parcel) -> None:
    """New, deleted, reshaped, or both kinds of change at once."""
    x, y = CENTRE
    box = shapely.box(x, y, x + 5, y + 5)
    more = shapely.segmentize(shape_of(parcel), 30)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: editor.insert(box, {}),
        lambda: editor.delete(parcel.pk),
        lambda: editor.update(parcel.pk, {}, more),
        lambda: editor.update(parcel.pk, {}, shapely.Point(x, y)),
        lambda: editor.update(parcel.pk, {"address": "Kiệt 9"}, _with_corner_moved(parcel, 0.3)),
    )
    for attempt in attempts:
        with pytest.raises(UseTheWorkspace, match="/land/"):
            attempt()


def test_an_old_screen_is_a_conflict(desk: Desk, editor: ParcelEditor, parcel: Parcel) -> None:
    """The version that the client saw goes with the write."""
    desk.done("correct", parcel=str(parcel.uid), legal_area_m2=2399.0)
    with pytest.raises(StaleParcels):
        editor.update(parcel.pk, {"address": "Kiệt 9"}, version=1)


def test_another_units_officer_writes_nothing(world: World, parcel: Parcel) -> None:
    """Unknown and forbidden are one answer; a retired parcel is unknown too."""
    stranger = factories.user()
    factories.jurisdiction(stranger, "land_officer", world.units["B"])
    with pytest.raises(NotFound):
        ParcelEditor(stranger, "QGIS").update(parcel.pk, {"address": "Kiệt 9"})
