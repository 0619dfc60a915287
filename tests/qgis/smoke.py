"""Runs inside QGIS's own Python, without the project: loads what it is told to and says what it saw, as JSON.

Its argument is {"features": [address of the landing page, layer, user, token], "wfs": [address, type, user, token, attribute
to edit or ""], "save": [address, type, user, token, attribute, value],
"split": [address, type, user, token, which feature, line], "tiles": [template, min zoom, max zoom, centre],
"style": text of the MapLibre style, "wms": [data source, CRS, box, position], "project": file, "definition": file,
"drawing": [project, layer, box in EPSG:3857, width, height, file for the picture]}, each optional.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDataSourceUri,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsLayerDefinition,
    QgsMapBoxGlStyleConverter,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRaster,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorDataProvider,
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


def wfs(address: str, name: str, user: str, token: str, edit: str) -> dict[str, Any]:
    """A type by QGIS's WFS provider; with `edit`, the name of a text attribute, a feature is drawn, changed and deleted."""
    uri = QgsDataSourceUri()
    uri.setParam("url", address)
    uri.setParam("typename", name)
    uri.setParam("version", "auto")
    if token:
        uri.setUsername(user)
        uri.setPassword(token)

    def opened(subset: str = "") -> QgsVectorLayer:
        source = QgsVectorLayer(uri.uri(False), name, "WFS")
        if subset:
            source.setSubsetString(subset)
        return source

    source = opened()
    if not source.isValid():
        return {"valid": False}
    rows = list(source.getFeatures())
    seen = {
        "valid": True,
        "crs": source.crs().authid(),
        "types": {field.name(): field.typeName() for field in source.fields()},
        "count": len(rows),
        "inside": all(source.extent().buffered(1).contains(row.geometry().boundingBox().center()) for row in rows),
        "editable": bool(source.dataProvider().capabilities() & QgsVectorDataProvider.AddFeatures),
    }
    return {**seen, "edited": _edit(opened, source, rows[0], edit)} if edit else seen


def _edit(opened: Callable[..., QgsVectorLayer], source: QgsVectorLayer, model: QgsFeature, attribute: str) -> dict[str, Any]:
    """A copy of a feature is saved, then moved and renamed, then deleted; what is there after each, and what QGIS says."""
    place = source.fields().indexOf(attribute)
    copy = QgsFeature(source.fields())
    copy.setGeometry(model.geometry())
    copy.setAttributes(model.attributes())
    copy.setAttribute(place, "drawn")
    source.startEditing()
    source.addFeature(copy)
    done: dict[str, Any] = {"insert": source.commitChanges(), "errors": source.commitErrors()}
    drawn = opened(f"\"{attribute}\" = 'drawn'")
    rows = list(drawn.getFeatures())
    done["inserted"] = [row.geometry().distance(model.geometry()) for row in rows]
    if not rows:
        return done
    moved = QgsGeometry(rows[0].geometry())
    moved.translate(0.0005, 0)
    drawn.startEditing()
    drawn.changeAttributeValue(rows[0].id(), place, "drawn again")
    drawn.changeGeometry(rows[0].id(), moved)
    done |= {"update": drawn.commitChanges(), "errors": [*done["errors"], *drawn.commitErrors()]}
    again = opened(f"\"{attribute}\" = 'drawn again'")
    rows = list(again.getFeatures())
    done["updated"] = [row.geometry().centroid().asPoint().x() - model.geometry().centroid().asPoint().x() for row in rows]
    again.startEditing()
    for row in rows:
        again.deleteFeature(row.id())
    done |= {"delete": again.commitChanges(), "errors": [*done["errors"], *again.commitErrors()]}
    done["left"] = len(list(opened(f"\"{attribute}\" = 'drawn again'").getFeatures()))
    return done


def save(address: str, name: str, user: str, token: str, attribute: str, value: str) -> dict[str, Any]:
    """One attribute of the first feature is changed: whether QGIS says that it was saved, and the text that it shows."""
    uri = QgsDataSourceUri()
    uri.setParam("url", address)
    uri.setParam("typename", name)
    uri.setParam("version", "auto")
    uri.setUsername(user)
    uri.setPassword(token)
    source = QgsVectorLayer(uri.uri(False), name, "WFS")
    row = next(source.getFeatures())
    source.startEditing()
    source.changeAttributeValue(row.id(), source.fields().indexOf(attribute), value)
    return {"saved": source.commitChanges(), "said": " ".join(source.commitErrors())}


