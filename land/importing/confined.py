"""The examining child: `python -m land.importing.confined TASK SECONDS`. Arrow in, Arrow out, no network, bounded memory and time.

Polygons of strangers go through GEOS here and not in the worker: one that cannot be cancelled dies with this process.
TASK is `examine` (outlines, against each other and the register) or `draw` (parcels from the lines of a drawing).
"""

import json
import sys
from typing import Any

from gis_core.importing import sandbox

MEMORY = 4 << 30
ANSWER = b"answer"


def main(task: str, seconds: float) -> int:
    """Serve one request."""
    sandbox.confine(sandbox.Limits(memory=MEMORY, cpu_seconds=int(seconds), seconds=int(seconds)))
    import pyarrow as pa

    from land.importing.problems import Unusable

    rows = pa.ipc.open_stream(sys.stdin.buffer.read()).read_all()
    try:
        columns, answer = {"examine": _examine, "draw": _draw}[task](rows)
    except Unusable as error:
        columns, answer = {}, {"unusable": error.code, "params": error.params}
    table = pa.table(columns or {"none": pa.array([], pa.int64())}).replace_schema_metadata({ANSWER: json.dumps(answer)})
    with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
        writer.write_table(table)
    return 0


def _examine(rows: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    import numpy as np
    import shapely

    from land.importing.examining import Ground, examine

    shapes = shapely.from_wkb(np.array(rows.column("geom").to_pylist(), dtype=object))
    labels, numbers = rows.column("label").to_pylist(), rows.column("row").to_numpy()
    ground = Ground(shapes, numbers, labels, rows.column("is_new").to_numpy(zero_copy_only=False))
    return {}, {"problems": [problem.as_dict() for problem in examine(ground)]}


def _draw(rows: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    import numpy as np
    import shapely

    from land.importing.drawing import BOUNDARIES, LABELS, Drawn, parcels_of

    shapes = shapely.from_wkb(np.array(rows.column("geom").to_pylist(), dtype=object))
    drawn = Drawn()
    for shape, level, text in zip(shapes, rows.column("level").to_pylist(), rows.column("text").to_pylist(), strict=True):
        if level in LABELS and text and shapely.get_dimensions(shape) == 0:
            drawn.texts.append((level, text, shapely.get_geometry(shape, 0) if shape.geom_type != "Point" else shape))
        elif level in BOUNDARIES and shapely.get_dimensions(shape) >= 1:
            drawn.lines.append(shape)
    found, problems = parcels_of(drawn)
    columns = {
        "geom": [shapely.to_wkb(parcel.shape, output_dimension=2, byte_order=1) for parcel in found],
        "number": [parcel.number for parcel in found],
        "area": [parcel.area for parcel in found],
        "use": [parcel.use for parcel in found],
    }
    return columns, {"problems": [problem.as_dict() for problem in problems]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
