"""Files on disk that are whole or not there."""

import os
import secrets
import time
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

_PART = ".part"


class WholeFiles(FileSystemStorage):
    """Files whose names are hashes of their content: written beside, synced, then put in place, so that a kill leaves no half file."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]  # as Django's own declares it
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{secrets.token_hex(6)}{_PART}")
        try:
            with part.open("wb") as written:
                for chunk in content.chunks():
                    written.write(chunk)
                written.flush()
                os.fsync(written.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(target.parent)
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: what lies under it already is the same content."""
        return name

    def sweep(self, older_than_s: float) -> int:
        """Remove what killed writers left behind; how many there were."""
        before, swept = time.time() - older_than_s, 0
        for part in Path(self.location).rglob(f".*{_PART}"):
            if part.stat().st_mtime <= before:
                part.unlink(missing_ok=True)
                swept += 1
        return swept


def _sync_folder(folder: Path) -> None:
    """A file's name is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
