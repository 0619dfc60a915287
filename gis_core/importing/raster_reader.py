"""The child that converts a raster: `python -m gis_core.importing.raster_reader FD`.

The request comes as JSON on standard input, progress and the description leave as lines of JSON on standard output, a fault as
JSON on the file descriptor FD. Nothing that reads the file is imported before the process is confined.
"""

import contextlib
import json
import os
import sys
from typing import Any

from gis_core.importing import sandbox
from gis_core.importing.faults import FileFault
from gis_core.importing.rasters import Request


def main(fault_fd: int) -> int:
    """Serve one request; 0 when the raster was written."""
    request = Request.from_dict(json.load(sys.stdin))
    offline = sandbox.confine(request.limits)
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # a library that prints must not print into the lines

    def tell(step: str, done: int, total: int) -> None:
        output.write(f"{json.dumps({'step': step, 'done': done, 'total': total})}\n")

    try:
        from gis_core.importing.reading.rasters import converted

        found = converted(request, tell)
        output.write(f"{json.dumps({'raster': {**found.as_dict(), 'offline': offline}})}\n")
        output.close()
    except FileFault as error:
        return _tell(fault_fd, error.fault.code, dict(error.fault.params))
    except MemoryError:
        return _tell(fault_fd, "memory", {"limit": request.limits.memory >> 20})
    except BrokenPipeError:
        return 1  # the parent has lost interest
    except Exception as error:  # noqa: BLE001  whatever a library raises on a strange file is told, not traced
        detail = f"{type(error).__name__}: {error}".replace(request.source, "the file").replace(request.target, "the file")[:300]
        code = "memory" if "memory" in detail.lower() else "failed"
        return _tell(fault_fd, code, {"detail": detail, "limit": request.limits.memory >> 20})
    return 0


def _tell(fault_fd: int, code: str, params: dict[str, Any]) -> int:
    with contextlib.suppress(OSError):
        os.write(fault_fd, json.dumps({"code": code, "params": params}).encode())
    return 3


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
