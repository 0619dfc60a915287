"""Uploaded rasters: converted and shown to their author first, put into the catalogue when the author says so."""

import base64
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.errors import NotFound
from gis_core.importing.rasters import Raster, RasterOptions, convert
from gis_core.importing.source import digest
from gis_core.models.job import Job
from gis_core.work.jobs import Progress, store
from layers.coverages.looks import default_look
from layers.coverages.picture import encoded, painted
from layers.coverages.reading import Grid
from layers.coverages.scene import Scene, folder
from layers.imports import coverages
from layers.imports.coverage_files import staging
from layers.imports.telling import STEPS
from layers.models import ImportedLayer, Upload
from layers.uploads.asked import Answers, Plan
from layers.uploads.rules import units_of

_PREVIEW = 480


def staged(job: Upload) -> Path:
    """Where the converted raster of an upload waits."""
    return staging() / f"{job.uid}.tif"


def examine(job: Upload, path: Path, progress: Progress) -> dict[str, Any]:
    """Convert a raster and look at it. Raises FileFault, Cancelled."""
    target = staged(job)
    found = convert(path, target, RasterOptions(Answers.from_dict(job.asked).srid), watch=_watch(progress))
    return {"raster": found.as_dict(), "sha256": digest(path), **_shown(target, found)}


def _watch(progress: Progress) -> Any:
    def watch(step: str, done: int, total: int) -> None:
        progress(_(STEPS[step]) if step in STEPS else "", done, total)

    return watch


def _shown(target: Path, raster: Raster) -> dict[str, Any]:
    """A small picture (WebP, base64), and where it lies (degrees)."""
    scene = Scene(str(target.relative_to(folder())), raster)
    west, south, east, north = scene.mercator
    share = _PREVIEW / max(east - west, north - south)
    size = max(1, round((east - west) * share)), max(1, round((north - south) * share))
    pixels = painted([scene], Grid(scene.mercator, crs.WEB_MERCATOR, *size), default_look(raster))
    picture = base64.b64encode(encoded(pixels, "image/webp")).decode()
    return {"bounds": list(scene.degrees), "preview": picture}


def write(job: Upload, plan: Plan, name: str, local_copy: Any) -> ImportedLayer:
    """Put the converted raster into the catalogue. Raises ImportRefused, FileFault."""
    target = staged(job)
    raster = Raster.from_dict(job.report["raster"])
    if not target.is_file():
        # Another node's disk, or swept: it is made once more.
        with local_copy(job) as path:
            raster = convert(path, target, RasterOptions(Answers.from_dict(job.asked).srid))
    assert plan.mode in ("create", "replace", "append", "upsert")
    request = coverages.CoverageRequest(
        name=name,
        file=target,
        raster=raster,
        source_name=job.name,
        source_sha256=job.report.get("sha256", ""),
        mode=plan.mode,
        title=plan.title,
        taken=day_of(plan.taken or raster.taken),
        unit=plan.unit,
        public=plan.public,
        units=units_of(job.author),
        owner=job.author if plan.mode == "create" else None,
        author=job.author,
        done=lambda layer: store(job, state=Job.State.DONE, layer=layer.name, done=1, total=1),
    )
    return coverages.publish(request)


def day_of(text: str) -> date | None:
    """A day in ISO 8601; None where there is none, or none that a picture can have been taken on."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is None or date(1900, 1, 1) <= found <= timezone.localdate() else None


def preview(job: Upload) -> bytes:
    """The small picture of an examined raster (WebP). Raises NotFound where there is none."""
    found = job.report.get("preview")
    if not found:
        raise NotFound(_("There is no picture of this upload."))
    return base64.b64decode(found)


def forget(job: Upload) -> None:
    """The converted raster that nobody wanted."""
    staged(job).unlink(missing_ok=True)
