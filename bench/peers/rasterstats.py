"""rasterstats, in an environment of its own: zonal statistics of the same areas over the same file, timed inside."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import shapely

from bench.peers.peer import PROGRAMS

_PYTHON = PROGRAMS / "rasterstats" / "bin" / "python"
_SCRIPT = """
import json, sys, time
import shapely
from rasterstats import zonal_stats
raster, areas, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
shapes = [shapely.from_wkb(bytes.fromhex(line)) for line in open(areas)]
times = []
for _ in range(rounds):
    started = time.perf_counter()
    found = zonal_stats(shapes, raster, stats=["mean", "min", "max"], all_touched=True, nodata=float("nan"))
    times.append(time.perf_counter() - started)
print(json.dumps({"seconds": times, "means": [one["mean"] for one in found]}))
"""


def installed() -> bool:
    """Whether `bin/bench --install-peers` made its environment."""
    return _PYTHON.exists()


def measured(raster: Path, shapes: list[Any], rounds: int) -> dict[str, Any]:
    """{seconds of each round, mean of each area}."""
    areas = raster.with_suffix(".areas")
    areas.write_text("\n".join(shapely.to_wkb(shape, hex=True) for shape in shapes))
    command = [str(_PYTHON), "-c", _SCRIPT, str(raster), str(areas), str(rounds)]
    # It reads through GDAL's virtual rasters, which our own processes do without.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GDAL_")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  our own script
    if done.returncode:
        raise SystemExit(f"rasterstats: {done.stderr[-600:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
