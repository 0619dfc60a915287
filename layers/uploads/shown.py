"""An upload and an uploaded layer as the API and the page show them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.crs import name_of
from gis_core.importing.faults import Fault
from gis_core.importing.formats import FORMATS
from layers.models import ImportedLayer, LayerVersion, Upload
from layers.uploads.shown_rasters import described_raster, raster_report


def told(job: Upload) -> dict[str, Any]:
    """One upload with its state, its question or its report."""
    report = job.report
    return {
        "uid": job.uid,
        "name": job.name,
        "size": job.size,
        "kind": job.kind,
        "state": job.state,
        "state_text": job.get_state_display(),
        "busy": job.is_busy,
        "over": job.is_over,
        "step": job.step,
        "done": job.done,
        "total": job.total,
        "asked": job.asked,
        "plan": job.plan,
        "question": _question(report.get("question")),
        "report": _report(report) if "columns" in report else raster_report(job) if "raster" in report else None,
        "failure": failure(job.failure),
        "layer": job.layer or None,
        "created_at": job.created_at,
    }


def failure(found: dict[str, Any] | None) -> str:
    """Why a job ended, in the reader's words."""
    if not found:
        return ""
    if found["kind"] == "file":
        return Fault(found["code"], found["params"]).sentence(_)
    if found["kind"] == "rows":
        return _("%(count)d of %(total)d rows cannot be used, so nothing was written.") % found
    return str(found["detail"])


def _question(found: dict[str, Any] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    if found["code"] == "kinds":
        return {"code": "kinds", "text": _("The file mixes kinds of geometry; a layer has one."), "params": found["params"]}
    return {"code": found["code"], "text": Fault(found["code"], found["params"]).sentence(_), "params": found["params"]}


def _report(report: dict[str, Any]) -> dict[str, Any]:
    faults = [{"row": one["row"], "text": Fault(one["code"], one["params"]).sentence(_)} for one in report["faults"]]
    return {**report, "faults": faults, "remarks": list(_remarks(report))}


def _remarks(report: dict[str, Any]) -> Any:
    """How the file was understood, in sentences."""
    named = {"format": FORMATS[report["format"]].title, "crs": name_of(report["srid"])}
    yield _("Read as %(format)s in %(crs)s.") % named
    if report["script"] != "utf8":
        yield _("Texts were written in %(script)s and brought into Unicode.") % {"script": report["script"].upper()}
    if report["normalised"]:
        yield _("%(count)d texts were brought to Unicode's composed form (NFC).") % {"count": report["normalised"]}
    if report["repaired"]:
        mended = report["repaired"]
        yield ngettext("%(count)d shape was mended.", "%(count)d shapes were mended.", mended) % {"count": mended}
    yield from _left_out(report)


def _left_out(report: dict[str, Any]) -> Any:
    if report["heights"]:
        yield _("Heights were dropped; their reference is not known.")
    if report["other_kinds"]:
        yield _("%(count)d rows of other kinds of geometry were left out.") % {"count": report["other_kinds"]}
    if report["outside"]:
        yield _("%(count)d rows lie in none of your units: only those who see every unit see them.") % {"count": report["outside"]}
    for key, sentence in (
        ("left_out", _("Left out, because a table cannot show them: %(names)s.")),
        ("dropped", _("Left out, because they are empty: %(names)s.")),
    ):
        if report[key]:
            yield sentence % {"names": ", ".join(report[key])}


def described(layer: ImportedLayer) -> dict[str, Any]:
    """An uploaded layer with its columns, its look and its versions."""
    versions = LayerVersion.objects.filter(layer=layer).select_related("author").order_by("-number")
    return {
        "name": layer.name,
        "title": layer.title,
        "owner": layer.owner.get_username() if layer.owner else None,
        "public": layer.access == ImportedLayer.Access.PUBLIC,
        "geometry_type": layer.geometry_type,
        "srid": layer.srid,
        "key": layer.key_field or None,
        "columns": layer.columns,
        "label": layer.label_field or None,
        "look": layer.look,
        "rows": layer.row_count,
        "source": layer.source_name,
        "updated_at": layer.updated_at,
        "versions": [_version(version) for version in versions],
        "page": reverse("uploads:layer", args=[layer.name]),
        "raster": described_raster(layer) if layer.is_coverage else None,
    }


def _version(version: LayerVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "mode": version.mode,
        "mode_text": version.get_mode_display(),
        "brought_back": version.brought_back,
        "kept": bool(version.table),
        "rows": version.described.get("row_count"),
        "source": version.described.get("source_name"),
        "author": version.author.get_username() if version.author else None,
        "at": version.at,
    }
