"""Files that tests make themselves: clean ones, and each kind of dirt."""

import json
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from ezdxf.addons.r12writer import r12writer

from gis_core import crs

WEST, SOUTH = (round(value) for value in crs.transform(4326, 5899, 108.4735, 15.555))
"""Inside unit A of the tests' world, east and north in EPSG:5899."""
SIDE = 20.0


@dataclass(frozen=True)
class Lot:
    """A parcel as a file says it."""

    shape: shapely.Geometry | None
    number: int | None
    sheet: int | None = 77
    use: str = "ODT"
    address: str = "12 Trần Cao Vân"
    more: dict[str, Any] = field(default_factory=dict)

    def with_(self, **values: Any) -> "Lot":
        """The same with other values."""
        return replace(self, **values)


def square(column: int, row: int = 0, side: float = SIDE) -> shapely.Polygon:
    """A lot of the grid whose south-west corner is (WEST, SOUTH)."""
    x, y = WEST + column * side, SOUTH + row * side
    return shapely.box(x, y, x + side, y + side, ccw=False)


def lots(columns: int = 3, rows: int = 2) -> list[Lot]:
    """A clean block, numbered from 1."""
    cells = [(column, row) for row in range(rows) for column in range(columns)]
    return [Lot(square(column, row), index + 1) for index, (column, row) in enumerate(cells)]


def values_of(lot: Lot) -> dict[str, Any]:
    """Attributes under the registry's names."""
    area = round(lot.shape.area, 1) if lot.shape is not None else None
    named = {"SoHieuToBanDo": lot.sheet, "SoThuTuThua": lot.number, "LoaiDat": lot.use, "DienTich": area, "DiaChi": lot.address}
    return {**named, **lot.more}


def gpkg(
    path: Path, parcels: Sequence[Lot], crs_: str | None = "EPSG:5899", driver: str = "GPKG", letters: int = 60, **options: Any
) -> Path:
    """A GeoPackage, or with another driver of GDAL another file."""
    table = [values_of(lot) for lot in parcels]
    columns = [np.array([row[name] for row in table], dtype=_kind(name)) for name in table[0]]
    shapes = np.array([None if lot.shape is None else shapely.to_wkb(lot.shape) for lot in parcels], dtype=object)
    settings = {"geometry_type": "Unknown" if driver == "GPKG" else "Polygon", "crs": crs_, "driver": driver, **options}
    pyogrio.raw.write(str(path), shapes, columns, [name[:letters] for name in table[0]], **settings)
    return path


def _kind(name: str) -> Any:
    return "float64" if name == "DienTich" else object


def shapefile(folder: Path, parcels: Sequence[Lot], name: str = "thua", encoding: str = "UTF-8", *, says_encoding: bool = True) -> Path:
    """A zipped shapefile; texts are Latin-1 bytes in `encoding` ISO-8859-1."""
    gpkg(folder / f"{name}.shp", parcels, driver="ESRI Shapefile", encoding=encoding, letters=10)
    archive = folder / f"{name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for suffix in (".shp", ".shx", ".dbf", ".prj", *([".cpg"] if says_encoding else [])):
            packed.write(folder / f"{name}{suffix}", f"{name}{suffix}")
    return archive


def geojson(path: Path, parcels: Sequence[Lot], srid: int | None = 5899) -> Path:
    """GeoJSON with the old `crs` member."""
    features = [
        {"type": "Feature", "properties": values_of(lot), "geometry": lot.shape and shapely.geometry.mapping(lot.shape)} for lot in parcels
    ]
    member = {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{srid}"}}} if srid else {}
    path.write_text(json.dumps({"type": "FeatureCollection", **member, "features": features}), encoding="utf-8")
    return path


@dataclass
class Drawing:
    """Lines and texts by level, in EPSG:5899."""

    lines: list[tuple[int, list[tuple[float, float]]]] = field(default_factory=list)
    texts: list[tuple[int, str, tuple[float, float]]] = field(default_factory=list)

    @classmethod
    def of(cls, parcels: Sequence[Lot], level: int = 10) -> "Drawing":
        """Each edge of the coverage once, as draughtsmen draw them, and three labels a parcel."""
        drawn = cls()
        edges = {tuple(sorted(pair)) for lot in parcels for pair in _edges(lot.shape)}
        drawn.lines = [(level, list(edge)) for edge in sorted(edges)]
        for lot in parcels:
            assert lot.shape is not None
            point = shapely.point_on_surface(lot.shape)
            at = (point.x, point.y)
            drawn.texts += [(13, str(lot.number), at), (4, f"{lot.shape.area:.1f}", (at[0], at[1] - 0.5)), (2, lot.use, (at[0], at[1] - 1))]
        return drawn

    def dxf(self, path: Path, layer: str = "{}") -> Path:
        """As text DXF of R12."""
        with r12writer(path) as file:
            for level, line in self.lines:
                file.add_polyline_2d(line, layer=layer.format(level))
            for level, text, at in self.texts:
                file.add_text(text, insert=at, height=1.5, layer=layer.format(level))
        return path

    def dgn(self, path: Path) -> Path:
        """As DGN v7: lines by GDAL, which writes no levels; those and the texts are put in here byte by byte."""
        shapes = np.array([shapely.to_wkb(shapely.LineString(line)) for _level, line in self.lines], dtype=object)
        pyogrio.raw.write(str(path), shapes, [], [], driver="DGN", geometry_type="Unknown", crs="EPSG:5899")
        content = bytearray(path.read_bytes())
        at, lines = 0, iter(self.lines)
        while content[at : at + 2] != b"\xff\xff":
            if content[at + 1] in (3, 4) and at > 1_000:
                content[at] = next(lines)[0]
            at += 4 + 2 * struct.unpack_from("<H", content, at + 2)[0]
        texts = b"".join(_dgn_text(level, text, place) for level, text, place in self.texts)
        path.write_bytes(bytes(content[:at]) + texts + b"\xff\xff")
        return path


def _edges(shape: shapely.Polygon | None) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    assert shape is not None
    rings = [list(ring.coords) for ring in (shape.exterior, *shape.interiors)]
    return [(ring[at], ring[at + 1]) for ring in rings for at in range(len(ring) - 1)]


def _int(value: int) -> bytes:
    raw = struct.pack("<i", value)
    return raw[2:] + raw[:2]


UOR = 100
"""Units of resolution a metre in the seed that GDAL brings: a DGN of it keeps centimetres."""


_ORIGIN = 2_147_483_600


def _dgn_text(level: int, text: str, place: tuple[float, float]) -> bytes:
    """A text element (type 17) of the plane; letters are bytes of Latin-1."""
    data = text.encode("latin-1")
    x, y = (round(value * UOR) - _ORIGIN for value in place)
    body = struct.pack("<BB", 1, 0) + _int(1_000) * 2 + _int(0) + _int(x) + _int(y) + struct.pack("<BB", len(data), 0) + data
    body += b"\0" * (len(body) % 2)
    bounds = b"".join(_int(value ^ -0x80000000) for value in (x, y, 0, x + 1, y + 1, 0))
    head = bounds + struct.pack("<HHHH", 0, (36 - 32 + len(body)) // 2, 0, 0)
    words = (len(head) + len(body)) // 2
    return struct.pack("<BBH", level, 17, words) + head + body


def tcvn3(text: str) -> str:
    """A text as its TCVN3 bytes look in Latin-1."""
    from gis_core.importing.legacy import _TCVN3

    back = {letter: chr(code) for code, letter in _TCVN3.items()}
    return "".join(back.get(letter, letter) for letter in text)
