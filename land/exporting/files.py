"""Parcels as GeoPackage, Shapefile, GeoJSON, CSV, list of corners, DXF."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyogrio.raw
import shapely
from ezdxf.addons.r12writer import r12writer

from gis_core import crs
from land.exporting.rows import AREAS, FIELDS, NUMBERS, Row, columns

PLANE = 5899
_DBF_BYTES = 254


def gpkg(rows: Sequence[Row]) -> bytes:
    """A GeoPackage; coordinates bit for bit."""
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "thua_dat.gpkg"
        _write(path, rows, "GPKG", dict(columns(rows)), layer="thua_dat")
        return path.read_bytes()


def shapefile(rows: Sequence[Row]) -> bytes:
    """A zipped shapefile in UTF-8; coordinates bit for bit. Longer addresses go on in the column diaChi2."""
    table = dict(columns(rows))
    table |= {"diaChi": [_head(text) for text in table["diaChi"]], "diaChi2": [text[len(_head(text)) :] for text in table["diaChi"]]}
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "thua_dat.shp"
        _write(path, rows, "ESRI Shapefile", table, encoding="UTF-8")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)
        return packed.getvalue()


def _head(text: str) -> str:
    """As many letters as a text column of a .dbf holds in UTF-8."""
    return text.encode()[:_DBF_BYTES].decode(errors="ignore")


def _write(path: Path, rows: Sequence[Row], driver: str, table: dict[str, list[Any]], **options: Any) -> None:
    arrays = [_array(name, values) for name, values in table.items()]
    masks = [np.array([value is None for value in values]) if name in NUMBERS | AREAS else None for name, values in table.items()]
    shapes = shapely.to_wkb(np.array([row.shape for row in rows], dtype=object), byte_order=1)
    shapes = np.asarray(shapes, dtype=object)
    pyogrio.raw.write(
        str(path), shapes, arrays, list(table), field_mask=masks, geometry_type="Polygon", crs=f"EPSG:{PLANE}", driver=driver, **options
    )


def _array(name: str, values: list[Any]) -> Any:
    if name in NUMBERS:
        return np.array([0 if value is None else value for value in values], dtype="int32")
    if name in AREAS:
        return np.array([0.0 if value is None else value for value in values], dtype="float64")
    return np.array(values, dtype=object)


def geojson(rows: Sequence[Row], srid: int = PLANE) -> bytes:
    """GeoJSON: in EPSG:5899 with the `crs` member and all digits, or in degrees with nine decimals as RFC 7946 wants it."""
    features = [
        {
            "type": "Feature",
            "id": row.values[0],
            "properties": row.named(),
            "geometry": {"type": "Polygon", "coordinates": _rings(row, srid)},
        }
        for row in rows
    ]
    member = {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{srid}"}}} if srid == PLANE else {}
    return orjson.dumps({"type": "FeatureCollection", "name": "thua_dat", **member, "features": features})


def _rings(row: Row, srid: int) -> list[list[list[float]]]:
    rings = [shapely.get_coordinates(ring) for ring in (row.shape.exterior, *row.shape.interiors)]
    if srid == PLANE:
        return [ring.tolist() for ring in rings]
    change = crs.transformer(PLANE, srid)
    return [np.round(np.column_stack(change.transform(ring[:, 0], ring[:, 1])), 9).tolist() for ring in rings]


def table(rows: Sequence[Row]) -> bytes:
    """CSV with a line a parcel and its outline as WKT (EPSG:5899), all digits; a mark for Excel's sake at the beginning."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((*FIELDS, "wkt"))
    writer.writerows((*(_safe(value) for value in row.values), _wkt(row.shape)) for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(value: Any) -> Any:
    """Texts that a spreadsheet would take for a formula get a space before them."""
    return f" {value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else "" if value is None else value


def _wkt(shape: shapely.Polygon) -> str:
    rings = (", ".join(f"{x!r} {y!r}" for x, y in shapely.get_coordinates(ring).tolist()) for ring in (shape.exterior, *shape.interiors))
    return f"POLYGON ({', '.join(f'({ring})' for ring in rings)})"


def corners(rows: Sequence[Row]) -> bytes:
    """A list of corners as survey papers have it: X is north, Y is east, all digits; rings are numbered from 0, holes follow."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("soTo", "soThua", "vong", "dinh", "X", "Y", "mucDich", "dienTich", "diaChi"))
    for row in rows:
        named = row.named()
        told = (named["mucDich"], named["dienTich"], _safe(named["diaChi"]))
        for ring_no, ring in enumerate((row.shape.exterior, *row.shape.interiors)):
            for corner_no, (x, y) in enumerate(shapely.get_coordinates(ring)[:-1].tolist(), start=1):
                writer.writerow((named["soTo"], named["soThua"], ring_no, corner_no, repr(y), repr(x), *told))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def dxf(rows: Sequence[Row]) -> bytes:
    """DXF (R12) with the levels of the circular as layers: 10 boundaries (each edge once), 13 number, 4 area, 2 use, 11 label point.

    Coordinates of boundaries with all digits. Texts stand under each other around the label's point.
    """
    out = io.StringIO()
    with r12writer(out) as file:
        for a, b in _edges(rows):
            file.add_polyline_2d((a, b), layer="10")
        for row in rows:
            named = row.named()
            point = shapely.point_on_surface(row.shape)
            height = min(1.5, max(0.1, row.shape.area**0.5 / 12))
            # All of them at one place inside: a label that is pushed out of a small lot would name its neighbour.
            at = (point.x, point.y)
            file.add_point(at, layer="11")
            texts = (
                ("13", str(named["soThua"]), "BOTTOM_LEFT"),
                ("4", f"{named['dienTich']:.1f}", "TOP_LEFT"),
                ("2", named["loaiDat"], "TOP_RIGHT"),
            )
            for layer, text, align in texts:
                file.add_text(text, insert=at, height=height, align=align, layer=layer)
    return out.getvalue().encode("ascii", errors="replace")


def _edges(rows: Sequence[Row]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Every edge of the coverage, each once."""
    seen: dict[tuple[tuple[float, float], tuple[float, float]], None] = {}
    for row in rows:
        for ring in (row.shape.exterior, *row.shape.interiors):
            positions = [(x, y) for x, y in shapely.get_coordinates(ring).tolist()]
            for a, b in pairwise(positions):
                seen.setdefault((a, b) if a < b else (b, a))
    return list(seen)


Writer = Callable[[Sequence[Row]], bytes]
