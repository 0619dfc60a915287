"""Runs inside QGIS's own Python, without the project: loads what it is told to and says what it saw, as JSON.

Its argument is {"features": [address of the landing page, layer, user, token], "tiles": [template, min zoom, max zoom, centre],
"style": text of the MapLibre style}, each optional.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapBoxGlStyleConverter,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

_SIZE = 256


def features(landing: str, layer: str, user: str, token: str) -> dict[str, Any]:
    """The rows of a collection by QGIS's own provider."""
    credentials = f" username='{user}' password='{token}'" if token else ""
    source = QgsVectorLayer(f"url='{landing}' typename='{layer}' pageSize='5'{credentials}", layer, "OAPIF")
    if not source.isValid():
        return {"valid": False}
    rows = list(source.getFeatures())
    return {
        "valid": True,
        "crs": source.crs().authid(),
        "fields": source.fields().names(),
        "count": len(rows),
        "valid_geometries": all(row.geometry().isGeosValid() for row in rows),
        "area_m2": sorted(row["area_m2"] for row in rows) if "area_m2" in source.fields().names() else None,
    }


def tiles(template: str, low: int, high: int, centre: list[float]) -> dict[str, Any]:
    """How many of a small map's pixels a vector tile layer draws."""
    layer = QgsVectorTileLayer(f"type=xyz&url={template}&zmin={low}&zmax={high}", "tiles")
    mercator = QgsCoordinateReferenceSystem("EPSG:3857")
    across = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), mercator, QgsProject.instance())
    middle = across.transform(QgsPointXY(*centre))
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(mercator)
    settings.setOutputSize(QSize(_SIZE, _SIZE))
    settings.setBackgroundColor(QColor("white"))
    settings.setExtent(QgsRectangle(middle.x() - 400, middle.y() - 400, middle.x() + 400, middle.y() + 400))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    drawn = sum(image.pixelColor(x, y) != QColor("white") for x in range(0, _SIZE, 2) for y in range(0, _SIZE, 2))
    return {"valid": layer.isValid(), "drawn": drawn}


def style(text: str) -> dict[str, Any]:
    """Whether QGIS's converter understands a MapLibre style."""
    converter = QgsMapBoxGlStyleConverter()
    result = converter.convert(text)
    return {"ok": result == QgsMapBoxGlStyleConverter.Success, "error": converter.errorMessage(), "warnings": converter.warnings()}


def main() -> None:
    """Read the task, say what was seen."""
    task = json.loads(sys.argv[1])
    application = QgsApplication([], False)
    application.initQgis()
    work: dict[str, Callable[..., dict[str, Any]]] = {"features": features, "tiles": tiles, "style": style}
    seen = {name: work[name](*(asked if isinstance(asked, list) else [asked])) for name, asked in task.items()}
    print("SEEN " + json.dumps(seen))
    application.exitQgis()


main()
