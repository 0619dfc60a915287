"""What a result was computed from, so that it can be trusted, explained, and computed again."""

import importlib.metadata
from typing import Any

import shapely
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from gis_core.models import ChangeLog
from layers.analysis.work import Work
from layers.layer import CoverageLayer, FeatureLayer
from layers.queries.plane_rows import queryset

_LIBRARIES = ("shapely", "geopandas", "scikit-learn", "esda", "libpysal", "scipy", "numpy", "rasterio", "exactextract")


def inputs(work: Work) -> list[dict[str, Any]]:
    """Each layer with its number of rows and the last change that it holds; each raster with its files."""
    found = []
    for name in work.kind.layers:
        layer = work.values.get(name)
        if isinstance(layer, FeatureLayer):
            only = next((key for key in (f"{name}_filter", "filter") if key in work.values and (key != "filter" or name == "layer")), "")
            rows = queryset(work.asked(name, only), work.area).count()
            named = {"parameter": name, "layer": layer.name, "title": str(layer.title), "srid": layer.srid}
            found.append({**named, "rows": rows, "change": last_change(layer)})
        elif isinstance(layer, CoverageLayer):
            files = [scene.file for scene in layer.shown(work.values.get("day"))]
            named = {"parameter": name, "layer": layer.name, "title": str(layer.title), "srid": layer.srid}
            found.append({**named, "rows": len(files), "change": last_change(layer), "files": files})
    return found


def last_change(layer: FeatureLayer | CoverageLayer) -> int:
    """The number of the newest change of a layer in the log; a raster's files never change, it only gets other ones."""
    if isinstance(layer, CoverageLayer):
        return 0
    return ChangeLog.objects.filter(table_name=layer.table).aggregate(last=Max("seq"))["last"] or 0


def begun(work: Work, scheduler: str) -> dict[str, Any]:
    """What is known before the run."""
    return {"inputs": inputs(work), "versions": versions(), "begun": timezone.now().isoformat(), "scheduler": scheduler or "–"}


def ended(provenance: dict[str, Any], work: Work) -> dict[str, Any]:
    """And after it: inputs that changed meanwhile are named, since tiles are read one after the other."""
    moved = [one["layer"] for one in provenance["inputs"] if last_change(work.values[one["parameter"]]) != one["change"]]
    return {**provenance, "ended": timezone.now().isoformat(), "changed_meanwhile": moved}


def versions() -> dict[str, str]:
    """Of whatever computes."""
    found = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    with connection.cursor() as cursor:
        cursor.execute("SELECT PostGIS_Lib_Version()")
        (postgis,) = cursor.fetchone()
    return {**found, "GEOS": shapely.geos_version_string, "PostGIS": postgis}
