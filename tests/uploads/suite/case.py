"""A file of the suite: how it is made, how it is read, what must come of it."""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import shapely

Maker = Callable[[Path], Path]
X, Y = 550_700.25, 1_720_000.5


@dataclass(frozen=True)
class Case:
    """`result` is "n rows in EPSG:s" with faults by row, or "refused: code"."""

    name: str
    make: Maker
    result: str
    options: Mapping[str, Any] = field(default_factory=dict)


def written(name: str, content: str | bytes) -> Maker:
    """A file of that content."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def points(count: int = 2, srid: int = 5899) -> Any:
    """Points in a row, 100 m apart."""
    places = [shapely.Point(X + 100 * n, Y) if srid == 5899 else shapely.Point(108.47 + n / 1000, 15.57) for n in range(count)]
    return geopandas.GeoDataFrame({"ten": [f"Điểm {n}" for n in range(count)], "so": range(count)}, geometry=places, crs=srid)


def saved(name: str, frame: Any, **options: Any) -> Maker:
    """A frame as a file of the format that the ending names."""

    def make(folder: Path) -> Path:
        path = folder / name
        if path.suffix == ".parquet":
            frame.to_parquet(path)
        else:
            pyogrio.write_dataframe(frame, path, **options)
        return path

    return make


def zipped(name: str, *makers: Maker, inside: str = "", leave_out: tuple[str, ...] = (), method: int = zipfile.ZIP_DEFLATED) -> Maker:
    """Everything that the makers leave in their folder, in one archive."""

    def make(folder: Path) -> Path:
        parts = folder / "parts"
        parts.mkdir(exist_ok=True)
        for maker in makers:
            maker(parts)
        with zipfile.ZipFile(folder / name, "w", method) as archive:
            for part in sorted(parts.iterdir()):
                if part.suffix not in leave_out:
                    archive.write(part, inside + part.name)
        return folder / name

    return make


def packed(name: str, members: Mapping[str, bytes | str]) -> Maker:
    """An archive of these members."""

    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return folder / name

    return make


def cut(maker: Maker, share: float = 0.5) -> Maker:
    """The first part of a file."""

    def make(folder: Path) -> Path:
        path = maker(folder)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        return path

    return make
