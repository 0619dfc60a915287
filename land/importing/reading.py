"""A file's parcels, whatever its format: shapes with attributes, lists of corners, drawings. All in EPSG:5899 afterwards."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import shapely

from gis_core import crs
from gis_core.geometry import stray
from gis_core.importing import formats
from gis_core.importing.faults import FileFault, RowFault
from gis_core.importing.legacy import Script, recognised, to_unicode
from gis_core.importing.messages import Description, Options
from gis_core.importing.source import Source, opened
from land.importing import columns as names
from land.importing import corners
from land.importing.asking import ask
from land.importing.drawing import BOUNDARIES, LABELS, level_of
from land.importing.problems import Problem, Unusable, of_reading
from land.importing.request import Asked, Reading, Step, Understood
from land.importing.table import MAX_PARCELS, table

PLANE = 5899
_BYTES = "ISO-8859-1"
_SAMPLE = 2_000
_DRAWINGS = (formats.DXF, formats.DGN)
Box = tuple[float, float, float, float]


@dataclass
class _Raw:
    """A file's rows as they were read."""

    about: Description
    rows: list[int] = field(default_factory=list)
    geom: list[bytes] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    as_bytes: bool = False
    guessed_crs: bool = False


def read(path: Path, asked: Asked, near: Box, step: Step) -> Reading:
    """Read a file; `near` (EPSG:5899) is where its parcels are expected. Raises FileFault, Unusable, and what `step` raises."""
    kind = formats.recognise(path)
    if kind is formats.CSV and not corners.has_shapes(_head(path)):
        return _of_corners(path, asked, near)
    raw = _rows(path, asked, step)
    if kind in _DRAWINGS:
        return _of_drawing(raw, asked, path, near, step)
    return _of_features(raw, asked, near)


def _head(path: Path) -> list[str]:
    try:
        return corners.head_of(path, None)
    except FileFault as error:
        if error.fault.code != "not-utf8":
            raise
    return corners.head_of(path, _BYTES)


def _rows(path: Path, asked: Asked, step: Step) -> _Raw:
    """All rows, asked for again with what the first answer lacks: an encoding, a coordinate system."""
    options, guessed = Options(srid=asked.srid, layer=asked.layer), False
    for _attempt in range(3):
        try:
            raw = _read_once(path, options, step)
        except FileFault as error:
            if error.fault.code in ("not-utf8", "not-utf8-row") and options.encoding is None:
                options = replace(options, encoding=_BYTES)
            elif error.fault.code == "no-crs":
                options, guessed = replace(options, srid=PLANE), True
            else:
                raise
        else:
            raw.as_bytes, raw.guessed_crs = options.encoding is not None, guessed
            return raw
    raise FileFault("failed", detail="encoding")


def _read_once(path: Path, options: Options, step: Step) -> _Raw:
    with opened(path, options) as source:
        return _collected(source, step)


def _collected(source: Source, step: Step) -> _Raw:
    about = source.description
    raw = _Raw(about, values={found.name: [] for found in about.fields})
    done = 0
    for batch in source.batches:
        raw.faults += batch.faults
        raw.rows += batch.table.column("row").to_pylist()
        raw.geom += batch.table.column("geometry").to_pylist()
        for index, found in enumerate(about.fields):
            raw.values[found.name] += batch.table.column(f"c{index}").to_pylist()
        done += batch.size
        step("reading", done, about.count or 0)
        if about.format not in ("dxf", "dgn") and len(raw.rows) > MAX_PARCELS:
            raise Unusable("too-many", limit=MAX_PARCELS)
    return raw


def _of_features(raw: _Raw, asked: Asked, near: Box) -> Reading:
    known = names.recognised(list(raw.values))
    if "parcel_no" not in known:
        raise Unusable("no-columns", missing="soThua", found=", ".join(raw.values)[:300])
    holders = names.of_holders(list(raw.values))
    about = Understood(raw.about.format, raw.about.srid, columns={name: column for column, name in known.items()}, holders=holders)
    about.left_out = [name for name in raw.values if name not in known.values() and name not in holders]
    shapes = shapely.from_wkb(np.array(raw.geom, dtype=object))
    problems = of_reading(raw.faults)
    shapes, problems_of_kind = _surfaces(shapes, raw.rows)
    problems += problems_of_kind
    shapes, turned = _on_plane(shapes, about, near, guessed=raw.guessed_crs)
    good = [index for index, shape in enumerate(shapes) if shape is not None]
    cells = {column: [raw.values[name][index] for index in good] for column, name in known.items()}
    rows = _table([raw.rows[index] for index in good], shapes[good], cells, asked, about)
    rows, told = _texts(rows, asked.script, about, as_bytes=raw.as_bytes)
    return Reading(rows, [*problems, *turned, *told], about)


