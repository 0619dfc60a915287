"""An analysis as the API and the page show it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.models.job import Job
from layers.analysis.contract import kinds
from layers.imports.portrayal import style
from layers.models import AnalysisJob
from layers.portrayal import legend_in

State = Job.State


def told(job: AnalysisJob, *, whole: bool = True) -> dict[str, Any]:
    """One analysis; `whole`: with what came out and what it was computed from."""
    kind = kinds().get(job.kind)
    return {
        "uid": job.uid,
        "kind": job.kind,
        "title": str(kind.title) if kind else job.kind,
        "state": job.state,
        "state_text": state_text(job.state),
        "busy": job.is_busy,
        "over": job.is_over,
        "step": job.step,
        "done": job.done,
        "total": job.total,
        "parameters": job.given,
        "scheduler": job.scheduler,
        "result": {**job.report, **_looks(job)} if whole and job.report else None,
        "provenance": job.provenance if whole else {},
        "failure": str((job.failure or {}).get("detail", "")),
        "layer": job.layer or None,
        "created_at": job.created_at,
        "page": reverse("analysis:one", args=[job.uid]),
        "tiles": f"{reverse('api:api-root')}analyses/{job.uid}/tiles/{{z}}/{{x}}/{{y}}.mvt" if job.file else None,
    }


def _looks(job: AnalysisJob) -> dict[str, Any]:
    """How the result is drawn, and what its colours mean: {style, legend, legend_title}."""
    style = drawn(job)
    field = (job.report["look"] or {}).get("field")
    titles = {column["name"]: column["alias"] for column in job.report["columns"]}
    return {"style": style, "legend": legend_in("", style), "legend_title": titles.get(field, "")}


def drawn(job: AnalysisJob) -> list[dict[str, Any]]:
    """The MapLibre layers of the result, as the layer will have them: what is looked at is what is kept."""
    kinds_of_geometry = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
    found = style(job.kind, kinds_of_geometry.get(job.report["geometry"], "Point"), job.report["label"], job.report["look"])
    return [dict(part) for part in found]


def state_text(state: str) -> str:
    """The state in words."""
    words = {
        State.QUEUED: _("waiting"),
        State.WORKING: _("being computed"),
        State.EXAMINED: _("computed"),
        State.CONFIRMED: _("waiting to be written"),
        State.WRITING: _("being written"),
        State.DONE: _("kept as a layer"),
        State.REFUSED: _("cannot be done"),
        State.CANCELLED: _("cancelled"),
    }
    return words.get(State(state), str(state))
