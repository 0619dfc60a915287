"""The pictures of docs/qgis.md, made by QGIS's own widgets without a screen; runs inside QGIS's Python, without the project.

usage: QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/qgis/pictures.py PROJECT.qgz FOLDER X Y SCALE

PROJECT is what /qgis/ gives with a token inside, X and Y the middle of the map in EPSG:5899.
"""

import sys
import time
from pathlib import Path

from qgis.core import QgsApplication, QgsFeatureRequest, QgsLayerTreeModel, QgsProject, QgsRectangle, QgsVectorLayer
from qgis.gui import QgsAttributeForm, QgsGui, QgsLayerTreeMapCanvasBridge, QgsLayerTreeView, QgsMapCanvas
from qgis.PyQt.QtCore import QEventLoop, QSize, Qt, QTimer
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QDockWidget, QLabel, QMainWindow, QTabWidget, QWidget

_WAIT_SECONDS = 90


def _until(canvas: QgsMapCanvas) -> None:
    """Wait for the drawing to end."""
    loop = QEventLoop()
    canvas.mapCanvasRefreshed.connect(loop.quit)
    QTimer.singleShot(_WAIT_SECONDS * 1000, loop.quit)
    canvas.refresh()
    loop.exec_()
    deadline = time.monotonic() + _WAIT_SECONDS
    while canvas.isDrawing() and time.monotonic() < deadline:
        QgsApplication.processEvents()


def _save(widget: QWidget, path: Path) -> None:
    QgsApplication.processEvents()
    assert widget.grab().save(str(path)), path


def window(project: QgsProject, x: float, y: float, scale: float, path: Path) -> None:
    """Layers with their legend, and the map."""
    main = QMainWindow()
    main.resize(QSize(1400, 860))
    canvas = QgsMapCanvas()
    canvas.setCanvasColor(QColor("white"))
    tree = QgsLayerTreeView()
    model = QgsLayerTreeModel(project.layerTreeRoot())
    model.setFlag(QgsLayerTreeModel.ShowLegend)
    model.setFlag(QgsLayerTreeModel.AllowNodeChangeVisibility)
    tree.setModel(model)
    dock = QDockWidget("Layers", main)
    dock.setWidget(tree)
    main.addDockWidget(Qt.LeftDockWidgetArea, dock)
    main.resizeDocks([dock], [390], Qt.Horizontal)
    main.setCentralWidget(canvas)
    bridge = QgsLayerTreeMapCanvasBridge(project.layerTreeRoot(), canvas)
    bridge.setAutoSetupOnFirstLayer(False)
    canvas.setDestinationCrs(project.crs())
    main.statusBar().addPermanentWidget(QLabel(f"1:{scale:.0f}   {project.crs().authid()}  {project.crs().description()}"))
    main.show()
    QgsApplication.processEvents()
    canvas.setExtent(QgsRectangle(x - 200, y - 200, x + 200, y + 200))
    canvas.zoomScale(scale)
    bridge.setCanvasLayers()
    for _round in range(2):  # the second one draws what the first one fetched
        _until(canvas)
    _save(main, path)


def form(layer: QgsVectorLayer, x: float, y: float, path: Path) -> None:
    """The form of the feature in the middle, while the layer is edited."""
    assert layer.startEditing(), "the account may not edit"
    request = QgsFeatureRequest(QgsRectangle(x - 60, y - 60, x + 60, y + 60)).setLimit(1)
    feature = next(iter(layer.getFeatures(request)))
    shown = QgsAttributeForm(layer, feature)
    shown.setWindowTitle(layer.name())
    shown.resize(QSize(900, 560))
    shown.show()
    for tabs in shown.findChildren(QTabWidget):
        tabs.setCurrentIndex(tabs.count() - 1)  # what an officer reads: more of it than of what may be written
    _save(shown, path)
    layer.rollBack()


def main() -> None:
    """Both pictures."""
    path, folder, x, y, scale = sys.argv[1], Path(sys.argv[2]), *map(float, sys.argv[3:6])
    application = QgsApplication([], True)
    application.initQgis()
    QgsGui.editorWidgetRegistry().initEditors()
    project = QgsProject.instance()
    assert project.read(path)
    window(project, x, y, scale, folder / "qgis-project.png")
    vectors = [layer for layer in project.mapLayers().values() if isinstance(layer, QgsVectorLayer)]
    (parcels,) = [layer for layer in vectors if "ioc:parcels" in layer.source()]
    form(parcels, x, y, folder / "qgis-form.png")


if __name__ == "__main__":
    main()
