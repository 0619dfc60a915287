"""Finished public tiles as files that nginx serves by itself, and takes away itself when this node may not vouch for them.

nginx has no way to ask "is this still current?" for each request without the cost of the answer. So the question is turned
round: a file is there only while its tile is current. The follower unlinks a file in the same step that moves the clock,
and files are written in one piece with a check of the validator, so nothing old comes back. And files are found only by the
way of a lease: a link named after the current second, which this node lays for two seconds ahead while its follower is
alive. A node that dies, hangs or loses the database lays no more of them, and nginx finds nothing (docs/adr/0010).
"""

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from django.conf import settings

from gis_core.changes.follow import Change
from gis_core.changes.hub import hub, unready_after
from layers.catalogue import catalogue
from layers.models import ImportedLayer, LayerSetting
from layers.presentation import presentation
from tiles.matrix import Box, Tile
from tiles.mvt_sql import MARGIN
from tiles.source import OwnSource, TileSource

log = logging.getLogger(__name__)
_LEASE_SECONDS = 2
_TICK_SECONDS = 0.2
# Whoever changes these changes what layers are and how they are shown.
_SETTINGS = frozenset({LayerSetting._meta.db_table, ImportedLayer._meta.db_table})
_PAUSE_SECONDS = 1.0
# nginx makes a file's validator of its size and its time in whole seconds. The time is therefore taken from our validator:
# any second up to the year 2446, where ext4's ends.
_FIRST_TIME, _TIMES = 2_000_000_000, 13_000_000_000


class Shelf:
    """Files by layer and tile below `root`. Touched by the event loop alone."""

    def __init__(self) -> None:
        self._root: Path | None = None
        self._files = Path()
        self._kept: defaultdict[str, defaultdict[int, set[tuple[int, int]]]] = defaultdict(lambda: defaultdict(set))
        self._tables: dict[str, set[str]] = defaultdict(set)
        self._size = 0
        self._shown = ""
        self._paused_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether tiles may be put on the shelf now."""
        return self._root is not None and time.monotonic() >= self._paused_until and presentation.is_current

    def takes(self, sources: Sequence[TileSource], tile: Tile) -> bool:
        """Whether the tile is one that everybody gets alike, today and tomorrow."""
        if not self.is_open or len(sources) != 1 or not tile.is_mercator:
            return False
        (source,) = sources
        layer = source.layer
        own = source.is_plain and source.when is None and not isinstance(source, OwnSource)
        return own and layer.access.public == "all" and not layer.shows_present

    def put(self, source: TileSource, tile: Tile, packed: bytes, validator: str) -> None:
        """Keep a tile that was current at this very moment: between the caller's check and this nothing may be awaited."""
        places = self._kept[source.layer.name][tile.z]
        if (tile.x, tile.y) in places:
            return
        path = self._path(source.layer.name, tile.z, tile.x, tile.y)
        try:
            _write(path, packed, _time_of(validator))
        except OSError as error:
            log.warning("A tile could not be written for nginx (%s).", error)
            self.clear()
            return
        places.add((tile.x, tile.y))
        self._tables[source.layer.table].add(source.layer.name)
        self._size += len(packed)
        if self._size > settings.TILE_FILES_MB * 1_000_000:
            self.clear()

    def clear(self) -> None:
        """Take everything away: nginx finds nothing from this moment on."""
        if self._root is None:
            return
        self._withdraw_leases()
        old, self._files = self._files, self._root / f"files.{time.time_ns()}"
        self._files.mkdir()
        shutil.rmtree(old, ignore_errors=True)
        self._kept.clear()
        self._tables.clear()
        self._size = 0
        self._shown = _shown()

    def _changed(self, changes: Sequence[Change]) -> None:
        """Hub listener: runs in the step that moves the clock."""
        try:
            for change in changes:
                self._take_in(change)
        except OSError:
            log.exception("Files for nginx cannot be taken away one by one; all of them go.")
            self.clear()

    def _take_in(self, change: Change) -> None:
        if change.table in _SETTINGS:
            self._paused_until = time.monotonic() + _PAUSE_SECONDS
            self.clear()
        for name in tuple(self._tables.get(change.table, ())):
            self._forget(name, None if change.op in "RP" else change.bbox)

    def _forget(self, name: str, box: Box | None) -> None:
        for z, places in self._kept[name].items():
            for x, y in tuple(places if box is None else _touched(places, z, box)):
                self._path(name, z, x, y).unlink(missing_ok=True)
                places.discard((x, y))

    def _path(self, name: str, z: int, x: int, y: int) -> Path:
        return self._files / "tiles" / name / str(z) / str(x) / f"{y}.mvt.gz"

    def _lease(self) -> None:
        """Lay the links of this second and the next, if this node may vouch until they end; take old ones up."""
        assert self._root is not None
        if self._shown != _shown():
            self.clear()
        if hub.age > unready_after() - _LEASE_SECONDS:
            self._withdraw_leases()
            return
        now = int(time.time())
        for second in range(now, now + _LEASE_SECONDS):
            link = self._root / "lease" / str(second)
            if not link.is_symlink():
                link.symlink_to(Path("..") / self._files.name)
        for link in (self._root / "lease").iterdir():
            if int(link.name) < now - 1:
                link.unlink(missing_ok=True)

    def _withdraw_leases(self) -> None:
        assert self._root is not None
        for link in (self._root / "lease").iterdir():
            link.unlink(missing_ok=True)

    async def _keep_leasing(self) -> None:
        while True:
            try:
                self._lease()
            except OSError:
                log.exception("The links for nginx cannot be laid.")
            await asyncio.sleep(_TICK_SECONDS)

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Keep a shelf while the process lives, if settings name a directory and no other process keeps it."""
        root = Path(settings.TILE_FILES) if settings.TILE_FILES else None
        with _alone(root) as is_alone:
            if root is None or not is_alone:
                yield
                return
            _empty(root)
            self._root, self._files = root, root / "files"
            self.clear()
            hub.subscribe(self._changed)
            task = asyncio.create_task(self._keep_leasing(), name="leases for nginx")
            try:
                yield
            finally:
                task.cancel()
                hub.unsubscribe(self._changed)
                self._withdraw_leases()
                self._root = None
                _empty(root)


def _shown() -> str:
    return f"{presentation.stamp}/{catalogue.generation}"


def _touched(places: set[tuple[int, int]], z: int, box: Box) -> Iterator[tuple[int, int]]:
    """Those of `places` whose tile, with its margin, meets `box` (EPSG:3857)."""
    west, south, east, north = box
    for x, y in places:
        left, bottom, right, top = Tile(z, x, y).bounds(MARGIN)
        if left <= east and right >= west and bottom <= north and top >= south:
            yield x, y


def _write(path: Path, content: bytes, moment: int) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(content)
    os.utime(new, (moment, moment))
    new.replace(path)


def _time_of(validator: str) -> int:
    digest = hashlib.blake2b(validator.encode(), digest_size=8).digest()
    return _FIRST_TIME + int.from_bytes(digest, "big") % _TIMES


def _empty(root: Path) -> None:
    for path in (root / "lease", *root.glob("files*")):
        shutil.rmtree(path, ignore_errors=True)
    (root / "lease").mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def _alone(root: Path | None) -> Iterator[bool]:
    """Whether this process alone keeps the directory."""
    if root is None:
        yield False
        return
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            log.warning("Another process keeps the tiles for nginx in %s; this one keeps none.", root)
            yield False
            return
        yield True


shelf = Shelf()
