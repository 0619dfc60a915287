"""The cadastral extract."""

import re
from dataclasses import fields

import numpy as np
import pytest
import shapely
from django.utils import timezone

from gis_core.access import Reach
from land.extract.content import Extract, corners, extract_of, text_angle
from land.extract.document import pdf
from land.models import Parcel
from land.rows import EVERYBODY, parcels
from tests.land.api.caller import caller
from tests.land.desk import Desk
from tests.land.ground import CENTRE, slanted


@pytest.fixture
def parcel(desk: Desk) -> Parcel:
    """With a neighbour and a holder."""
    row = desk.parcel(slanted(), 1, uses=(("ODT", 0.25), ("CLN", 0.75)))
    desk.holder(row)
    x, y = CENTRE
    desk.parcel(shapely.box(x + 62, y, x + 82, y + 20), 2)
    return row


def _extract(parcel: Parcel) -> Extract:
    return extract_of(parcels(EVERYBODY).get(pk=parcel.pk), EVERYBODY, timezone.localdate())


def test_corners_run_clockwise_from_the_north_west() -> None:
    """X is north, Y is east, as in Vietnamese papers; lengths are on the plane."""
    found = corners(shapely.Polygon([(0, 0), (30, 0), (30, 20), (0, 20)], [[(5, 5), (9, 5), (9, 8)]]))
    assert [(corner.number, corner.x, corner.y, corner.length) for corner in found[:4]] == [
        (1, 20, 0, 30), (2, 20, 30, 20), (3, 0, 30, 30), (4, 0, 0, 20),
    ]  # fmt: skip
    assert [corner.number for corner in found] == [1, 2, 3, 4, 5, 6, 7]
    assert sum(corner.length for corner in found[4:]) == pytest.approx(12)


@pytest.mark.parametrize(("width", "scale"), [(11.0, 100), (23.9, 200), (24.1, 500), (110.0, 1000), (700.0, 10_000), (5_000.0, 25_000)])
def test_the_scale_is_the_largest_usual_one_that_fits(desk: Desk, width: float, scale: int) -> None:
    """Into 120 mm."""
    x, y = CENTRE
    row = desk.parcel(shapely.box(x, y, x + width, y + 5), 9)
    assert _extract(row).scale == scale


@pytest.mark.parametrize(("end", "angle"), [((1, 0), 0), ((1, 1), 45), ((-1, 1), -45), ((-1, 0), 0), ((0, -1), -90)])
def test_lengths_are_never_upside_down(end: tuple[float, float], angle: float) -> None:
    """Along their edge, readable from below or from the right."""
    assert text_angle((0, 0), end) % 180 == pytest.approx(angle % 180)
    assert -90 <= text_angle((0, 0), end) <= 90


def test_what_it_says(parcel: Parcel) -> None:
    """Uses with their names and areas, neighbours with their numbers; nobody's name has a place in it."""
    extract = _extract(parcel)
    assert extract.uses == (("CLN", "Đất trồng cây lâu năm", 1800.0), ("ODT", "Đất ở tại đô thị", 600.0))
    assert [(neighbour.label, neighbour.use) for neighbour in extract.neighbours] == [("2", "ODT")]
    assert {field.name for field in fields(Extract)} == {"parcel", "shape", "uses", "corners", "neighbours", "on"}


def test_neighbours_of_other_units_are_not_drawn_for_an_officer(desk: Desk, parcel: Parcel) -> None:
    """The reach that bounds every list bounds the drawing too."""
    assert extract_of(parcel, Reach(), timezone.localdate()).neighbours == ()


def test_the_file(desk: Desk, parcel: Parcel) -> None:
    """One A4 page, both fonts inside, no picture, nothing to run; to be kept by no shared cache."""
    answer = caller(desk.officer).client.get(f"/api/land/parcels/{parcel.uid}/extract")
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        200,
        "application/pdf",
        "private, no-cache",
    )
    assert answer.headers["Content-Disposition"] == 'inline; filename="trich-luc-900-1.pdf"'
    file = answer.content
    assert file.startswith(b"%PDF-1.")
    assert len(re.findall(rb"/Type /Page\b", file)) == 1
    assert file.count(b"/FontFile2") >= 2
    assert b"/Subtype /Image" not in file
    assert b"/JavaScript" not in file
    assert len(file) < 120_000


def test_a_long_outline_is_drawn_without_its_corners(desk: Desk) -> None:
    """A river has thousands; the page is made all the same, within a second or two."""
    angle = np.linspace(0, 2 * np.pi, 4_000)[:-1]
    ring = np.c_[CENTRE[0] + 900 * np.cos(angle), CENTRE[1] + 300 * np.sin(angle)]
    extract = _extract(desk.parcel(shapely.Polygon(ring), 5))
    assert not extract.has_corners
    file = pdf(extract, "https://example.vn/land/parcels/1/")
    assert len(re.findall(rb"/Type /Page\b", file)) == 1


def test_yesterdays_extract_and_todays(desk: Desk, parcel: Parcel) -> None:
    """A retired parcel has an extract of the days on which it was there, and none of today."""
    desk.done("split_areas", parcel=str(parcel.uid), areas=[800], side="north")
    client = caller(desk.officer).client
    assert client.get(f"/api/land/parcels/{parcel.uid}/extract").status_code == 404
    assert client.get(f"/api/land/parcels/{parcel.uid}/extract", {"on": "2024-05-01"}).status_code == 200
