"""Inside the child: a GeoTIFF is checked, decoded block by block and written anew as a cloud-optimised GeoTIFF."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import RasterioError, RasterioIOError
from rasterio.windows import Window

from gis_core import crs
from gis_core.importing import formats, raster_crs
from gis_core.importing.faults import FileFault
from gis_core.importing.rasters import Band, Raster, Request, rough
from gis_core.importing.reading.reference import Reference, identify

MAX_BANDS = 32
MAX_SIDE = 400_000
MAX_UNPACKED = 12_000_000_000
# Nothing but zeros packs better; a few small rasters may.
MAX_RATIO, _SMALL = 1_500, 64_000_000
TYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64")
_WIDER = {"int8": "int16"}
_BLOCK = 512
_ROWS_BYTES = 128_000_000
_SAMPLE = 2_000  # pixels of a side: 4 million are looked at for numbers
_CONFIDENCE = 70
_TAKEN = re.compile(r"(\d{4})[:-](\d{2})[:-](\d{2})")
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Plan:
    """How a raster is written: bands of the source, its palette spread into colours, how missing pixels are told."""

    bands: tuple[int, ...]
    palette: Any
    alpha: bool
    alpha_band: int
    dtype: str
    nodata: float | None

    @property
    def count(self) -> int:
        """Bands of the written file, alpha included."""
        return (3 if self.palette is not None else len(self.bands)) + self.alpha


def converted(request: Request, tell: Tell) -> Raster:
    """Do the work. Raises FileFault."""
    try:
        with rasterio.Env(), rasterio.open(request.source, driver="GTiff") as source:
            _check(source, Path(request.source).stat().st_size)
            reference = _reference(source, request.srid)
            _check_place(source, reference)
            plan = _plan(source)
            _decode(source, plan, reference.srid, request, tell)
            taken, names = _taken(source), _names(source, plan)
    except RasterioIOError as error:
        detail = str(error).replace(request.source, "the file").replace(request.target, "the file")
        raise FileFault("cannot-open", format=formats.GEOTIFF.title, detail=detail[:300]) from None
    _order(request, plan, tell)
    return _described(request, reference, plan, taken, names)


def _check(source: Any, size: int) -> None:
    """What can be told before a pixel is decoded."""
    kinds = sorted(set(source.dtypes))
    strange = [kind for kind in kinds if kind not in TYPES]
    if strange or len(kinds) > 1:
        raise FileFault("raster-type", type=", ".join(strange or kinds), accepted=", ".join(TYPES))
    if source.count > MAX_BANDS:
        raise FileFault("raster-bands", count=source.count, limit=MAX_BANDS)
    unpacked = source.width * source.height * source.count * np.dtype(kinds[0]).itemsize
    if unpacked > MAX_UNPACKED or max(source.width, source.height) > MAX_SIDE:
        limit = MAX_UNPACKED // 1_000_000
        about = {"width": source.width, "height": source.height, "bands": source.count, "size": unpacked // 1_000_000}
        raise FileFault("raster-too-large", **about, limit=limit)
    if unpacked > _SMALL and unpacked > MAX_RATIO * size:
        raise FileFault("raster-swollen", ratio=unpacked // max(1, size), limit=MAX_RATIO)
    transform = source.transform
    if transform.is_identity or not all(map(math.isfinite, transform[:6])):
        raise FileFault("raster-no-place")
    if transform.b or transform.d or transform.a <= 0 or transform.e >= 0:
        raise FileFault("raster-turned")


def _reference(source: Any, declared: int | None) -> Reference:
    """The coordinate system that the file states or its bringer declares. Raises FileFault."""
    text = source.crs.to_wkt() if source.crs else None
    if declared is None and text is not None:
        try:
            code = CRS.from_user_input(text).to_epsg(min_confidence=_CONFIDENCE)
        except CRSError:
            code = None
        if code in raster_crs.UTM:
            return Reference(int(code), crs.name_of(int(code)))
    return identify(text, declared)


def _check_place(source: Any, reference: Reference) -> None:
    """A raster must lie in the world: degrees taken for metres, or metres for degrees, do not."""
    west, south, east, north = source.bounds
    if reference.srid in (crs.WGS84, 4756):
        # Half a pixel of spare: global grids are often registered by their corners.
        spare = max(source.transform.a, -source.transform.e)
        inside = -180 - spare <= west < east <= 180 + spare and -90 - spare <= south < north <= 90 + spare
    else:
        xs, ys = np.array([west, east, west, east]), np.array([south, south, north, north])
        lon, lat = raster_crs.moved(reference.srid, crs.WGS84, xs, ys)
        inside = bool(np.isfinite(lon).all() and np.isfinite(lat).all() and np.abs(lat).max() <= 90)
        inside = inside and (source.transform.a >= 0.001)
    if not inside:
        raise FileFault("raster-outside", name=reference.name)


def _plan(source: Any) -> Plan:
    dtype = _WIDER.get(source.dtypes[0], source.dtypes[0])
    kinds = list(source.colorinterp)
    if source.count == 1 and kinds[0] == ColorInterp.palette and dtype == "uint8":
        return Plan((1,), _spread(source), True, 0, dtype, None)
    alpha = kinds.index(ColorInterp.alpha) + 1 if ColorInterp.alpha in kinds else 0
    bands = tuple(number for number in range(1, source.count + 1) if number != alpha)
    masked = alpha or any(MaskFlags.per_dataset in flags for flags in source.mask_flag_enums)
    nodata = source.nodata
    if dtype.startswith("float"):
        # One way of saying "nothing" in all files of numbers.
        return Plan(bands, None, False, alpha, dtype, float("nan"))
    return Plan(bands, None, bool(masked), alpha, dtype, None if masked else nodata)


def _spread(source: Any) -> Any:
    """The palette as a table of 256 colours; numbers that it does not name, and the number for "nothing", are transparent."""
    table = np.zeros((256, 4), np.uint8)
    for number, colour in source.colormap(1).items():
        if 0 <= number < 256:
            table[number] = colour
    if source.nodata is not None and 0 <= source.nodata < 256:
        table[int(source.nodata), 3] = 0
    return table


def _windows(source: Any, count: int, itemsize: int) -> Iterator[Window]:
    """Rows of the whole width where they fit into memory, else squares."""
    wide = source.width * _BLOCK * count * itemsize <= _ROWS_BYTES
    step = source.width if wide else _BLOCK * 8
    for top in range(0, source.height, _BLOCK):
        for left in range(0, source.width, step):
            yield Window(left, top, min(step, source.width - left), min(_BLOCK, source.height - top))


def _decode(source: Any, plan: Plan, srid: int, request: Request, tell: Tell) -> None:
    """Every pixel of the source into a plain file of ours."""
    profile = {
        "driver": "GTiff",
        "width": source.width,
        "height": source.height,
        "count": plan.count,
        "dtype": plan.dtype,
        "crs": raster_crs.definition(srid),
        "transform": source.transform,
        "nodata": plan.nodata,
        "tiled": True,
        "blockxsize": _BLOCK,
        "blockysize": _BLOCK,
        "BIGTIFF": "YES",
        "COMPRESS": "ZSTD",
        "ZSTD_LEVEL": 1,
        "SPARSE_OK": True,
        # Four bands of bytes would otherwise be taken for colours with transparency.
        "PHOTOMETRIC": "RGB" if plan.dtype == "uint8" and plan.count - plan.alpha >= 3 else "MINISBLACK",
        "ALPHA": "YES" if plan.alpha else "NO",
    }
    windows = list(_windows(source, plan.count, np.dtype(plan.dtype).itemsize))
    filled = False
    with rasterio.open(rough(Path(request.target)), "w", **profile) as target:
        target.colorinterp = _colours(plan)
        for number, window in enumerate(windows):
            try:
                block, some = _block(source, plan, window)
            except RasterioError as error:
                raise FileFault("raster-damaged", detail=str(error).replace(request.source, "the file")[:300]) from None
            filled = filled or some
            target.write(block, window=window)
            tell("decoding", number + 1, len(windows))
    if not filled:
        raise FileFault("raster-empty")


def _block(source: Any, plan: Plan, window: Window) -> tuple[Any, bool]:
    """A block as it is written, and whether any of its pixels has a value."""
    if plan.palette is not None:
        spread = np.moveaxis(plan.palette[source.read(1, window=window)], -1, 0)
        return spread, bool(spread[3].any())
    data = source.read(plan.bands, window=window).astype(plan.dtype, copy=False)
    if plan.alpha:
        mask = source.read(plan.alpha_band, window=window) if plan.alpha_band else source.dataset_mask(window=window)
        shown = np.where(mask > 0, 255 if plan.dtype == "uint8" else np.iinfo(plan.dtype).max, 0).astype(plan.dtype)
        return np.concatenate([data, shown[None]]), bool(shown.any())
    if plan.dtype.startswith("float"):
        missing = ~np.isfinite(data) | (source.read_masks(plan.bands, window=window) == 0)
        data = np.where(missing, np.array(np.nan, data.dtype), data)
        return data, bool((~missing).any())
    return data, plan.nodata is None or bool((data != plan.nodata).any())


def _colours(plan: Plan) -> list[ColorInterp]:
    bands = plan.count - plan.alpha
    if plan.dtype == "uint8" and bands >= 3:
        found = [ColorInterp.red, ColorInterp.green, ColorInterp.blue] + [ColorInterp.undefined] * (bands - 3)
    else:
        found = [ColorInterp.gray] + [ColorInterp.undefined] * (bands - 1)
    return found + [ColorInterp.alpha] * plan.alpha


def _order(request: Request, plan: Plan, tell: Tell) -> None:
    """Overviews and tiles in the order of a COG."""
    source = rough(Path(request.target))
    tell("ordering", 0, max(1, source.stat().st_size))
    smooth = "NEAREST" if plan.palette is not None else "AVERAGE"
    with rasterio.Env(CPL_TMPDIR=str(source.parent)):
        rasterio.shutil.copy(
            source,
            request.target,
            driver="COG",
            COMPRESS="ZSTD",
            PREDICTOR="YES",
            BLOCKSIZE=_BLOCK,
            BIGTIFF="IF_SAFER",
            OVERVIEW_RESAMPLING=smooth,
            NUM_THREADS=1,
        )
    source.unlink()


def _described(request: Request, reference: Reference, plan: Plan, taken: str, names: tuple[str, ...]) -> Raster:
    with rasterio.open(request.target, driver="GTiff") as made:
        bands = tuple(_band(made, number, name) for number, name in enumerate(names, 1))
        return Raster(
            width=made.width,
            height=made.height,
            srid=reference.srid,
            crs_name=reference.name,
            dtype=plan.dtype,
            nodata=plan.nodata,
            alpha=plan.alpha,
            bounds=tuple(made.bounds),
            pixel=(made.transform.a, -made.transform.e),
            bands=bands,
            taken=taken,
        )


def _band(made: Any, number: int, name: str) -> Band:
    share = max(1.0, made.width / _SAMPLE, made.height / _SAMPLE)
    shape = (max(1, round(made.height / share)), max(1, round(made.width / share)))
    values = made.read(number, out_shape=shape, masked=True).compressed().astype(np.float64)
    values = values[np.isfinite(values)]
    if not values.size:
        return Band(name, 0.0, 0.0, 0.0, 0.0, 0.0)
    low, high = np.percentile(values, [2, 98])
    return Band(name, float(values.min()), float(values.max()), float(values.mean()), float(low), float(high))


def _names(source: Any, plan: Plan) -> tuple[str, ...]:
    if plan.palette is not None:
        return ("red", "green", "blue")
    kinds = source.colorinterp
    found = []
    for number in plan.bands:
        said = (source.descriptions[number - 1] or "").strip()[:60]
        colour = kinds[number - 1].name if kinds[number - 1] in (ColorInterp.red, ColorInterp.green, ColorInterp.blue) else ""
        found.append("".join(letter for letter in said if letter.isprintable()) or colour)
    return tuple(found)


def _taken(source: Any) -> str:
    """The day that the file names for itself (TIFFTAG_DATETIME, ACQUISITION_DATE), "" where it names none."""
    tags = source.tags()
    for name in ("ACQUISITION_DATE", "ACQUISITIONDATETIME", "TIFFTAG_DATETIME"):
        found = _TAKEN.match(str(tags.get(name, "")))
        if found and "1900" < found[1] < "2200" and "01" <= found[2] <= "12" and "01" <= found[3] <= "31":
            return f"{found[1]}-{found[2]}-{found[3]}"
    return ""
