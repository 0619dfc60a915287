"""The import of a file as a layer, from the first byte to the published table, in one transaction."""

import re
from contextlib import AbstractContextManager
from typing import Protocol

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gis_core.importing.columns import identifier, identifiers
from gis_core.importing.faults import Fault, RowFault
from gis_core.importing.report import Report
from gis_core.importing.source import Source, digest, opened
from gis_core.models import User
from layers.catalogue import catalogue
from layers.imports import coverage_files, publish, versions
from layers.imports.guess import guess, min_zoom
from layers.imports.request import Family, ImportRefused, ImportRequest, KindsMixed, Mode, Outcome, RowsRefused
from layers.imports.runtime import RESERVED, layer_class
from layers.imports.staging import FAMILIES, Staging
from layers.imports.watch import renew
from layers.models import ImportedLayer
from layers.models.imported_layer import MAX_NAME, Column
from layers.queries import folding

_SPARSE = frozenset({"kml", "gpx"})  # formats whose schema is fixed and mostly empty
_SINGLE: dict[Family, str] = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
_WIDER = {("integer", "bigint"), ("integer", "double"), ("bigint", "double")}


class Counter(Protocol):
    """What counts the rows that were read."""

    def advance(self, rows: int) -> None:
        """So many rows more."""


class Watcher(Protocol):
    """Somebody who wants to know how far an import is."""

    def reading(self, total: int | None) -> AbstractContextManager[Counter]:
        """Rows are read now, `total` of them where the file tells."""

    def step(self, text: str) -> None:
        """What happens next."""


def import_layer(request: ImportRequest, watcher: Watcher) -> Outcome:
    """Import a file.

    Raises FileFault for a file that cannot be read, ImportRefused for a request that cannot be done, and its subclass
    RowsRefused when rows are wrong; then nothing has changed.
    """
    existing = check_name(request.name, request.mode)
    _check_rows_wanted(existing)
    with opened(request.path, request.options, request.limits) as source, transaction.atomic():
        with connection.cursor() as cursor:
            # A slow file would otherwise end the owner's session; a second import of the name waits here.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {request.name}"])
        _check_srid(source.description.srid)
        outcome = _load(request, existing, source, watcher)
        if request.look is not None:
            request.look(outcome)
        if request.dry_run:
            transaction.set_rollback(True)
        else:
            transaction.on_commit(renew)
    return outcome


def remove_layer(name: str) -> ImportedLayer:
    """Remove an imported layer with its rows. Raises ImportRefused for an unknown name."""
    with transaction.atomic():
        layer = _locked(name)
        if layer.is_coverage:
            files = coverage_files.kept_files(layer)
            transaction.on_commit(lambda: coverage_files.remove_files(files))
        versions.drop_all(layer)
        publish.drop(layer)
        transaction.on_commit(renew)
    return layer


def roll_back(name: str, number: int, author: User | None) -> ImportedLayer:
    """Bring a former version of an imported layer back, as its newest. Raises ImportRefused for what is not kept."""
    with transaction.atomic():
        layer = _locked(name)
        version = versions.kept(layer, number)
        versions.supersede(layer)
        versions.restore(layer, version)
        if not layer.is_coverage:
            layer.row_count = publish.table_size(layer)
        layer.save()
        versions.record(layer, "rollback", author, of=number)
        transaction.on_commit(renew)
    return layer


def _locked(name: str) -> ImportedLayer:
    layer = ImportedLayer.objects.select_for_update().filter(name=name).first()
    if layer is None:
        known = ", ".join(ImportedLayer.objects.values_list("name", flat=True)) or "–"
        raise ImportRefused(_("There is no imported layer “%(name)s”. There are: %(known)s.") % {"name": name, "known": known})
    return layer


def _check_rows_wanted(existing: ImportedLayer | None) -> None:
    if existing is not None and existing.is_coverage:
        raise ImportRefused(_("“%(name)s” is a raster; features cannot take its place.") % {"name": existing.name})


