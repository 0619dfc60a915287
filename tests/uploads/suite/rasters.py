"""GeoTIFFs, good, bad and hostile: each is converted with the stated result, or refused with the stated reason."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.transform import Affine, from_origin

from gis_core.importing import raster_crs
from tests.uploads.suite.case import Case

# Tam Kỳ, on the plane of EPSG:5899 and in degrees.
X, Y, LON, LAT = 577_000.0, 1_722_000.0, 108.46, 15.59
_VN = raster_crs.definition(5899)
Make = Callable[[Path], Path]


def tiff(
    data: Any = None,
    crs: str | None = _VN,
    transform: Affine | None = None,
    name: str = "a.tif",
    tags: dict[str, str] | None = None,
    **more: Any,
) -> Make:
    """A GeoTIFF of these pixels (bands, rows, columns)."""

    def make(folder: Path) -> Path:
        pixels = np.arange(48 * 64, dtype="float32").reshape(1, 48, 64) if data is None else data
        place = transform or from_origin(X, Y, 10.0, 10.0)
        count, height, width = pixels.shape
        profile = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": pixels.dtype, "transform": place, **more}
        colours = profile.pop("colorinterp", None)
        palette = profile.pop("palette", None)
        # A withdrawn system is to be written as it is.
        with (
            rasterio.Env(OSR_USE_NON_DEPRECATED="NO"),
            rasterio.open(folder / name, "w", crs=CRS.from_string(crs) if crs else None, **profile) as file,
        ):
            file.write(pixels)
            if colours:
                file.colorinterp = colours
            if palette:
                file.write_colormap(1, palette)
            if tags:
                file.update_tags(**tags)
        return folder / name

    return make


def raw(content: bytes, name: str = "a.tif") -> Make:
    """Bytes as they stand."""

    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def changed(make: Make, change: Callable[[bytes], bytes]) -> Make:
    """A file with other bytes."""

    def made(folder: Path) -> Path:
        path = make(folder)
        path.write_bytes(change(path.read_bytes()))
        return path

    return made


def _sparse(side: int) -> Make:
    """A kilobyte that says it is an empty square of so many pixels."""

    def make(folder: Path) -> Path:
        profile = {"driver": "GTiff", "count": 1, "height": side, "width": side, "dtype": "uint8", "SPARSE_OK": True, "tiled": True}
        place = from_origin(X, Y, 0.01, 0.01)
        with rasterio.open(folder / "a.tif", "w", crs=CRS.from_string(_VN), transform=place, BIGTIFF="YES", **profile):
            pass
        return folder / "a.tif"

    return make


def _next_directory(content: bytes, target: int | None = None) -> bytes:
    """The link from the first directory of a TIFF to the next one leads to itself."""
    (start,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, start)
    at = start + 2 + 12 * count
    return content[:at] + struct.pack("<I", start if target is None else target) + content[at + 4 :]


def _tag(content: bytes, tag: int, value: int) -> bytes:
    """Another value of a tag that holds one."""
    (start,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, start)
    for number in range(count):
        at = start + 2 + 12 * number
        found, kind = struct.unpack_from("<HH", content, at)
        if found == tag:
            return (
                content[: at + 8]
                + struct.pack("<I" if kind == 4 else "<HH", *([value] if kind == 4 else [value & 0xFFFF, 0]))
                + content[at + 12 :]
            )
    raise ValueError(tag)


def _with_side_file(folder: Path) -> Path:
    """A side file that would make the raster another one, if it were looked at."""
    (folder / "a.tif.aux.xml").write_text("<PAMDataset><SRS>EPSG:4326</SRS><GeoTransform>0,1,0,0,0,-1</GeoTransform></PAMDataset>")
    return tiff()(folder)


_RGB = np.random.default_rng(1).integers(1, 255, (3, 48, 64), dtype="uint8")
_ALPHA = np.concatenate([_RGB, np.where(np.arange(64) < 32, 255, 0).astype("uint8")[None, None, :].repeat(48, 1)])
_GAPS = np.where(np.arange(64) < 10, np.nan, 5.0).astype("float32")[None, None, :].repeat(48, 1)
_VRT = (
    '<VRTDataset rasterXSize="8" rasterYSize="8"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
    "<SourceFilename>/etc/passwd</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
)
_LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">]><GDALMetadata><Item name="x">&a;</Item></GDALMetadata>'
_AXES_ONLY = "+proj=tmerc +lat_0=0 +lon_0=107.75 +k=0.9999 +x_0=500000 +y_0=0 +datum=WGS84 +units=m +no_defs"
_DEGREES, _UTM = from_origin(LON, LAT, 0.0001, 0.0001), from_origin(228_000, 1_725_000, 10, 10)
_PALETTE = {0: (0, 0, 0, 0), 1: (9, 9, 9, 255), 2: (99, 0, 0, 255), 3: (0, 99, 0, 255)}
_TILED: Any = {"tiled": True, "blockxsize": 16, "blockysize": 16}
_NOISE = np.random.default_rng(2).random((1, 400, 400))

GOOD = (
    Case("heights in VN-2000", tiff(), "1 × float32 in EPSG:5899"),
    Case("VN-2000 by its number", tiff(crs="EPSG:5899"), "1 × float32 in EPSG:5899"),
    Case("a satellite scene in UTM 49", tiff(crs="EPSG:32649", transform=_UTM), "1 × float32 in EPSG:32649"),
    Case("degrees", tiff(crs="EPSG:4326", transform=_DEGREES), "1 × float32 in EPSG:4326"),
    Case("web Mercator", tiff(crs="EPSG:3857", transform=from_origin(12_074_000, 1_756_000, 5, 5)), "1 × float32 in EPSG:3857"),
    Case("no system, but a declared one", tiff(crs=None), "1 × float32 in EPSG:5899", {"srid": 5899}),
    Case("an orthophoto", tiff(_RGB, photometric="RGB"), "3 × uint8 in EPSG:5899"),
    Case("an orthophoto as JPEG", tiff(_RGB, photometric="YCBCR", compress="JPEG"), "3 × uint8 in EPSG:5899"),
    Case(
        "transparency as a band",
        tiff(_ALPHA, colorinterp=[ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]),
        "3 × uint8 and alpha in EPSG:5899",
    ),
    Case("gaps", tiff(_GAPS), "1 × float32 in EPSG:5899"),
    Case("nothing as -9999", tiff(np.where(_GAPS > 0, _GAPS, -9999).astype("int16"), nodata=-9999), "1 × int16 in EPSG:5899"),
    Case("a palette", tiff(_RGB[:1] % 4, palette=_PALETTE), "3 × uint8 and alpha in EPSG:5899"),
    Case("BigTIFF, tiled, packed", tiff(BIGTIFF="YES", compress="ZSTD", **_TILED), "1 × float32 in EPSG:5899"),
    Case("a side file is not looked at", _with_side_file, "1 × float32 in EPSG:5899"),
)  # fmt: skip
BAD = (
    Case("metres without a system", tiff(crs=None), "refused: no-crs"),
    Case("VN-2000 without its datum", tiff(crs=_AXES_ONLY), "refused: no-datum"),
    Case("Lambert of France", tiff(crs="EPSG:2154"), "refused: unsupported-crs"),
    Case("the withdrawn twin", tiff(crs="EPSG:6959"), "refused: refused-crs"),
    Case("no place", tiff(transform=Affine.identity()), "refused: raster-no-place"),
    Case("turned by 30 degrees", tiff(transform=from_origin(X, Y, 10, 10) * Affine.rotation(30)), "refused: raster-turned"),
    Case("upside down", tiff(transform=Affine(10, 0, X, 0, 10, Y)), "refused: raster-turned"),
    Case("complex numbers", tiff(np.ones((1, 8, 8), "complex64")), "refused: raster-type"),
    Case("33 bands", tiff(np.ones((33, 8, 8), "uint8")), "refused: raster-bands"),
    Case("nothing but nothing", tiff(np.full((1, 8, 8), np.nan, "float32")), "refused: raster-empty"),
    Case("degrees taken for metres", tiff(transform=_DEGREES, crs="EPSG:3857"), "refused: raster-outside"),
    Case("metres taken for degrees", tiff(crs="EPSG:4326"), "refused: raster-outside"),
    Case("half a file", changed(tiff(_NOISE), lambda b: b[: len(b) // 2]), "refused: raster-damaged"),
    Case("a picture of a camera", raw(b"\xff\xd8\xff\xe0" + bytes(900), "a.tif"), "refused: unknown-format"),
)  # fmt: skip
HOSTILE = (
    Case("a virtual raster called .tif", raw(_VRT.encode()), "refused: unknown-format"),
    Case("40 gigapixels in a kilobyte", _sparse(200_000), "refused: raster-too-large"),
    Case("zeros that unpack a hundred thousand times", _sparse(60_000), "refused: raster-swollen"),
    Case("directories in a circle", changed(tiff(), _next_directory), "1 × float32 in EPSG:5899"),
    Case("a directory behind the end", changed(tiff(), lambda b: _next_directory(b, 0x7FFFFFF0)), "1 × float32 in EPSG:5899"),
    Case("wider than it is", changed(tiff(compress="LZW"), lambda b: _tag(b, 256, 60_000)), "refused: raster-damaged"),
    Case("strips elsewhere", changed(tiff(np.ones((1, 8, 8), "uint8")), lambda b: _tag(b, 273, 0x7FFFFFF0)), "refused: raster-damaged"),
    Case("magic and noise", raw(b"II*\0" + bytes(range(256)) * 8), "refused: cannot-open"),
    Case("magic alone", raw(b"MM\0*"), "refused: cannot-open"),
    Case("entities in its metadata", tiff(tags={"x": _LAUGHS}), "1 × float32 in EPSG:5899"),
    Case("no number in its place", tiff(transform=Affine(float("nan"), 0, X, 0, -10, Y)), "refused: raster-no-place"),
    Case("a pixel of nothing", tiff(transform=from_origin(X, Y, 1e-9, 1e-9)), "refused: raster-outside"),
    Case("an unknown packing", changed(tiff(), lambda b: _tag(b, 259, 60_001)), "refused: cannot-open"),
    Case("endless numbers", tiff(np.full((1, 8, 8), np.inf, "float32")), "refused: raster-empty"),
)  # fmt: skip
