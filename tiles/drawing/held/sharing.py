"""Files in memory that Mapnik maps once and this process writes again and again.

Mapnik keeps each file that it has mapped under its name for ever. So each drawing thread has a few files of its own, which are
written over for the next picture, and a larger one takes a new name. Nothing of this reaches a disk.
"""

import atexit
import mmap
import os
import shutil
import tempfile
import threading
from functools import lru_cache
from itertools import count
from pathlib import Path

import numpy as np

from tiles.drawing.held.shapefile import Bytes, Shapefile, Words

ENDINGS = (".shp", ".shx", ".dbf")
_SMALLEST = 1 << 16
_KEPT = 1 << 23  # bytes of a file that stay reserved between pictures
_numbers = count()


@lru_cache(maxsize=1)
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="drawing-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class _File:
    """One file of `capacity` bytes, under a name in the folder."""

    def __init__(self, name: Path, capacity: int) -> None:
        self.capacity = capacity
        self._descriptor = os.memfd_create(name.name, os.MFD_CLOEXEC)
        os.ftruncate(self._descriptor, capacity)
        self.bytes: Bytes = np.frombuffer(mmap.mmap(self._descriptor, capacity), np.uint8)
        name.symlink_to(f"/proc/self/fd/{self._descriptor}")

    @property
    def words(self) -> Words:
        """The file by four bytes."""
        return self.bytes.view(np.int32)

    def emptied(self) -> None:
        """Give the memory back; the file stays as long as it was."""
        os.ftruncate(self._descriptor, 0)
        os.ftruncate(self._descriptor, self.capacity)

    def close(self) -> None:
        """Give the memory back for good. Whoever maps the file still may not read it any more."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


class Slot:
    """A shapefile that is written over for each picture."""

    def __init__(self) -> None:
        self._files: list[_File] = []
        self._name = Path()
        self._used = 0

    def written(self, shapefile: Shapefile) -> str:
        """Write features; the name of their file."""
        sizes = shapefile.sizes
        if any(size > file.capacity for size, file in zip(sizes, self._files, strict=False)) or not self._files:
            self._renew(sizes)
        shp, shx, dbf = self._files
        shapefile.write(shp.words, shx.words, dbf.bytes)
        self._used = max(sizes)
        return f"{self._name}{ENDINGS[0]}"

    def released(self) -> None:
        """The picture is drawn: a large one gives its memory back."""
        if self._used > _KEPT:
            for file in self._files:
                file.emptied()
        self._used = 0

    def _renew(self, sizes: tuple[int, ...]) -> None:
        self.close()
        self._name = _folder() / str(next(_numbers))
        for ending, size in zip(ENDINGS, sizes, strict=True):
            self._files.append(_File(self._name.with_suffix(ending), max(_SMALLEST, 1 << (size - 1).bit_length())))

    def close(self) -> None:
        """Give everything back."""
        for ending, file in zip(ENDINGS, self._files, strict=False):
            self._name.with_suffix(ending).unlink(missing_ok=True)
            file.close()
        self._files.clear()


class _Slots(threading.local):
    """Of one thread, by the place of the layer in its map."""

    def __init__(self) -> None:
        self.slots: list[Slot] = []


_of_thread = _Slots()


def slot(number: int) -> Slot:
    """The thread's slot of this number, from 0."""
    while len(_of_thread.slots) <= number:
        _of_thread.slots.append(Slot())
    return _of_thread.slots[number]
