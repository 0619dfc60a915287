"""Drawing at `/land/` with the mouse and with numbers: split, merge, a shared boundary, corners."""

import pytest
import shapely

from tests.browser.conftest import Visitor
from tests.browser.land_office import Office
from tests.land.desk import shape_of
from tests.world import World

WIDE = {"width": 1920, "height": 1080}


@pytest.fixture
def office(scratch: World, visit: Visitor) -> Office:
    """Three parcels side by side."""
    return Office.open(scratch, visit)


def _sides(shape: shapely.Polygon) -> tuple[tuple[float, float], tuple[float, float]]:
    """Points on the northern and the southern edge of a slanted rectangle, not opposite each other."""
    corners = sorted(set(shape.exterior.coords), key=lambda place: place[1])
    south, north = sorted(corners[:2]), sorted(corners[2:])

    def between(a: tuple[float, float], b: tuple[float, float], share: float) -> tuple[float, float]:
        return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share

    return between(north[0], north[1], 0.6), between(south[0], south[1], 0.4)


def test_a_split_is_drawn_handed_in_approved_and_seen(office: Office) -> None:
    """With the mouse alone; the pieces cover the parent, the neighbours keep their outlines' ground."""
    parent = office.shape(1)
    screen = office.at_parcel(1, viewport=WIDE).tool("split_lines")
    north, south = _sides(parent)
    screen.click(north).click(south, twice=True).rules_kept()
    assert screen.text().count("m²") == 0  # areas stand on the board, beside the pieces
    uid = screen.submitted()
    office.publish(uid)
    children = [shape_of(row) for row in office.desk.heads() if row.parcel_no > 3]
    assert len(children) == 2
    assert sum(child.area for child in children) == pytest.approx(parent.area, abs=0.01)
    screen.seen.is_clean()


def test_a_split_by_area_says_what_is_left(office: Office) -> None:
    """500 m² from the west; the rest follows."""
    screen = office.at_parcel(1).tool("split_areas")
    screen.seen.page.fill("#areas", "500")
    screen.seen.page.press("#areas", "Enter")
    screen.rules_kept()
    office.publish(screen.submitted())
    areas = sorted(row.area_m2 for row in office.desk.heads() if row.parcel_no > 3)
    assert areas == pytest.approx([500, office.shape(1).area - 500], abs=0.01)


def test_neighbours_are_merged_by_a_click(office: Office) -> None:
    """A parcel that does not touch is refused with its name."""
    screen = office.at_parcel(0).tool("merge")
    screen.zoom_out()
    far = office.shape(2).centroid
    screen.click((far.x, far.y))
    assert "Thửa 3, tờ 900" in screen.seen.page.locator("#hint").inner_text()
    near = office.shape(1).centroid
    screen.click((near.x, near.y)).rules_kept()
    office.publish(screen.submitted())
    merged = [row for row in office.desk.heads() if row.parcel_no > 3]
    assert [row.area_m2 for row in merged] == pytest.approx([2400], abs=0.02)


def test_a_shared_boundary_is_dragged(office: Office) -> None:
    """Both outlines follow; what one wins the other loses; the outline of both stays."""
    one, other = office.shape(0), office.shape(1)
    shared = shapely.line_merge(shapely.intersection(one, other))
    middle = shapely.line_interpolate_point(shared, 0.5, normalized=True)
    screen = office.at_parcel(0).tool("adjust_boundary")
    screen.click((other.centroid.x, other.centroid.y))
    screen.seen.until("document.querySelectorAll('.vertices__table tbody tr').length === 2")
    screen.drag((middle.x, middle.y), (middle.x + 6, middle.y)).rules_kept()
    assert len(screen.table()) == 3
    office.publish(screen.submitted())
    after = [shape_of(office.desk.head(row)) for row in office.parcels[:2]]
    assert after[0].area > one.area + 50
    assert sum(shape.area for shape in after) == pytest.approx(one.area + other.area, abs=0.01)
    assert shapely.coverage_is_valid([*after, office.shape(2)], gap_width=0.001)


def test_undo_gives_back_the_same_numbers(office: Office) -> None:
    """And redo those after it."""
    other = office.shape(1)
    shared = shapely.line_merge(shapely.intersection(office.shape(0), other))
    middle = shapely.line_interpolate_point(shared, 0.5, normalized=True)
    screen = office.at_parcel(0).tool("adjust_boundary")
    screen.click((other.centroid.x, other.centroid.y))
    before = screen.table()
    screen.drag((middle.x, middle.y), (middle.x + 6, middle.y))
    screen.seen.until("document.querySelectorAll('.vertices__table tbody tr').length === 3")
    moved = screen.table()
    screen.seen.page.keyboard.press("Control+z")
    assert screen.table() == before
    screen.seen.page.keyboard.press("Control+y")
    assert screen.table() == moved


def test_corners_are_pasted_from_a_spreadsheet(office: Office) -> None:
    """X before Y, decimal commas; the neighbour that has the corner follows, so that the edge stays common."""
    one = office.shape(0)
    screen = office.at_parcel(0).tool("correct_corners")
    rows = screen.table()
    shared = [place for place in one.exterior.coords[:-1] if shapely.Point(place).distance(office.shape(1)) < 1e-6]
    index = next(i for i, place in enumerate(one.exterior.coords[:-1]) if place == shared[0])
    x, y = shared[0][1] + 0.25, shared[0][0] - 0.4
    assert len(rows) == len(one.exterior.coords) - 1
    screen.paste(f"{index}-1", f"{x:.3f}\t{y:.3f}\n".replace(".", ",") + "")
    screen.rules_kept()
    office.publish(screen.submitted())
    target = (round(y, 3), round(x, 3))
    after = [shape_of(office.desk.head(row)) for row in office.parcels]
    assert all(target in [tuple(place) for place in shape.exterior.coords] for shape in after[:2])
    assert shapely.coverage_is_valid(after, gap_width=0.001)


def test_a_corner_is_dragged_with_everything_that_meets_there(office: Office) -> None:
    """The table shows the new coordinates; both areas are told."""
    one = office.shape(0)
    corner = next(place for place in one.exterior.coords if shapely.Point(place).distance(office.shape(1)) < 1e-6)
    screen = office.at_parcel(0).tool("correct_corners")
    before = screen.table()
    screen.drag(corner[:2], (corner[0] + 3, corner[1] - 2)).rules_kept()
    changed = [(a, b) for a, b in zip(before, screen.table(), strict=True) if a != b]
    assert len(changed) == 1
    assert "Thửa 2, tờ 900" in screen.text()
    screen.seen.is_clean()
