"""An import as pages and programs see it, in the reader's language."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from gis_core.importing.faults import ROW_SENTENCES, SENTENCES, Fault
from land.importing import jobs
from land.importing.problems import ERRORS, TITLES, UNUSABLE, Problem
from land.importing.request import Understood
from land.importing.table import shapes as shapes_of
from land.importing.telling import understood
from land.models import ParcelImport

MOST_OUTLINES = 3_000


def told(job: ParcelImport) -> dict[str, Any]:
    """How far it is and what was found, without the problems themselves."""
    report = job.report
    names = ("uid", "name", "state", "effective_on", "asked", "understood", "step", "done", "total", "parcels", "note", "created_at")
    return {
        **{name: getattr(job, name) for name in names},
        "unit": job.unit.name,
        "unit_code": job.unit.code,
        "author": job.author.username,
        "approver": job.approver.username if job.approver else "",
        "state_text": str(job.get_state_display()),
        "understood_text": list(understood(Understood(**job.understood), _)) if job.understood else [],
        "bad": len(report.get("bad", ())),
        "hopeless": report.get("hopeless", False),
        "counts": _counts(report.get("counts", {})),
        "area_m2": report.get("area_m2"),
        "sheets": report.get("sheets", []),
        "bounds": report.get("bounds"),
        "failure": _failure(job.failure),
        "change": job.change.uid if job.change else None,
        "change_seq": job.change.change_seq if job.change else None,
    }


def _counts(counts: dict[str, int]) -> list[dict[str, Any]]:
    found = [
        {"code": code, "is_error": code in ERRORS or code in ROW_SENTENCES, "count": count, "title": _(TITLES.get(code, TITLES["other"]))}
        for code, count in counts.items()
    ]
    return sorted(found, key=lambda one: (not one["is_error"], -int(one["count"])))


def _failure(failure: dict[str, Any] | None) -> str:
    if not failure:
        return ""
    if failure["kind"] == "import":
        return str(_(UNUSABLE[failure["code"]]) % failure["params"])
    if failure["kind"] == "file" and failure["code"] in SENTENCES:
        return Fault(failure["code"], failure["params"]).sentence(_)
    return str(failure.get("detail", ""))


def problems_out(job: ParcelImport, code: str | None) -> list[dict[str, Any]]:
    """The kept problems, of one kind where a code is given."""
    kept = [found for found in job.report.get("problems", ()) if code is None or found["code"] == code]
    return [{**found, "detail": Problem.from_dict(found).sentence(_)} for found in kept]


def seen(job: ParcelImport, bbox: str) -> dict[str, Any]:
    """The file's outlines in a box, as long as there are not too many to draw. Raises BadParameter."""
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError:
        raise BadParameter(_("bbox takes four numbers: west,south,east,north in metres of VN-2000."), field="bbox") from None
    try:
        rows = jobs.load_rows(job)
    except FileNotFoundError:
        return {"type": "FeatureCollection", "features": [], "total": 0}
    shapes = shapes_of(rows)
    low = shapely.bounds(shapes)
    inside = np.flatnonzero((low[:, 0] <= east) & (low[:, 2] >= west) & (low[:, 1] <= north) & (low[:, 3] >= south))
    features = _features(rows, shapes, inside, set(job.report.get("bad", ()))) if len(inside) <= MOST_OUTLINES else []
    return {"type": "FeatureCollection", "features": features, "total": len(inside)}


def _features(rows: Any, shapes: Any, inside: Any, bad: set[int]) -> list[dict[str, Any]]:
    some = rows.take(inside.tolist()).to_pylist()
    return [
        {
            "type": "Feature",
            "properties": {
                "label": f"{row['sheet_no'] or '?'}/{row['parcel_no'] or '?'}",
                "use": (row["uses"] or "").split("=")[0].split("+")[0],
                "bad": row["row"] in bad,
            },
            "geometry": shapely.geometry.mapping(shapes[index]),
        }
        for row, index in zip(some, inside.tolist(), strict=True)
    ]
