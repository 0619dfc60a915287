"""What processes use, children included: memory, descriptors, processor time."""

import os
from collections.abc import Iterable
from pathlib import Path

_TICK, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


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


def working_in(folder: str) -> Iterable[int]:
    """Processes whose working directory it is: those of a database cluster."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == folder:
                yield int(entry.name)
        except OSError:
            continue


def seconds(pid: int) -> float:
    """Processor time of a process and of its children that have ended (connections of a database come and go)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK
