"""Zonal statistics as an analysis: numbers that can be counted by hand, own rows and rasters alone, whatever the tiles."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from gis_core.access import Scope
from gis_core.models import Role
from layers.analysis.contract import kind_of
from layers.analysis.kinds.zonal import ZonalStatistics
from layers.analysis.work import Work
from tests.analysis.conftest import Table
from tests.analysis.test_kinds import EAST, NORTH, field
from tests.coverages.conftest import SIZE, Shelf, colour, corner, slope
from tests.world import World

OURS = {"layer": "parcels", "filter": "sheet_no = 9901", "raster": "heights"}


@pytest.fixture
def shelf(tmp_path: Path, world: World, db: None) -> Shelf:
    """`heights` for everybody (a metre more with each pixel to the east), `town` of 2026 for unit A alone; gone with the test."""
    found = Shelf(tmp_path, world)
    found.put("heights", slope(), public=True, unit="m", title="Độ cao thử")
    found.put("town", colour(200, 40, 40), units=("A",), taken=date(2026, 5, 1), title="Ảnh thử")
    return found


def at_pixel(world: World, column: float, row: float, wide: float, high: float, **values: Any) -> Any:
    """A parcel over pixels of the raster."""
    west, north = corner()
    return field(world, west + column * SIZE - EAST, north - (row + high) * SIZE - NORTH, wide * SIZE, high * SIZE, **values)


def run(**given: Any) -> Any:
    """Over everything."""
    kind = kind_of("zonal")
    return kind.run(Work(kind, {**OURS, **given}, Scope(superuser=True)))


def test_pixels_count_by_the_share_that_an_area_covers(world: World, shelf: Shelf) -> None:
    """Ten columns of pixels; half of two; where the heights are unknown; outside of the raster."""
    ten, half = at_pixel(world, 10, 20, 10, 4), at_pixel(world, 50.5, 20, 1, 2)
    unknown, outside = at_pixel(world, 10, 2, 4, 4), at_pixel(world, 300, 20, 4, 4)
    result = run()
    found = {row.feature: row for row in result.frame.itertuples()}
    assert set(found) == {str(parcel.pk) for parcel in (ten, half, unknown, outside)}
    row = found[str(ten.pk)]
    assert (row.mean, row.min, row.max, row.median, row.count, row.area_m2) == pytest.approx((14.5, 10, 19, 14.5, 40, 4_000), abs=1e-3)
    assert (found[str(half.pk)].mean, found[str(half.pk)].count) == pytest.approx((50.5, 2), abs=1e-3)
    assert all(np.isnan(found[str(parcel.pk)].mean) for parcel in (unknown, outside))
    assert [value for _title, value in result.facts] == [4, 2, 14.5, 50.5]
    assert "(m)" in str(result.labels["mean"])


def test_sums_and_classes(world: World, shelf: Shelf) -> None:
    """A sum over four pixels; the class that fills most of it, as a name."""
    at_pixel(world, 10, 20, 4, 1)
    assert run(statistics="amount").frame["sum"].tolist() == pytest.approx([10 + 11 + 12 + 13])
    classes = run(statistics="classes", raster="town", day="2026-06-01")
    assert (classes.frame.majority.tolist(), classes.frame.variety.tolist()) == (["200"], [1.0])
    assert classes.look["classes"] == [["200", "#0072b2"]]
    assert run(statistics="classes", raster="town", band=2).frame.majority.tolist() == ["40"]


def test_tiles_do_not_matter(world: World, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Areas across many tiles are found once, with the same numbers."""
    for number in range(12):
        at_pixel(world, 3 + 9 * number, 15 + 5 * (number % 4), 6 + number, 3)
    whole = run().frame
    monkeypatch.setattr(ZonalStatistics, "size", 70.0)
    assert run().frame.to_csv(index=False) == whole.to_csv(index=False)
    assert len(whole) == 12