def split(address: str, name: str, user: str, token: str, subset: str, line: list[list[float]]) -> dict[str, Any]:
    """The feature of a subset is cut by QGIS's own tool along a line (in the layer's CRS) and saved."""
    uri = QgsDataSourceUri()
    uri.setParam("url", address)
    uri.setParam("typename", name)
    uri.setParam("version", "auto")
    uri.setUsername(user)
    uri.setPassword(token)
    source = QgsVectorLayer(uri.uri(False), name, "WFS")
    (row,) = source.getFeatures(QgsFeatureRequest().setFilterExpression(subset))
    source.startEditing()
    source.selectByIds([row.id()])
    cut = source.splitFeatures([QgsPointXY(*place) for place in line], False)
    drawn = sorted(
        feature.geometry().area() for feature in source.getFeatures(QgsFeatureRequest().setFilterRect(row.geometry().boundingBox()))
    )
    return {"cut": int(cut), "drawn": drawn, "saved": source.commitChanges(), "said": source.commitErrors()}


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


def wms(source: str, crs: str, box: list[float], at: list[float]) -> dict[str, Any]:
    """What QGIS's own WMS client draws and identifies."""
    layer = QgsRasterLayer(source, "pictures", "wms")
    if not layer.isValid():
        return {"valid": False, "error": layer.error().summary()}
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setOutputSize(QSize(_SIZE, _SIZE))
    settings.setBackgroundColor(QColor("white"))
    extent = QgsRectangle(*box)
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    drawn = sum(image.pixelColor(x, y) != QColor("white") for x in range(0, _SIZE, 2) for y in range(0, _SIZE, 2))
    told = layer.dataProvider().identify(QgsPointXY(*at), QgsRaster.IdentifyFormatFeature, extent, _SIZE, _SIZE).results()
    stores = [store for found in told.values() if isinstance(found, list) for store in found]
    return {
        "valid": True,
        "meets": layer.extent().intersects(extent),
        "drawn": drawn,
        "found": sum(len(store.features()) for store in stores),
    }


def project(path: str) -> dict[str, Any]:
    """What a project brings, as QGIS understood it."""
    held = QgsProject.instance()
    read = held.read(path)
    vn2000, wgs84 = QgsCoordinateReferenceSystem("EPSG:5899"), QgsCoordinateReferenceSystem("EPSG:4326")
    moved = QgsCoordinateTransform(vn2000, wgs84, held).transform(577453.963, 1722531.703)
    snapping = held.snappingConfig()
    return {
        "read": read,
        "crs": held.crs().authid(),
        "reference": [moved.x(), moved.y()],
        "topological": held.topologicalEditing(),
        "snapping": [layer.shortName() for layer, own in snapping.individualLayerSettings().items() if own.enabled()],
        "layers": {layer.shortName(): _layer(layer) for layer in held.mapLayers().values()},
    }


def drawing(path: str, name: str, box: list[float], width: int, height: int, target: str) -> dict[str, Any]:
    """One layer of a project as QGIS draws it by itself, on white, without words, on a screen of 96 dots an inch."""
    held = QgsProject.instance()
    held.read(path)
    (layer,) = [one for one in held.mapLayers().values() if one.shortName() == name]
    layer.setLabelsEnabled(False)
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setTransformContext(held.transformContext())
    settings.setOutputSize(QSize(width, height))
    settings.setOutputDpi(96)
    settings.setBackgroundColor(QColor("white"))
    settings.setExtent(QgsRectangle(*box))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return {"valid": layer.isValid(), "saved": job.renderedImage().save(target), "errors": [error.message for error in job.errors()]}


def definition(path: str) -> dict[str, Any]:
    """What a layer definition brings."""
    said = QgsLayerDefinition.loadLayerDefinition(path, QgsProject.instance(), QgsProject.instance().layerTreeRoot())
    return {"ok": said[0], "layers": {layer.shortName(): _layer(layer) for layer in QgsProject.instance().mapLayers().values()}}


def _layer(layer: QgsVectorLayer) -> dict[str, Any]:
    if not layer.isValid():
        return {"valid": False}
    fields = layer.fields()
    setups = {field.name(): layer.editorWidgetSetup(number) for number, field in enumerate(fields)}
    form = layer.editFormConfig()
    return {
        "valid": True,
        "crs": layer.crs().authid(),
        "renderer": layer.renderer().type(),
        "aliases": {field.name(): layer.attributeAlias(number) for number, field in enumerate(fields)},
        "lists": {name: setup.config()["map"] for name, setup in setups.items() if setup.type() == "ValueMap"},
        "grey": [field.name() for number, field in enumerate(fields) if form.readOnly(number)],
        "labels": layer.labelsEnabled() and layer.labeling() is not None,
        "read_only": layer.readOnly(),
        "count": len(list(layer.getFeatures())),
    }


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
    work: dict[str, Callable[..., dict[str, Any]]] = {
        function.__name__: function for function in (features, wfs, save, split, tiles, style, wms, project, definition, drawing)
    }
    seen = {name: work[name](*(asked if isinstance(asked, list) else [asked])) for name, asked in task.items()}
    print("SEEN " + json.dumps(seen))
    application.exitQgis()


main()
