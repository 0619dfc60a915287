"""Loads the pilot's made-up rasters as any upload is loaded: converted, described, published for everybody."""

import tempfile
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext, override

from gis_core.pilot.steps import Run, pilot_step
from layers.imports.load import remove_layer
from layers.imports.raster_files import RasterImport, import_raster
from layers.imports.request import Mode
from layers.models import ImportedLayer
from layers.pilot import rasters

DAYS = (date(2020, 3, 14), date(2026, 3, 20))


def _clear_rasters() -> None:
    """Remove the demo rasters with their files."""
    for layer in ImportedLayer.objects.filter(is_demo=True, geometry_type=ImportedLayer.RASTER):
        remove_layer(layer.name)


def _free(name: str) -> bool:
    """Whether nobody has a layer of this name: what was brought by people is left alone."""
    return not ImportedLayer.objects.filter(name=name).exists()


@pilot_step("rasters", clear=_clear_rasters, parts=lambda: ("dem", "orthophoto"))
def load_rasters(run: Run, part: str) -> int:
    """Heights, and the town from above in two years."""
    if not _free(part):
        return 0
    with connection.cursor() as cursor:
        # The pixels are made up and converted while the part's transaction waits.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    with tempfile.TemporaryDirectory(prefix="pilot-raster-") as folder, override("vi"), transaction.atomic():
        if part == "dem":
            path = Path(folder, "dem.tif")
            rasters.write(path, *rasters.heights(run.seed, run.scale))
            _import(path, part, gettext("Heights of the ground (demo)"), unit="m")
            run.progress.advance(1)
            return 1
        for number, day in enumerate(DAYS):
            path = Path(folder, f"orthophoto-{day.year}.tif")
            rasters.write(path, *rasters.picture(run.seed, run.scale, day.year), day=day.isoformat())
            _import(path, part, gettext("Picture from above (demo)"), taken=day, adds=bool(number))
            run.progress.advance(1)
        return len(DAYS)


def _import(path: Path, name: str, title: str, *, unit: str = "", taken: date | None = None, adds: bool = False) -> None:
    mode: Mode = "append" if adds else "create"
    import_raster(RasterImport(path, name, mode, title, unit=unit, taken=taken, public=True, is_demo=True))