def test_a_unit_takes_what_lies_in_it(world: World, shelf: Shelf) -> None:
    """Neighbours that only touch the unit's outline are the neighbour's."""
    inside = {row.feature for row in run(layer="admin_units", filter="level = 'commune'", unit="20341").frame.itertuples()}
    assert inside == {str(world.units["A"].pk)}


def test_everybody_reads_the_own_rows_and_rasters(tables: Callable[..., Table], world: World, shelf: Shelf) -> None:
    """A raster of others is the same 404 as one that does not exist; parcels of others are in no row."""
    own, other = tables(Role.ANALYST, "A"), tables(Role.ANALYST, "B")
    assert own.ask("zonal", layer="parcels", raster="town").status_code == 201
    refused, unknown = (other.ask("zonal", layer="parcels", raster=name) for name in ("town", "qqqq"))
    assert (refused.status_code, refused.body["field"]) == (unknown.status_code, unknown.body["field"]) == (404, "raster")
    assert refused.body["detail"].replace("town", "qqqq") == unknown.body["detail"]
    for desk, home in ((own, "A"), (other, "B")):
        job = desk.computed("zonal", layer="parcels", raster="heights")
        found = {feature["properties"]["feature"] for feature in desk.rows(job["uid"])}
        foreign = {str(row.pk) for row in world.rows["parcels"] if row.home in {"A", "B", "C", "outside"} - {home}}
        assert found and not found & foreign


@pytest.mark.parametrize(
    ("given", "status", "field_name"),
    [
        ({"raster": None}, 400, "raster"),
        ({"raster": "parcels"}, 404, "raster"),
        ({"raster": "heights", "band": 2}, 400, "band"),
        ({"raster": "heights", "band": 0}, 400, "band"),
        ({"raster": "heights", "band": 1.5}, 400, "band"),
        ({"raster": "heights", "statistics": "mode"}, 400, "statistics"),
        ({"raster": "town", "day": "2020-01-01"}, 400, "day"),
        ({"raster": "town", "day": "yesterday"}, 400, "day"),
        ({"raster": "heights", "layer": "roads"}, 400, "layer"),
        ({"raster": "heights", "colour": "red"}, 400, "colour"),
    ],
)
def test_questions_that_are_none(table: Table, shelf: Shelf, given: dict[str, Any], status: int, field_name: str) -> None:
    """Before anything is queued, with the parameter's name."""
    answer = table.ask("zonal", **given)
    assert (answer.status_code, answer.body["field"]) == (status, field_name), answer.body


def test_provenance_names_the_files(table: Table, world: World, shelf: Shelf) -> None:
    """Which files of the raster were read, and with which libraries."""
    at_pixel(world, 10, 20, 4, 4)
    job = table.computed("zonal", layer="parcels", raster="town", statistics="classes")
    assert job["state"] == "examined", job["failure"]
    raster = next(one for one in job["provenance"]["inputs"] if one["parameter"] == "raster")
    assert (raster["layer"], raster["rows"], len(raster["files"])) == ("town", 1, 1)
    assert {"rasterio", "exactextract"} <= set(job["provenance"]["versions"])
    assert job["provenance"]["changed_meanwhile"] == []


def test_the_page_offers_the_rasters(table: Table, shelf: Shelf) -> None:
    """Those that are open to the reader."""
    content = table.client.get("/analysis/").content.decode()
    assert json.dumps(["heights", "Độ cao thử"]) in content
    assert '"kind": "raster"' in content


def test_by_command(table: Table, world: World, shelf: Shelf, tmp_path: Path) -> None:
    """The same numbers in a file."""
    at_pixel(world, 10, 20, 10, 4)
    path = tmp_path / "heights.csv"
    given = [f"--set={name}={value}" for name, value in OURS.items()]
    call_command("run_job", "zonal", "--user", table.user.username, *given, "--out", path)
    assert "14.5" in path.read_text("utf-8-sig")
