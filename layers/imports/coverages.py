"""Rasters as imported layers: their description in the catalogue, their files in COVERAGE_DIR, scenes that are added, versions.

A file's content never changes and its name is used once, so a description that names files is a state of the layer: versions keep
descriptions, and a file goes when no kept version names it.
"""

import contextlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gis_core.importing.rasters import Raster
from gis_core.models import AdminUnit, User
from layers.coverages.scene import Scene, folder
from layers.imports import versions
from layers.imports.coverage_files import sweep
from layers.imports.load import check_name
from layers.imports.request import ImportRefused, Mode
from layers.imports.watch import renew
from layers.models import ImportedLayer

PREFIX = "coverage_"
MAX_SCENES = 500


@dataclass(frozen=True)
class CoverageRequest:
    """A converted raster on its way into the catalogue.

    `file` is moved. `taken` is the day of the scene. `units` are those whose staff see it. `append` adds it to the scenes of the layer.
    """

    name: str
    file: Path
    raster: Raster
    source_name: str
    source_sha256: str
    mode: Mode = "create"
    title: str = ""
    taken: date | None = None
    unit: str = ""
    public: bool = False
    units: tuple[AdminUnit, ...] = ()
    owner: User | None = None
    author: User | None = None
    is_demo: bool = False
    # Called in the transaction: a worker that dies in between must not find its own layer there.
    done: Callable[[ImportedLayer], None] | None = None


def publish(request: CoverageRequest) -> ImportedLayer:
    """Put a raster into the catalogue, in one transaction. Raises ImportRefused; then nothing has changed."""
    with _placed(request) as file, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {request.name}"])
        existing = check_name(request.name, request.mode)
        _check_kind(request, existing)
        layer = existing or ImportedLayer(name=request.name, table=PREFIX + request.name, geometry_type=ImportedLayer.RASTER)
        scene = Scene(file, request.raster, request.taken)
        scenes = [*(layer.raster or {}).get("scenes", []), scene.as_dict()] if request.mode == "append" else [scene.as_dict()]
        if len(scenes) > MAX_SCENES:
            sentence = _("The layer “%(name)s” has %(limit)d scenes; more are not accepted.")
            raise ImportRefused(sentence % {"name": layer.name, "limit": MAX_SCENES})
        versions.supersede(layer)
        _describe(layer, request, scenes)
        layer.save()
        versions.record(layer, request.mode, request.author or request.owner)
        if request.done is not None:
            request.done(layer)
        transaction.on_commit(renew)
    sweep()
    return layer


def _describe(layer: ImportedLayer, request: CoverageRequest, scenes: list[dict[str, object]]) -> None:
    before = layer.raster or {}
    layer.raster = {"scenes": scenes, "unit": request.unit or before.get("unit", "")}
    layer.row_count = len(scenes)
    layer.srid = request.raster.srid if request.mode != "append" else layer.srid
    layer.source_name, layer.source_sha256 = request.source_name[:200], request.source_sha256
    layer.owner = request.owner or layer.owner
    layer.title = request.title or layer.title or request.name.replace("_", " ").capitalize()
    layer.is_demo = request.is_demo
    if request.mode == "create":
        layer.access = ImportedLayer.Access.PUBLIC if request.public else ImportedLayer.Access.SCOPED
        layer.units = [unit.pk for unit in request.units]


def _check_kind(request: CoverageRequest, existing: ImportedLayer | None) -> None:
    if existing is None:
        return
    if not existing.is_coverage:
        raise ImportRefused(_("“%(name)s” is a layer of features; a raster cannot take its place.") % {"name": existing.name})
    if request.mode == "upsert":
        raise ImportRefused(_("A raster has no rows to renew: replace it, or add a scene."))
    if request.mode != "append":
        return
    first = Scene.from_dict((existing.raster or {})["scenes"][0]).raster
    held, new = (first.dtype, len(first.bands)), (request.raster.dtype, len(request.raster.bands))
    if held != new:
        values = {"name": existing.name, "held": f"{held[1]} × {held[0]}", "new": f"{new[1]} × {new[0]}"}
        raise ImportRefused(_("Scenes of a layer are alike: those of “%(name)s” have bands of %(held)s, this one of %(new)s.") % values)


@contextlib.contextmanager
def _placed(request: CoverageRequest) -> Iterator[str]:
    """The name of the file in its place; it goes again when the block fails."""
    name = f"{request.name}-{uuid.uuid4().hex[:12]}.tif"
    folder().mkdir(parents=True, exist_ok=True)
    place = folder() / name
    shutil.move(request.file, place)
    place.chmod(0o644)
    _flush(place)
    try:
        yield name
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def _flush(path: Path) -> None:
    """The description must not outlive its file in a loss of power."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
