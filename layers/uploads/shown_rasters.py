"""A raster before and after it is published, as the API and the page show it."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.importing.rasters import Raster
from gis_core.models import AdminUnit
from layers.coverages import colours
from layers.coverages.looks import KINDS, default_look
from layers.coverages.scene import Scene
from layers.models import ImportedLayer, Upload


def raster_report(job: Upload) -> dict[str, Any]:
    """What the examination found: size, bands, place, the address of a picture."""
    report = job.report
    raster = Raster.from_dict(report["raster"])
    return {
        "bounds": report["bounds"],
        "preview": f"{reverse('api:api-root')}uploads/{job.uid}/preview",
        **_described(raster),
        "format": "geotiff",
        "rows": 1,
        "bad": 0,
        "columns": [],
        "taken": raster.taken or None,
        "remarks": list(_remarks(raster)),
    }


def _described(raster: Raster) -> dict[str, Any]:
    bands = [
        {"number": number, "name": band.name or f"b{number}", "min": band.minimum, "max": band.maximum, "mean": band.mean}
        for number, band in enumerate(raster.bands, 1)
    ]
    return {
        "srid": raster.srid,
        "crs": raster.crs_name,
        "width": raster.width,
        "height": raster.height,
        "pixel": list(raster.pixel),
        "dtype": raster.dtype,
        "size": raster.size,
        "bands": bands,
    }


def _remarks(raster: Raster) -> Iterator[str]:
    yield _("Read as %(format)s in %(crs)s.") % {"format": "GeoTIFF", "crs": raster.crs_name}
    yield _("%(width)d × %(height)d pixels, %(bands)d bands of %(type)s; converted into a cloud-optimised GeoTIFF of %(size)s MB.") % {
        "width": raster.width,
        "height": raster.height,
        "bands": len(raster.bands),
        "type": raster.dtype,
        "size": f"{raster.size / 1_000_000:.1f}",
    }
    if raster.taken:
        yield _("Taken on %(day)s, as the file says.") % {"day": raster.taken}


def described_raster(layer: ImportedLayer) -> dict[str, Any]:
    """The scenes of a published raster, how it can be drawn, and with which units it is shared."""
    held = layer.raster or {}
    scenes = [Scene.from_dict(scene) for scene in held["scenes"]]
    raster = scenes[0].raster
    units = AdminUnit.objects.filter(pk__in=layer.units).order_by("path").values("id", "code", "name")
    return {
        **_described(raster),
        "unit": held.get("unit", ""),
        "scenes": [{"taken": scene.taken, "size": scene.raster.size, "bounds": list(scene.degrees)} for scene in scenes],
        "look": layer.look or default_look(raster).as_dict(),
        "kinds": list(KINDS),
        "colours": list(colours.NAMES),
        "units": list(units),
    }
