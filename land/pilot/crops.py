"""Crop areas of the pilot: found in its register, with a plan beside them."""

from gis_core.access import Reach
from gis_core.pilot.dice import dice
from gis_core.pilot.load import clear_demo_rows
from gis_core.pilot.steps import Run, pilot_step
from land import crops
from layers.ingestion.inside import rows_inside
from layers.models import CropArea


@pilot_step("crop_areas", clear=clear_demo_rows(CropArea._meta.db_table), after=("parcels",))
def load_crops(run: Run, _part: str) -> int:
    """What the register has on the reference day; planned was a little more or less."""
    rng = dice(run.seed, "crops")
    made = crops.derive(run.day).created
    rows = list(rows_inside(CropArea, Reach(everything=True)).filter(is_demo=True).order_by("crop", "admin_unit__code"))
    for row in rows:
        row.plan_ha = round((row.area_ha or 0) * float(rng.uniform(0.92, 1.1)), 2)
    CropArea.objects.bulk_update(rows, ["plan_ha"])
    run.progress.advance(made)
    return made