def check_name(name: str, mode: Mode) -> ImportedLayer | None:
    """The layer that exists under the name, if an import in this mode may touch it. Raises ImportRefused."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > MAX_NAME:
        values = {"name": name, "limit": MAX_NAME, "proposal": identifier(name)[:MAX_NAME]}
        raise ImportRefused(
            _("“%(name)s” cannot be a layer's name: use up to %(limit)d of a-z, 0-9 and _, a letter first; for example %(proposal)s.")
            % values
        )
    if name in catalogue._declared:
        raise ImportRefused(_("“%(name)s” is a layer of the service itself; choose another name.") % {"name": name})
    existing = ImportedLayer.objects.filter(name=name).first()
    if existing is None and mode in ("append", "upsert"):
        raise ImportRefused(_("There is no imported layer “%(name)s” to append to.") % {"name": name})
    if existing is not None and mode == "create":
        raise ImportRefused(_("The layer “%(name)s” exists; say --replace or --append, or choose another name.") % {"name": name})
    return existing


def _check_srid(srid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM spatial_ref_sys WHERE srid = %s", [srid])
        if cursor.fetchone() is None:
            raise ImportRefused(_("The database does not know EPSG:%(srid)d; run the migrations first.") % {"srid": srid})


def _load(request: ImportRequest, existing: ImportedLayer | None, source: Source, watcher: Watcher) -> Outcome:
    about = source.description
    names = identifiers([found.name for found in about.fields], RESERVED)
    columns = [Column(name=name, alias=found.name, type=found.type) for name, found in zip(names, about.fields, strict=True)]
    if existing is not None and request.adds:
        _check_columns(existing, columns, about.srid)
    staging, report = Staging(columns, about.srid), Report()
    total = _stage(source, staging, report, watcher)
    watcher.step(_("Checking %(count)d rows …") % {"count": total})
    outcome = Outcome(about, ImportedLayer(), 0, report, source.remarks)
    if about.format in _SPARSE and not request.adds:
        outcome.dropped = staging.drop_empty_columns()
    _check_rows(request, existing, staging, outcome)
    if report.count and not request.skip_bad:
        raise RowsRefused(report, total)
    staging.remove(sorted(report.rows))
    if not staging.count():
        raise ImportRefused(_("The file has no row that can be used."))
    outcome.renamed = [(column["alias"], column["name"]) for column in staging.columns if column["alias"] != column["name"]]
    outcome.layer = _described(request, existing, staging, about.srid)
    watcher.step(_("Writing the table %(name)s …") % {"name": outcome.layer.table})
    _write(request, outcome)
    return outcome


def _stage(source: Source, staging: Staging, report: Report, watcher: Watcher) -> int:
    """Rows into the staging table; how many the file has."""
    total = 0
    staging.create()
    with watcher.reading(source.description.count) as progress:
        for batch in source.batches:
            report.extend(batch.faults)
            if batch.table.num_rows:
                staging.copy(batch.table)
            total += batch.size
            progress.advance(batch.size)
    return total


def _check_rows(request: ImportRequest, existing: ImportedLayer | None, staging: Staging, outcome: Outcome) -> None:
    """What only all rows together, or the database, can tell."""
    report = outcome.report
    outcome.other_kinds = _one_family(request, staging, report)
    broken = list(staging.invalid())
    if request.repair and broken:
        outcome.repaired = staging.mend([found.row for found in broken])
        broken = [RowFault(found.row, Fault("not-repaired")) for found in broken if found.row not in set(outcome.repaired)]
    report.extend(broken)
    key = _key(request, existing, staging.columns)
    if key is not None:
        report.extend(staging.duplicates(key))
        if existing is not None and request.mode == "append":
            report.extend(staging.stored_already(key, existing.table))
    if existing is not None and request.adds:
        _check_kinds(existing, staging, report)


def _one_family(request: ImportRequest, staging: Staging, report: Report) -> int:
    """Leave one kind of geometry in the staging table; how many rows of other kinds went because the request says so."""
    kinds = staging.kinds()
    strange = [kind for kind in kinds if kind not in FAMILIES]
    wanted = _("points, lines or polygons")
    report.extend(RowFault(row, Fault("other-kind", {"kind": kind, "wanted": wanted})) for row, kind in staging.rows_of(strange))
    counts: dict[str, int] = {}
    for kind, count in kinds.items():
        if kind in FAMILIES:
            counts[FAMILIES[kind]] = counts.get(FAMILIES[kind], 0) + count
    if request.family is not None:
        others = staging.rows_of([kind for kind in FAMILIES if FAMILIES[kind] != request.family])
        staging.remove([row for row, _kind in others])
        return len(others)
    if len(counts) > 1:
        raise KindsMixed(counts)
    return 0


def _check_kinds(existing: ImportedLayer, staging: Staging, report: Report) -> None:
    """Appended rows must fit the type of the table's geometry column."""
    accepted = {existing.geometry_type.upper(), existing.geometry_type.upper().removeprefix("MULTI")}
    strange = [kind for kind in staging.kinds() if kind not in accepted]
    report.extend(
        RowFault(row, Fault("other-kind", {"kind": kind, "wanted": existing.geometry_type})) for row, kind in staging.rows_of(strange)
    )


