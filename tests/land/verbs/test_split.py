"""Splitting a parcel."""

from datetime import timedelta

import pytest
import shapely
from django.utils import timezone
from shapely.affinity import translate

from gis_core.models import ChangeLog
from land.layers import Parcels
from land.models import Certificate, Parcel, ParcelLineage, Right
from land.rows import EVERYBODY, parcels
from land.topology import coverage
from tests.land.desk import LONG_AGO, Desk, positions, shape_of
from tests.land.ground import line, slanted

ACROSS = positions(line((20, -50), (20, 90)))


def _two(desk: Desk) -> tuple[Parcel, Parcel]:
    """A parcel and its northern neighbour, which shares one long edge with it."""
    whole = slanted()
    neighbour = translate(whole, *_up(whole))
    return desk.parcel(whole, 1, uses=(("ODT", 0.25), ("CLN", 0.75))), desk.parcel(neighbour, 2)


def _up(shape: shapely.Polygon) -> tuple[float, float]:
    """The step from a slanted rectangle to the one above it: its short side."""
    (x0, y0), (x1, y1) = min(
        (pair for pair in zip(shape.exterior.coords, shape.exterior.coords[1:], strict=False)),
        key=lambda pair: shapely.LineString(pair).length,
    )
    return (x1 - x0, y1 - y0) if y1 > y0 else (x0 - x1, y0 - y1)


def test_children_take_the_next_numbers_and_the_parent_retires(desk: Desk) -> None:
    """Numbers of the sheet are never given twice."""
    parent, neighbour = _two(desk)
    desk.done("split_lines", parcel=str(parent.uid), lines=[ACROSS])
    assert [child.parcel_no for child in desk.heads()] == [2, 3, 4]
    gone = desk.head(parent)
    assert (gone.pk, gone.status, gone.version, gone.valid_from) == (parent.pk, "retired", 2, gone.valid_to)
    children = desk.heads()[1:]
    assert sum(child.area_m2 for child in children) == pytest.approx(parent.area_m2, abs=0.02)
    assert {child.address for child in children} == {"12 Trần Cao Vân"}
    assert len({child.geohash for child in children} - {""}) == 2
    desk.done("split_areas", parcel=str(children[0].uid), areas=[100], side="west")
    assert [child.parcel_no for child in desk.heads()] == [2, 4, 5, 6]
    assert neighbour.pk in {head.pk for head in desk.heads()}


def test_the_neighbour_gets_the_new_vertex(desk: Desk) -> None:
    """Without it the coverage would only look valid; the neighbour's ground stays the same."""
    parent, neighbour = _two(desk)
    change = desk.done("split_lines", parcel=str(parent.uid), lines=[ACROSS])
    after = desk.head(neighbour)
    assert len(after.geom.coords[0]) == len(neighbour.geom.coords[0]) + 1
    assert after.version == 2
    assert shape_of(after).area == pytest.approx(shape_of(neighbour).area, abs=0.001)
    assert coverage.is_valid([shape_of(head) for head in desk.heads()])
    assert change.report is not None
    assert change.report["knotted"] == ["900/2"]


def test_uses_are_shared_out_and_add_up(desk: Desk) -> None:
    """In proportion to the ground, to the last 0.01 m²."""
    parent, _neighbour = _two(desk)
    desk.done("split_areas", parcel=str(parent.uid), areas=[600], side="east")
    child = next(head for head in desk.heads() if head.area_m2 == 600)
    parts = {use.code_id: use.area_m2 for use in child.land_uses.all()}
    assert parts == {"CLN": 450.0, "ODT": 150.0}
    assert (child.land_use, child.land_use_label) == ("CLN", "CLN+ODT")


def test_lineage_history_and_the_past(desk: Desk) -> None:
    """Parents lead to children; yesterday's map shows the parent, today's the children."""
    parent, neighbour = _two(desk)
    change = desk.done("split_lines", parcel=str(parent.uid), lines=[ACROSS])
    edges = ParcelLineage.objects.filter(parent=parent.pk)
    assert {edge.child.parcel_no for edge in edges} == {3, 4}
    assert sum(edge.area_m2 for edge in edges) == pytest.approx(parent.area_m2, abs=0.02)
    assert {edge.change_id for edge in edges} == {change.pk}
    today = timezone.localdate()
    sheet = parcels(EVERYBODY).filter(sheet_no=900)
    condition = Parcels().time_condition
    past = sheet.filter(condition(today - timedelta(days=1)))
    assert sorted(row.parcel_no for row in past) == [1, 2]
    assert all(row.superseded_at for row in past)
    assert {row.geom.wkb for row in past} == {parent.geom.wkb, neighbour.geom.wkb}
    assert sorted(row.parcel_no for row in sheet.filter(condition(None))) == [2, 3, 4]
    assert not sheet.filter(condition(LONG_AGO - timedelta(days=1))).exists()


def test_holders_go_on_and_the_certificate_is_to_be_exchanged(desk: Desk) -> None:
    """Each child has the parent's holders; the parent's rights end."""
    parent, _neighbour = _two(desk)
    party = desk.holder(parent)
    certificate = Certificate.objects.create(parcel=parent, serial="BX 123456", register_no="CH01", issued_on=LONG_AGO)
    desk.done("split_lines", parcel=str(parent.uid), lines=[ACROSS])
    live = Right.objects.filter(party=party, valid_to__isnull=True)
    assert {right.parcel.parcel_no for right in live} == {3, 4}
    certificate.refresh_from_db()
    assert certificate.status == "outdated"


def test_the_answer_names_the_change_that_every_reader_sees(desk: Desk) -> None:
    """The last row of the change log in the transaction."""
    parent, _neighbour = _two(desk)
    change = desk.done("split_lines", parcel=str(parent.uid), lines=[ACROSS])
    last = ChangeLog.objects.order_by("-seq").first()
    assert last is not None
    assert change.change_seq == last.seq
    assert (last.table_name, last.op) == ("land_parcel", "I")


def test_a_line_that_ends_inside_is_refused_with_its_place(desk: Desk) -> None:
    """The report says why and where."""
    parent, _neighbour = _two(desk)
    inside = shape_of(parent).centroid
    stub = [[inside.x, inside.y], [inside.x + 3, inside.y]]
    assert desk.refused("split_lines", parcel=str(parent.uid), lines=[stub]) == ["line-misses"]
    assert desk.refused("split_areas", parcel=str(parent.uid), areas=[99_999], side="north") == ["area-too-large"]
