"""Shapefiles in zip archives: looked into, never extracted."""

import zipfile
from pathlib import Path

from gis_core.importing.faults import FileFault

MAX_BYTES = 4 << 30
MAX_RATIO = 400  # of a file over _SMALL; padded .dbf columns reach 100
_SMALL = 32 << 20
_MEMBERS = 1_000
_VSIZIP = "/vsizip/{"
_SHAPEFILE = b"\x00\x00\x27\x0a"


def shapefile_in(path: Path, wanted: str | None) -> str:
    """GDAL's path of the one shapefile in an archive (or of the one called `wanted`). Raises FileFault."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_bomb(members)
            member = _chosen(members, wanted)
            with archive.open(member) as file:
                is_shapefile = file.read(4) == _SHAPEFILE
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        # RuntimeError is how an encrypted member is told.
        raise FileFault("archive-bad") from None
    if not is_shapefile:
        raise FileFault("archive")
    return f"{_VSIZIP}{path}}}/{member.filename}"


def has_code_page(shapefile: str) -> bool:
    """Whether a .cpg stands beside a shapefile (GDAL's path of it) and says how its texts are encoded."""
    stem = shapefile.rpartition(".")[0]
    if not stem.startswith(_VSIZIP):
        return any(Path(f"{stem}.{suffix}").exists() for suffix in ("cpg", "CPG"))
    archive, _brace, member = stem.removeprefix(_VSIZIP).rpartition("}/")
    with zipfile.ZipFile(archive) as opened:
        return f"{member}.cpg".lower() in {name.lower() for name in opened.namelist()}


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    """Declared sizes; one that lies meets the bounds of the process."""
    total = sum(member.file_size for member in members)
    swollen = any(member.file_size > _SMALL and member.file_size > MAX_RATIO * member.compress_size for member in members)
    if len(members) > _MEMBERS or total > MAX_BYTES or swollen:
        raise FileFault("archive-too-large", size=total >> 20, limit=MAX_BYTES >> 20, ratio=MAX_RATIO)


def _chosen(members: list[zipfile.ZipInfo], wanted: str | None) -> zipfile.ZipInfo:
    shapes = {
        Path(member.filename).stem: member
        for member in members
        if member.filename.lower().endswith(".shp") and not member.filename.startswith("__MACOSX/")
    }
    if not shapes:
        raise FileFault("archive")
    if wanted is None and len(shapes) > 1:
        raise FileFault("which-layer", layers=", ".join(sorted(shapes)))
    if wanted is not None and wanted not in shapes:
        raise FileFault("unknown-layer", layer=wanted[:60], layers=", ".join(sorted(shapes)))
    return shapes[wanted] if wanted is not None else next(iter(shapes.values()))
