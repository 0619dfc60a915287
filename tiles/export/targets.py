"""Files that hold tiles: PMTiles 3, MBTiles 1.3, a directory. All or nothing: a name appears when its content is complete."""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from isal import igzip
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from tiles.matrix import Tile

Metadata = dict[str, Any]


class Target(Protocol):
    """Takes tiles (not compressed, none of them empty), then the TileJSON of them all."""

    def add(self, tile: Tile, body: bytes) -> None:
        """One more tile."""

    def finish(self, metadata: Metadata) -> None:
        """Complete the content."""

    def close(self) -> None:
        """Let go of everything that is open, complete or not."""


class PMTiles:
    """One file that is read by ranges (PMTiles specification 3)."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._writer: Any = Writer(self._file)  # type: ignore[no-untyped-call]

    def add(self, tile: Tile, body: bytes) -> None:
        """See Target."""
        self._writer.write_tile(zxy_to_tileid(tile.z, tile.x, tile.y), packed(body))

    def finish(self, metadata: Metadata) -> None:
        """See Target. Positions in the header are degrees times ten million."""
        west, south, east, north = (round(degrees * 1e7) for degrees in metadata["bounds"])
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
            "center_zoom": metadata["minzoom"],
            "center_lon_e7": (west + east) // 2,
            "center_lat_e7": (south + north) // 2,
        }
        self._writer.finalize(header, metadata)

    def close(self) -> None:
        """See Target."""
        self._writer.tile_f.close()
        self._file.close()


class MBTiles:
    """An SQLite database, rows counted from the south (MBTiles 1.3)."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = 0x4d504258;"
            "CREATE TABLE metadata (name text, value text);"
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob); BEGIN"
        )

    def add(self, tile: Tile, body: bytes) -> None:
        """See Target."""
        south = (1 << tile.z) - 1 - tile.y
        self._db.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (tile.z, tile.x, south, packed(body)))

    def finish(self, metadata: Metadata) -> None:
        """See Target."""
        layers = json.dumps({"vector_layers": metadata["vector_layers"]}, ensure_ascii=False)
        plain = {name: metadata[name] for name in ("name", "description", "attribution", "minzoom", "maxzoom") if name in metadata}
        lists = {name: ",".join(map(str, metadata[name])) for name in ("bounds", "center")}
        rows = {**plain, **lists, "format": "pbf", "type": "overlay", "json": layers}
        self._db.executemany("INSERT INTO metadata VALUES (?, ?)", [(name, str(value)) for name, value in rows.items()])
        self._db.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
        self._db.execute("COMMIT")

    def close(self) -> None:
        """See Target."""
        self._db.close()


class Directory:
    """`z/x/y.mvt`, not compressed, and `tiles.json` beside them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir()

    def add(self, tile: Tile, body: bytes) -> None:
        """See Target."""
        place = self._path / str(tile.z) / str(tile.x)
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{tile.y}.mvt").write_bytes(body)

    def finish(self, metadata: Metadata) -> None:
        """See Target."""
        (self._path / "tiles.json").write_text(json.dumps(metadata, ensure_ascii=False, indent=2), encoding="utf-8")

    def close(self) -> None:
        """See Target."""


FORMATS: dict[str, type[PMTiles] | type[MBTiles] | type[Directory]] = {"pmtiles": PMTiles, "mbtiles": MBTiles, "dir": Directory}


@contextlib.contextmanager
def whole_or_nothing(path: Path) -> Iterator[Path]:
    """A place to write to that becomes `path` when the block ends well, and is removed when it does not.

    A directory has to be new; a file is replaced in one step, and readers of the old one keep it.
    """
    part = path.with_name(f"{path.name}.part")
    _remove(part)
    try:
        yield part
        part.replace(path)
    finally:
        _remove(part)


def packed(body: bytes) -> bytes:
    """gzip without a time, so that equal tiles are equal bytes."""
    return bytes(igzip.compress(body, compresslevel=2, mtime=0))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