def _surfaces(shapes: Any, rows: Sequence[int]) -> tuple[Any, list[Problem]]:
    """Single polygons; None in the place of everything else."""
    shapes, problems = shapes.copy(), []
    kinds = shapely.get_type_id(shapes)
    for index in np.flatnonzero(kinds != 3).tolist():
        shape, row = shapes[index], (int(rows[index]),)
        parts = shapely.get_num_geometries(shape)
        if kinds[index] == 6 and parts == 1:
            shapes[index] = shapely.get_geometry(shape, 0)
            continue
        shapes[index] = None
        point = shapely.get_coordinates(shape)[0]
        place = (float(point[0]), float(point[1]))
        if kinds[index] == 6:
            problems.append(Problem("several-parts", {"count": int(parts)}, row, place))
        else:
            problems.append(Problem("not-a-surface", {"kind": shape.geom_type}, row, place))
    return shapes, problems


def _on_plane(shapes: Any, about: Understood, near: Box, *, guessed: bool) -> tuple[Any, list[Problem]]:
    """Shapes in EPSG:5899. Of a file that does not say where it is, the zone in which it lies nearest is taken."""
    if guessed:
        about.guesses.append("srid")
        about.srid = _likeliest_zone(shapes, near)
    if about.srid == PLANE:
        return shapes, []
    change = crs.transformer(about.srid, PLANE)

    def moved(positions: Any) -> Any:
        return np.column_stack(change.transform(positions[:, 0], positions[:, 1]))

    shapes = shapely.transform(shapes, moved)
    outside = [index for index, shape in enumerate(shapes) if shape is not None and stray(shapely.get_coordinates(shape), PLANE).any()]
    for index in outside:
        shapes[index] = None
    from_degrees = about.srid not in crs.ZONES
    return shapes, [Problem("converted", {"srid": about.srid})] if from_degrees else []


def _likeliest_zone(shapes: Any, near: Box) -> int:
    positions = shapely.get_coordinates(shapes)
    if not len(positions):
        return PLANE
    x, y = (float(value) for value in np.median(positions, axis=0))
    for srid in (PLANE, *crs.ZONES):
        east, north = crs.transform(srid, PLANE, x, y)
        if near[0] <= east <= near[2] and near[1] <= north <= near[3]:
            return srid
    return PLANE


def _table(rows: Sequence[int], shapes: Any, cells: dict[str, list[Any]], asked: Asked, about: Understood) -> Any:
    """The common table from columns as the file has them."""
    count = len(rows)
    empty = [None] * count
    texts = {name: [None if value is None else str(value).strip() for value in cells.get(name, empty)] for name in _TEXTS}
    about.sheet = asked.sheet
    sheets = [names.whole(value) or asked.sheet for value in cells.get("sheet_no", empty)]
    address = [f"{first or ''}{more or ''}" for first, more in zip(texts["address"], texts["address_more"], strict=True)]
    return table(
        {
            "row": list(rows),
            "geom": shapely.to_wkb(shapes, output_dimension=2, byte_order=1),
            "sheet_no": sheets,
            **{name: [names.whole(value) for value in cells.get(name, empty)] for name in ("parcel_no", "old_sheet_no", "old_parcel_no")},
            "uses": [detailed or short or "" for detailed, short in zip(texts["uses"], texts["label"], strict=True)],
            "area": [names.decimal(value) for value in cells.get("area", empty)],
            # A register with one area alone means that of the papers.
            "legal_area": [names.decimal(value) for value in cells.get("legal_area", cells.get("area", empty))],
            "address": address,
            **{name: [text or "" for text in texts[name]] for name in ("unit", "old_unit", "geohash", "status", "valid_from")},
            "uid": [_uid(text) for text in texts["uid"]],
        },
        count,
    )


def _uid(text: str | None) -> str:
    """A UUID as the register writes it; "" for anything else."""
    try:
        return str(UUID(text)) if text else ""
    except ValueError:
        return ""


_TEXTS = ("uses", "label", "address", "address_more", "unit", "old_unit", "uid", "geohash", "status", "valid_from")


