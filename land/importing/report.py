"""An examined import as it is kept and shown: counts, the first problems of each kind, and a picture of the ground."""

from collections import Counter
from typing import Any

import shapely

from land.importing.pipeline import Examined, bounds_of
from land.importing.table import shapes as shapes_of

KEPT = 300
"""Problems of a kind that are kept with their places."""


def report_of(examined: Examined) -> dict[str, Any]:
    """For `ParcelImport.report`."""
    rows = examined.rows
    label = dict(
        zip(
            rows.column("row").to_pylist(),
            (f"{sheet or '?'}/{number or '?'}" for sheet, number in _keys(rows)),
            strict=True,
        )
    )
    kept: list[dict[str, Any]] = []
    told: Counter[str] = Counter()
    for problem in sorted(examined.problems, key=lambda found: (not found.is_error, found.code, found.rows)):
        told[problem.code] += 1
        if told[problem.code] <= KEPT:
            labels = [label[row] for row in problem.rows if row in label]
            kept.append({**problem.as_dict(), "is_error": problem.is_error, "labels": labels[:4]})
    return {
        "counts": dict(told),
        "bad": sorted(examined.bad_rows),
        "hopeless": examined.is_hopeless,
        "problems": kept,
        "bounds": bounds_of(rows),
        "sheets": _sheets(rows),
        "area_m2": round(float(shapely.area(shapes_of(rows)).sum()), 2),
        "uses": dict(Counter(text.split("=")[0].split("+")[0] for text in rows.column("uses").to_pylist()).most_common(12)),
    }


def _keys(rows: Any) -> list[tuple[int | None, int | None]]:
    return list(zip(rows.column("sheet_no").to_pylist(), rows.column("parcel_no").to_pylist(), strict=True))


def _sheets(rows: Any) -> list[dict[str, Any]]:
    """Each sheet's number of parcels and the box around them."""
    shapes, found = shapes_of(rows), []
    sheets = rows.column("sheet_no").to_pylist()
    places: dict[int | None, list[int]] = {}
    for index, sheet in enumerate(sheets):
        places.setdefault(sheet, []).append(index)
    for sheet, indexes in sorted(places.items(), key=lambda item: item[0] or 0):
        hull = shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(shapely.envelope(shapes[indexes]))))
        found.append({"sheet": sheet, "parcels": len(indexes), "wkt": shapely.to_wkt(hull, rounding_precision=1)})
    return found[:400]