def _key(request: ImportRequest, existing: ImportedLayer | None, columns: list[Column]) -> Column | None:
    wanted = request.key or (existing.key_field if existing is not None and request.adds else "")
    if not wanted and request.mode == "upsert":
        raise ImportRefused(_("Say which attribute tells the rows apart: rows with the same value of it are renewed."))
    if not wanted:
        return None
    for column in columns:
        if wanted in (column["alias"], column["name"]):
            return column
    known = ", ".join(column["alias"] for column in columns)
    raise ImportRefused(_("The file has no field “%(field)s”; it has: %(known)s.") % {"field": wanted, "known": known})


def _check_columns(existing: ImportedLayer, columns: list[Column], srid: int) -> None:
    """Appended rows must have columns that the table has, in its coordinate system."""
    if srid != existing.srid:
        values = {"name": existing.name, "srid": existing.srid, "other": srid}
        raise ImportRefused(_("The layer “%(name)s” is in EPSG:%(srid)d, the file in EPSG:%(other)d.") % values)
    types = {column["name"]: column["type"] for column in existing.columns}
    strange = [
        column["alias"]
        for column in columns
        if types.get(column["name"]) != column["type"] and (column["type"], types.get(column["name"])) not in _WIDER
    ]
    if strange:
        values = {"name": existing.name, "fields": ", ".join(strange)}
        raise ImportRefused(
            _("The layer “%(name)s” has no such columns, or of another type: %(fields)s. Choose some with --fields.") % values
        )


def _described(request: ImportRequest, existing: ImportedLayer | None, staging: Staging, srid: int) -> ImportedLayer:
    """The description of the layer as it will be, not yet saved."""
    layer = existing or ImportedLayer(name=request.name, table=publish.PREFIX + request.name)
    layer.source_name, layer.source_sha256 = request.path.name[:200], digest(request.path)
    layer.owner = request.owner or layer.owner
    layer.title = request.title or layer.title or request.name.replace("_", " ").capitalize()
    if request.adds:
        return layer
    kinds = staging.kinds()
    family = next(FAMILIES[kind] for kind in kinds)
    multi = any(kind.startswith("MULTI") for kind in kinds)
    key = _key(request, None, staging.columns)
    layer.geometry_type = f"{'Multi' if multi else ''}{_SINGLE[family]}"  # type: ignore[index]
    layer.srid, layer.columns, layer.key_field = srid, staging.columns, key["name"] if key else ""
    layer.access = ImportedLayer.Access.PUBLIC if request.public else ImportedLayer.Access.SCOPED
    return layer


def _write(request: ImportRequest, outcome: Outcome) -> None:
    layer = outcome.layer
    where = publish.placement(request.units)
    versions.supersede(layer)
    if request.mode == "upsert":
        key = _key(request, layer, layer.columns)
        assert key is not None
        outcome.renewed, outcome.written = publish.upsert(layer, where, key["name"])
    else:
        outcome.written = publish.append(layer, where) if request.mode == "append" else publish.create(layer, where)
    found = guess(layer.table, layer.columns)
    layer.label_field, layer.tile_fields, layer.search_fields = found.label_field, found.tile_fields, found.search_fields
    layer.min_zoom = min_zoom(layer.table, FAMILIES[layer.geometry_type.upper()])
    layer.row_count = publish.table_size(layer)
    outcome.outside = publish.outside(layer)
    layer.save()
    if not request.adds:
        folding.ensure_indexes([layer_class(layer)()])
    versions.record(layer, request.mode, request.author or request.owner)