def _texts(rows: Any, asked: Script, about: Understood, *, as_bytes: bool) -> tuple[Any, list[Problem]]:
    """Addresses and land uses in Unicode, from whatever font they were written for."""
    before = rows.column("address").to_pylist()
    script = asked
    if asked == "auto":
        script = recognised(before[:_SAMPLE] + rows.column("uses").to_pylist()[:_SAMPLE])
        if script == "utf8" and as_bytes:
            script = "cp1258"
        if script != "utf8":
            about.guesses.append("script")
    about.script = script
    after = [to_unicode(text, script) for text in before]
    at = rows.schema.get_field_index("address")
    told = next(((old, new) for old, new in zip(before, after, strict=True) if old != new), None)
    rows = rows.set_column(at, rows.schema.field(at), pa.array(after, pa.string()))
    problems = []
    if script != "utf8" and told:
        params = {"script": script.upper(), "before": told[0][:40], "after": told[1][:40]}
        problems.append(Problem("legacy-text", params))
    return rows, problems


def _of_corners(path: Path, asked: Asked, near: Box) -> Reading:
    try:
        found, as_bytes = corners.read(path, None, asked.axes), False
    except FileFault as error:
        if error.fault.code != "not-utf8":
            raise
        found, as_bytes = corners.read(path, _BYTES, asked.axes), True
    about = Understood("corners", asked.srid or PLANE, found.axes, columns={name: column for column, name in found.columns.items()})
    about.guesses += ["axes"] if found.guessed else []
    problems, rows, shapes, cells = list(found.faults), [], [], []
    for listed in found.parcels.values():
        shape = listed.shape(found.axes)
        if shape is None:
            count = sum(len(ring) for ring in listed.rings.values())
            problems.append(Problem("few-corners", {"count": count}, (listed.row,)))
        elif stray(shapely.get_coordinates(shape), about.srid).any():
            problems.append(Problem("axes-contradict", {}, (listed.row,)))
        else:
            rows.append(listed.row)
            shapes.append(shape)
            cells.append(listed.values)
    on_plane, turned = _on_plane(np.array(shapes, dtype=object), about, near, guessed=asked.srid is None)
    told_by = {name for cell in cells for name in cell}
    values = {
        name: [cell.get(name) for cell in cells] for name in ("parcel_no", "sheet_no", *_TEXTS, "area", "legal_area") if name in told_by
    }
    table_, told = _texts(_table(rows, on_plane, values, asked, about), asked.script, about, as_bytes=as_bytes)
    return Reading(table_, [*problems, *turned, *told], about)


def _of_drawing(raw: _Raw, asked: Asked, path: Path, near: Box, step: Step) -> Reading:
    about = Understood(raw.about.format, raw.about.srid)
    column = "Level" if "Level" in raw.values else "Layer"
    levels = [level_of(value) for value in raw.values[column]]
    texts = [str(text or "") for text in raw.values.get("Text", [""] * len(levels))]
    script = _script_of(texts, asked.script, about)
    wanted = [index for index, level in enumerate(levels) if level in BOUNDARIES or level in LABELS]
    shapes, turned = _on_plane(shapely.from_wkb(np.array(raw.geom, dtype=object)[wanted]), about, near, guessed=raw.guessed_crs)
    lines = {
        "geom": pa.array(shapely.to_wkb(shapes, output_dimension=2, byte_order=1), pa.binary()),
        "level": pa.array([levels[index] for index in wanted], pa.int64()),
        "text": pa.array([to_unicode(texts[index], script) for index in wanted], pa.string()),
    }
    step("drawing", 0, 0)
    found, problems = ask("draw", pa.table(lines), lambda: step("drawing", 0, 0))
    sheet = asked.sheet or _sheet_of(path.stem, about)
    cells = {
        "parcel_no": found.column("number").to_pylist(),
        "label": found.column("use").to_pylist(),
        "area": found.column("area").to_pylist(),
    }
    cells |= {"sheet_no": [sheet] * found.num_rows}
    built = shapely.from_wkb(np.array(found.column("geom").to_pylist(), dtype=object))
    rows = _table(range(1, found.num_rows + 1), built, cells, asked, about)
    about.sheet = sheet
    # A title or a legend may stand anywhere; where most of the drawing does, something is wrong with all of it.
    astray = of_reading(raw.faults) if len(raw.faults) > len(raw.rows) else []
    return Reading(rows, [*astray, *turned, *problems], about)


def _script_of(texts: list[str], asked: Script, about: Understood) -> Script:
    about.script = asked if asked != "auto" else recognised(texts[:_SAMPLE])
    if asked == "auto" and about.script != "utf8":
        about.guesses.append("script")
    return about.script


def _sheet_of(stem: str, about: Understood) -> int | None:
    """A drawing is one map sheet, and files are often called after it: "DC12", "To_12"."""
    found = re.findall(r"\d+", stem)
    if len(found) != 1:
        return None
    about.guesses.append("sheet")
    return names.whole(found[0])
