"""The parent's side of rasters: a GeoTIFF of anybody becomes a cloud-optimised GeoTIFF of ours, written by a confined child.

Only what the child wrote is ever opened by the service: every pixel decoded and encoded anew, tags and side files left behind.
"""

import contextlib
import json
import os
import select
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from gis_core.importing import formats, sandbox
from gis_core.importing.child import asked
from gis_core.importing.faults import FileFault

# What a child may use for one raster; the file that it writes may be as large as the largest raster unpacked.
LIMITS = sandbox.Limits(memory=4 << 30, cpu_seconds=3_600, seconds=7_200, file_size=16 << 30)
_TICK_SECONDS = 0.5
_MAX_LINE = 1 << 20
# Drivers that a converted raster needs; every other one is switched off before GDAL is loaded.
DRIVERS = ("GTiff", "COG", "MEM")
# (what happens, done, total)
Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class RasterOptions:
    """`srid` declares the coordinate system where the file does not say it or says it wrong."""

    srid: int | None = None


@dataclass(frozen=True)
class Band:
    """A band of a raster: numbers over its pixels with a value (exact up to 4 million of them, of a sample beyond)."""

    name: str
    minimum: float
    maximum: float
    mean: float
    low: float  # 2nd and 98th percentile: what pictures are stretched between
    high: float

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """From JSON."""
        return cls(**values)


@dataclass(frozen=True)
class Raster:
    """A converted raster. `bounds` are in its own CRS (EPSG:`srid`), `pixel` is the size of a pixel there.

    `alpha`: the last band of the file, which `bands` does not count, says where there is something. `taken` is the day that the file
    names for itself (ISO 8601) or "".
    """

    width: int
    height: int
    srid: int
    crs_name: str
    dtype: str
    nodata: float | None
    alpha: bool
    bounds: tuple[float, float, float, float]
    pixel: tuple[float, float]
    bands: tuple[Band, ...]
    taken: str = ""
    size: int = 0
    offline: bool = True

    def as_dict(self) -> dict[str, Any]:
        """For JSON, which knows no NaN."""
        values = asdict(self)
        values["nodata"] = "nan" if self.nodata is not None and self.nodata != self.nodata else self.nodata
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """From JSON."""
        nodata = values["nodata"]
        given = {
            **values,
            "nodata": float("nan") if nodata == "nan" else nodata,
            "bands": tuple(Band.from_dict(band) for band in values["bands"]),
            "bounds": tuple(values["bounds"]),
            "pixel": tuple(values["pixel"]),
        }
        return cls(**given)


@dataclass(frozen=True)
class Request:
    """What the child is to do."""

    source: str
    target: str
    srid: int | None
    limits: sandbox.Limits = field(default_factory=lambda: LIMITS)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """From JSON."""
        return cls(values["source"], values["target"], values["srid"], sandbox.Limits(**values["limits"]))


def convert(
    source: Path,
    target: Path,
    options: RasterOptions = RasterOptions(),
    *,
    watch: Watch | None = None,
    limits: sandbox.Limits = LIMITS,
) -> Raster:
    """Write `source` as a COG to `target`, in a child process. Raises FileFault; then there is no `target`.

    `watch` hears how far it is twice a second and may raise to end it.
    """
    source = source.resolve()
    if not source.is_file():
        raise FileFault("no-file", path=source.name)
    if formats.recognise(source) is not formats.GEOTIFF:
        raise FileFault("unknown-format", path=source.name)
    request = Request(str(source), str(target.resolve()), options.srid, limits)
    try:
        with asked("gis_core.importing.raster_reader", request.as_dict(), limits, _environment()) as (stdout, ended):
            answer = _followed(stdout.fileno(), target, watch)
            ended()
        if answer is None:
            raise FileFault("failed", detail="no answer")
        return replace(Raster.from_dict(answer), size=target.stat().st_size)
    except BaseException:
        for path in (target, rough(target)):
            path.unlink(missing_ok=True)
        for left in target.parent.glob(f"{target.name}.*"):
            left.unlink(missing_ok=True)
        raise


def rough(target: Path) -> Path:
    """Where the child keeps the decoded pixels before they are put in order."""
    return target.with_name(f"{target.name}.rough")


def _environment() -> dict[str, str]:
    return {
        **{name: ",".join(sorted(set(value.split(",")) - set(DRIVERS))) for name, value in formats.skipped_drivers(None).items()},
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_CACHEMAX": "256",
        # A withdrawn system must be seen as what it is.
        "OSR_USE_NON_DEPRECATED": "NO",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    }


def _followed(stream: int, target: Path, watch: Watch | None) -> dict[str, Any] | None:
    """Read the child's lines up to its end; the last one is the description."""
    text = b""
    found: dict[str, Any] | None = None
    seen = ("", 0, 0)
    while True:
        ready, _writing, _failed = select.select([stream], [], [], _TICK_SECONDS)
        if ready:
            block = os.read(stream, 65_536)
            if not block:
                return found
            text += block
            if len(text) > _MAX_LINE:
                raise FileFault("failed", detail="too long an answer")
            *lines, text = text.split(b"\n")
            for line in lines:
                message = json.loads(line)
                if "raster" in message:
                    found = message["raster"]
                else:
                    seen = (str(message["step"]), int(message["done"]), int(message["total"]))
        if watch is not None:
            watch(*_told(seen, target))


def _told(seen: tuple[str, int, int], target: Path) -> tuple[str, int, int]:
    """While GDAL orders the file nothing is told; the sizes of what it writes are."""
    step, _done, total = seen
    if step != "ordering":
        return seen
    written = 0
    for path in target.parent.glob(f"{target.name}*"):
        # GDAL removes its own intermediate files meanwhile.
        with contextlib.suppress(FileNotFoundError):
            written += path.stat().st_size if path != rough(target) else 0
    return step, min(written, total), total
