"""Crop areas out of the register: by commune and crop, the same however often they are made, plans left alone."""

from datetime import date

import pytest

from gis_core.access import Reach
from land import crops
from layers.catalogue import catalogue
from layers.feed import Sent
from layers.ingestion.feeding import take_in
from layers.ingestion.inside import rows_inside
from layers.models import CropArea
from tests.land.desk import Desk
from tests.land.ground import slanted

ALL = Reach(everything=True)
DAY = date(2026, 3, 1)


def _stored(desk: Desk, crop: str) -> CropArea:
    found: CropArea = rows_inside(CropArea, ALL).get(crop=crop, admin_unit=desk.unit, period_from=date(2026, 1, 1))
    return found


def test_uses_become_crops(desk: Desk) -> None:
    """A parcel of two uses counts under both; what is no crop counts nowhere."""
    before = crops.areas(DAY)
    parcel = desk.parcel(slanted(), 5, uses=(("LUC", 0.75), ("ODT", 0.25)))
    after = crops.areas(DAY)
    code = desk.unit.code
    assert after[code, "rice"] - before.get((code, "rice"), 0) == pytest.approx(float(parcel.area_m2) * 0.75 / 10_000, abs=1e-4)
    assert {key for key in after if after[key] != before.get(key)} == {(code, "rice")}


def test_areas_are_written_once_and_plans_stay(desk: Desk) -> None:
    desk.parcel(slanted(), 5, uses=(("CLN", 1.0),))
    first = crops.derive(DAY)
    assert first.created >= 1
    layer = next(layer for layer in catalogue.feature_layers() if layer.name == "crop_areas")
    plan = {"crop": "perennial", "unit": desk.unit.code, "period": "2026", "plan_ha": 9}
    assert take_in(layer, ALL, [Sent(plan)]).corrected == 1
    again = crops.derive(DAY)
    assert (again.created, again.corrected) == (0, 0)
    row = _stored(desk, "perennial")
    assert (row.plan_ha, row.source) == (9, "register")
    assert row.area_ha == pytest.approx(crops.areas(DAY)[desk.unit.code, "perennial"])


@pytest.mark.parametrize("code", ["ODT", "DGT", ""])
def test_other_uses_are_no_crops(code: str) -> None:
    assert code not in crops.CROPS
