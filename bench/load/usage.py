"""What processes use, children included: memory, descriptors."""

import os
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for member in found:
        try:
            found += map(int, Path(f"/proc/{member}/task/{member}/children").read_text(encoding="ascii").split())
        except OSError:
            continue
    return found


def sizes(pid: int) -> tuple[float, int]:
    """Resident megabytes and open descriptors of a process with its children."""
    pages, files = 0, 0
    for member in family(pid):
        try:
            pages += int(Path(f"/proc/{member}/statm").read_text(encoding="ascii").split()[1])
            files += len(list(Path(f"/proc/{member}/fd").iterdir()))
        except OSError:
            continue
    return pages * _PAGE / 1_048_576, files
