"""A raster file becomes a coverage: what `manage.py import_layer` and the pilot's loader do."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gis_core.importing.rasters import Raster, RasterOptions, Watch, convert
from gis_core.importing.source import digest
from gis_core.models import AdminUnit, User
from layers.imports.coverage_files import staging
from layers.imports.coverages import CoverageRequest, publish
from layers.imports.load import check_name
from layers.imports.request import Mode
from layers.models import ImportedLayer


@dataclass(frozen=True)
class RasterImport:
    """One file. `srid` declares its coordinate system, `taken` its day; see CoverageRequest for the rest."""

    path: Path
    name: str
    mode: Mode = "create"
    title: str = ""
    srid: int | None = None
    taken: date | None = None
    unit: str = ""
    public: bool = False
    units: tuple[AdminUnit, ...] = ()
    owner: User | None = None
    is_demo: bool = False
    dry_run: bool = False


def import_raster(
    request: RasterImport, watch: Watch | None = None, converted: Callable[[Raster], None] = lambda _raster: None
) -> ImportedLayer | None:
    """Convert and publish; None for a dry run. Raises FileFault and ImportRefused; then nothing has changed."""
    check_name(request.name, request.mode)
    target = staging() / f"{uuid.uuid4().hex}.tif"
    raster = convert(request.path, target, RasterOptions(request.srid), watch=watch)
    try:
        converted(raster)
        return None if request.dry_run else publish(_request(request, target, raster))
    finally:
        target.unlink(missing_ok=True)


def _request(request: RasterImport, target: Path, raster: Raster) -> CoverageRequest:
    return CoverageRequest(
        name=request.name,
        file=target,
        raster=raster,
        source_name=request.path.name,
        source_sha256=digest(request.path),
        mode=request.mode,
        title=request.title,
        taken=request.taken or (date.fromisoformat(raster.taken) if raster.taken else None),
        unit=request.unit,
        public=request.public,
        units=request.units,
        owner=request.owner,
        is_demo=request.is_demo,
    )
