"""A file's parcels, whatever its format: shapes with attributes, lists of corners, drawings. All in EPSG:5899 afterwards."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis_core import crs
from gis_core.geometry import stray
from gis_core.importing import formats
from gis_core.importing.faults import FileFault
from gis_core.importing.legacy import recognised, to_unicode
from gis_core.importing.messages import Script
from land.importing import columns as names
from land.importing import corners
from land.importing.asking import ask
from land.importing.drawing import BOUNDARIES, LABELS, level_of
from land.importing.problems import Problem, Unusable, of_reading
from land.importing.raw import BYTES, PLANE, Raw, each, rows_of
from land.importing.request import Asked, Reading, Step, Understood
from land.importing.table import table

_SAMPLE = 2_000
_DRAWINGS = (formats.DXF, formats.DGN)
Box = tuple[float, float, float, float]


def read(path: Path, asked: Asked, near: Box, step: Step) -> Reading:
    """Read a file; `near` (EPSG:5899) is where its parcels are expected. Raises FileFault, Unusable, and what `step` raises."""
    kind = formats.recognise(path)
    if kind is formats.CSV and not corners.has_shapes(_head(path)):
        return _of_corners(path, asked, near)
    raw = rows_of(path, asked, step)
    if kind in _DRAWINGS:
        return _of_drawing(raw, asked, path, near, step)
    return _of_features(raw, asked, near)


def _head(path: Path) -> list[str]:
    try:
        return corners.head_of(path, None)
    except FileFault as error:
        if error.fault.code != "not-utf8":
            raise
    return corners.head_of(path, BYTES)


def _of_features(raw: Raw, asked: Asked, near: Box) -> Reading:
    known = names.recognised(raw.names)
    if "parcel_no" not in known:
        raise Unusable("no-columns", missing="soThua", found=", ".join(raw.names)[:300])
    holders = names.of_holders(raw.names)
    about = Understood(raw.about.format, raw.about.srid, columns={name: column for column, name in known.items()}, holders=holders)
    about.left_out = [name for name in raw.names if name not in known.values() and name not in holders]
    problems = of_reading(raw.faults)
    shapes, problems_of_kind = _surfaces(raw.shapes, raw.rows)
    problems += problems_of_kind
    shapes, turned = _on_plane(shapes, about, near, guessed=raw.guessed_crs)
    good = ~shapely.is_missing(shapes)
    cells = {column: raw.column(name).filter(pa.array(good)) for column, name in known.items()}
    rows = _table(raw.rows[good], shapes[good], cells, asked, about)
    rows, told = _texts(rows, asked.script, about, as_bytes=raw.as_bytes)
    return Reading(rows, [*problems, *turned, *told], about)


def _surfaces(shapes: Any, rows: Any) -> tuple[Any, list[Problem]]:
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


def _table(rows: Any, shapes: Any, cells: dict[str, Any], asked: Asked, about: Understood) -> Any:
    """The common table from columns (lists or Arrow's) as the file has them."""
    count = len(shapes)
    about.sheet = asked.sheet
    empty = pa.nulls(count)
    columns = {name: values if isinstance(values, pa.ChunkedArray) else pa.array(values) for name, values in cells.items()}

    def of(name: str, make: Callable[[Any], Any], kind: Any) -> Any:
        return each(columns.get(name, empty), make, kind)

    texts = {name: of(name, _text, pa.string()) for name in _TEXTS}
    # A register with one area alone means that of the papers.
    legal = "legal_area" if "legal_area" in columns else "area"
    return table(
        {
            "row": rows,
            "geom": shapely.to_wkb(shapes, output_dimension=2, byte_order=1),
            "sheet_no": of("sheet_no", lambda value: names.whole(value) or asked.sheet, pa.int64()),
            **{name: of(name, names.whole, pa.int64()) for name in ("parcel_no", "old_sheet_no", "old_parcel_no")},
            "uses": pc.if_else(pc.equal(texts["uses"], ""), texts["label"], texts["uses"]),
            "area": of("area", names.decimal, pa.float64()),
            "legal_area": of(legal, names.decimal, pa.float64()),
            "address": pc.binary_join_element_wise(texts["address"], texts["address_more"], ""),
            **{name: texts[name] for name in ("unit", "old_unit", "geohash", "status", "valid_from")},
            "uid": of("uid", lambda value: _uid(_text(value)), pa.string()),
        },
        count,
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _uid(text: str) -> str:
    """A UUID as the register writes it; "" for anything else."""
    try:
        return str(UUID(text)) if text else ""
    except ValueError:
        return ""


_TEXTS = ("uses", "label", "address", "address_more", "unit", "old_unit", "uid", "geohash", "status", "valid_from")


def _texts(rows: Any, asked: Script, about: Understood, *, as_bytes: bool) -> tuple[Any, list[Problem]]:
    """Addresses and land uses in Unicode, from whatever font they were written for."""
    before = rows.column("address")
    script = asked
    if asked == "auto":
        script = recognised(before.slice(0, _SAMPLE).to_pylist() + rows.column("uses").slice(0, _SAMPLE).to_pylist())
        if script == "utf8" and as_bytes:
            script = "cp1258"
        if script != "utf8":
            about.guesses.append("script")
    about.script = script
    after = each(before, lambda text: to_unicode(text, script), pa.string())
    at = rows.schema.get_field_index("address")
    rows = rows.set_column(at, rows.schema.field(at), after)
    different = pc.index(pc.not_equal(before, after), True).as_py()
    problems = []
    if script != "utf8" and different >= 0:
        params = {"script": script.upper(), "before": before[different].as_py()[:40], "after": after[different].as_py()[:40]}
        problems.append(Problem("legacy-text", params))
    return rows, problems


def _of_corners(path: Path, asked: Asked, near: Box) -> Reading:
    try:
        found, as_bytes = corners.read(path, None, asked.axes), False
    except FileFault as error:
        if error.fault.code != "not-utf8":
            raise
        found, as_bytes = corners.read(path, BYTES, asked.axes), True
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


def _of_drawing(raw: Raw, asked: Asked, path: Path, near: Box, step: Step) -> Reading:
    about = Understood(raw.about.format, raw.about.srid)
    levels = [level_of(value) for value in raw.column("Level" if "Level" in raw.names else "Layer").to_pylist()]
    texts = [str(text or "") for text in raw.column("Text").to_pylist()] if "Text" in raw.names else [""] * len(levels)
    script = _script_of(texts, asked.script, about)
    wanted = [index for index, level in enumerate(levels) if level in BOUNDARIES or level in LABELS]
    shapes, turned = _on_plane(raw.shapes[wanted], about, near, guessed=raw.guessed_crs)
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
    astray = of_reading(raw.faults) if len(raw.faults) > raw.table.num_rows else []
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
